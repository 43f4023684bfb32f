"""The runtime of the shell as a shared library for this processor, called through ctypes."""

import ctypes
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.events import ALL, Kind

OK = 0
MAX_EVENTS = 256


class File(ctypes.Structure):
    """luthier_file"""

    _fields_ = [
        ("data", ctypes.c_void_p),
        *((f"n{i}", ctypes.c_uint64) for i in range(5)),
        ("count", ctypes.c_uint32),
    ]


class Image(ctypes.Structure):
    """luthier_image"""

    _fields_ = [
        ("file", ctypes.c_void_p), ("code", ctypes.c_void_p), ("memory_size", ctypes.c_uint64),
        *((f"place{i}", ctypes.c_uint64) for i in range(6)),
        ("rate", ctypes.c_uint32), ("slots", ctypes.c_uint32), ("relocations", ctypes.c_uint32),
        ("chunks", ctypes.c_uint32), ("params", ctypes.c_uint32), ("listens", ctypes.c_int),
    ]  # fmt: skip


class Param(ctypes.Structure):
    """luthier_param"""

    _fields_ = [
        ("id", ctypes.c_uint32), ("slot", ctypes.c_uint32), ("index", ctypes.c_uint32), ("flags", ctypes.c_uint32),
        ("live_place", ctypes.c_uint64), ("low", ctypes.c_double), ("high", ctypes.c_double),
        ("initial", ctypes.c_double), ("name", ctypes.c_char * 48), ("unit", ctypes.c_char * 16),
        ("module", ctypes.c_char * 48),
    ]  # fmt: skip


def aligned(data: bytes) -> np.ndarray:
    """Bytes at a multiple of 64, as the shell wants them."""
    room = np.zeros(len(data) + 64, np.uint8)
    start = -room.ctypes.data % 64
    room[start : start + len(data)] = np.frombuffer(data, np.uint8)
    return room[start : start + len(data)]


@dataclass
class Library:
    """The functions of runtime.h."""

    path: Path

    def __post_init__(self) -> None:
        self.c = ctypes.CDLL(str(self.path))
        self.c.luthier_message.restype = ctypes.c_char_p
        self.c.luthier_create.restype = ctypes.c_void_p
        self.c.luthier_memory.restype = ctypes.c_void_p
        self.c.luthier_param_at.restype = Param
        self.c.luthier_value.restype = ctypes.c_float
        self.c.luthier_open.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64]
        for name in ("restore", "destroy", "memory"):
            getattr(self.c, f"luthier_{name}").argtypes = [ctypes.c_void_p]
        self.c.luthier_send.argtypes = [
            ctypes.c_void_p, ctypes.c_int64, *[ctypes.c_int32] * 4, ctypes.c_float, ctypes.c_int,
        ]  # fmt: skip
        self.c.luthier_render.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]

    def open(self, data: np.ndarray) -> tuple[int, File]:
        """The result of opening a file of images, which must stay."""
        file = File()
        return self.c.luthier_open(ctypes.byref(file), data.ctypes.data, len(data)), file

    def message(self, result: int) -> str:
        """The line about a result."""
        return self.c.luthier_message(result).decode()

    def instance(self, data: np.ndarray, rate: int) -> "Instance":
        """An instance of the image for a rate."""
        return Instance(self, data, rate)


class Instance:
    """An instance that plays."""

    def __init__(self, library: Library, data: np.ndarray, rate: int) -> None:
        result, self.file = library.open(data)
        assert result == OK, library.message(result)
        self.image = Image()
        result = library.c.luthier_find(ctypes.byref(self.file), rate, ctypes.byref(self.image))
        assert result == OK, library.message(result)
        self.c, self.data = library.c, data
        self.address = self.c.luthier_create(ctypes.byref(self.image))
        assert self.address

    def send(self, frame: int, event: np.void) -> bool:
        """Send an event of EVENT at a frame of the next block."""
        values = (int(event[name]) for name in ("kind", "channel", "note", "key"))
        return bool(self.c.luthier_send(self.address, frame, *values, float(event["value"]), -1))

    def param(self, number: int) -> "Param":
        """A parameter."""
        return self.c.luthier_param_at(ctypes.byref(self.image), number)

    def set_param(self, number: int, share: float) -> None:
        """Set a parameter to a share of its range."""
        param = self.param(number)
        value = param.low + share * (param.high - param.low)
        assert self.c.luthier_send(self.address, 0, Kind.PARAM, 0, ALL, param.index, value, param.slot)

    def render(self, events: np.ndarray, seconds: float, blocks: list[int]) -> np.ndarray:
        """The sound (2, T) of events in order of frame, in blocks of sizes used in turn."""
        total = round(seconds * self.image.rate)
        parts, start, next_event, turn = [], 0, 0, 0
        while start < total:
            frames = min(blocks[turn % len(blocks)], total - start)
            turn += 1
            while next_event < len(events) and events[next_event]["frame"] < start + frames:
                assert self.send(int(events[next_event]["frame"]) - start, events[next_event])
                next_event += 1
            audio = np.zeros((2, frames), np.float32)
            self.c.luthier_render(self.address, None, audio.ctypes.data, frames)
            parts.append(audio)
            start += frames
        return np.concatenate(parts, axis=1)

    def close(self) -> None:
        """Free the instance."""
        self.c.luthier_destroy(self.address)
