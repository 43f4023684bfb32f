"""[main thread] What Luthier gives to an LV2 plugin: functions that it may call, options, and promises."""

import ctypes
from dataclasses import dataclass, field
from typing import Any

from engine.plugin import MAX_BLOCK_FRAMES

from .process import ignore_log, schedule_work
from .urids import map_uri, unmap_uri, urid, urid_table
from .uris import full_uri

NOMINAL_BLOCK_FRAMES = 128
GIVEN_FEATURES = (
    "urid:map", "urid:unmap", "opts:options", "bufsz:boundedBlockLength", "worker:schedule", "log:log",
    "state:makePath", "state:mapPath", "state:freePath", "state:loadDefaultState", "state:threadSafeRestore",
    "core:isLive", "core:hardRTCapable", "core:inPlaceBroken",
)  # fmt: skip
"""A plugin that requires another one cannot be played."""
_PROMISES = ("bufsz:boundedBlockLength", "state:loadDefaultState", "state:threadSafeRestore", "core:isLive")
_PATH_FUNCTION = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)
_FREE_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


class _Feature(ctypes.Structure):
    _fields_ = [("uri", ctypes.c_char_p), ("data", ctypes.c_void_p)]


class _HandleAndFunction(ctypes.Structure):
    _fields_ = [("handle", ctypes.c_void_p), ("function", ctypes.c_void_p)]


class _HandleAndFunctions(ctypes.Structure):
    _fields_ = [("handle", ctypes.c_void_p), ("first", ctypes.c_void_p), ("second", ctypes.c_void_p)]


class _Option(ctypes.Structure):
    _fields_ = [
        ("context", ctypes.c_uint32), ("subject", ctypes.c_uint32), ("key", ctypes.c_uint32),
        ("size", ctypes.c_uint32), ("type", ctypes.c_uint32), ("value", ctypes.c_void_p),
    ]  # fmt: skip


@dataclass
class UridMap:
    """The structures by which lilv and plugins ask for the numbers of URIs."""

    map: Any = field(default_factory=lambda: _HandleAndFunction(urid_table().ctypes.data, map_uri.address))
    unmap: Any = field(default_factory=lambda: _HandleAndFunction(urid_table().ctypes.data, unmap_uri.address))


class Features:
    """The features of one instance, which must live as long as it does."""

    def __init__(self, urid_map: UridMap, work_address: int, rate: float, sequence_bytes: int) -> None:
        """work_address: of its WORK record. rate: Hz. sequence_bytes: of its buffers of events."""
        self._kept: list[Any] = [urid_map]
        features = {
            "urid:map": urid_map.map,
            "urid:unmap": urid_map.unmap,
            "opts:options": self._options(rate, sequence_bytes),
            "worker:schedule": _HandleAndFunction(work_address, schedule_work.address),
            "log:log": _HandleAndFunctions(None, ignore_log.address, ignore_log.address),
            "state:makePath": _HandleAndFunction(None, _address(copy_path)),
            "state:mapPath": _HandleAndFunctions(None, _address(copy_path), _address(copy_path)),
            "state:freePath": _HandleAndFunction(None, _address(free_path)),
            **dict.fromkeys(_PROMISES),
        }
        self._array = (ctypes.POINTER(_Feature) * (len(features) + 1))()
        for place, (name, data) in enumerate(features.items()):
            address = ctypes.addressof(data) if data is not None else None
            feature = _Feature(full_uri(name).encode(), address)
            self._kept += [data, feature]
            self._array[place] = ctypes.pointer(feature)

    @property
    def address(self) -> int:
        """Of the array of features, which ends with a null pointer."""
        return ctypes.addressof(self._array)

    def _options(self, rate: float, sequence_bytes: int) -> Any:
        """The options, as an array that ends with an empty one."""
        whole = {
            "bufsz:minBlockLength": 1, "bufsz:maxBlockLength": MAX_BLOCK_FRAMES,
            "bufsz:nominalBlockLength": NOMINAL_BLOCK_FRAMES, "bufsz:sequenceSize": sequence_bytes,
        }  # fmt: skip
        values: list[tuple[str, str, Any]] = [
            (name, "atom:Int", ctypes.c_int32(value)) for name, value in whole.items()
        ]
        options = (_Option * (len(values) + 2))()
        for place, (name, kind, value) in enumerate(
            [*values, ("param:sampleRate", "atom:Float", ctypes.c_float(rate))]
        ):
            self._kept.append(value)
            options[place] = _Option(0, 0, urid(name), ctypes.sizeof(value), urid(kind), ctypes.addressof(value))
        return options


@_PATH_FUNCTION
def copy_path(handle: int | None, path: bytes | None) -> int | None:
    """The same path in memory of its own: paths are kept as they are."""
    return int(_c_library().strdup(path)) if path is not None else None


@_FREE_FUNCTION
def free_path(handle: int | None, path: int | None) -> None:
    """Free what `copy_path` returned."""
    _c_library().free(path)


def _c_library() -> Any:
    library = ctypes.CDLL(None)
    library.strdup.restype, library.strdup.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    library.free.restype, library.free.argtypes = None, [ctypes.c_void_p]
    return library


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0
