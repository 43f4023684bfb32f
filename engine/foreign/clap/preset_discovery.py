"""[in a process that scans] The presets that a CLAP file brings along, or finds in folders, as its providers tell."""

import ctypes
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from . import abi
from .preset_abi import (
    IN_FILE,
    IN_PLUGIN,
    PLUGIN_ABI,
    DiscoveryFactory,
    Indexer,
    Provider,
    Receiver,
)

MAX_PROVIDERS = 64
MAX_PRESETS = 1 << 14  # of one file of plugins
MAX_FOLDER_DEPTH = 8  # below a folder of presets


@dataclass
class ClapPreset:
    """A preset: where it is, and the plugins that it is for; none named: for all of the file.

    kind: IN_FILE or IN_PLUGIN. location: a path; empty in a plugin. load_key: which one of several at a location.
    """

    name: str
    kind: int
    location: str
    load_key: str = ""
    plugin_ids: list[str] = field(default_factory=list)

    @property
    def identifier(self) -> str:
        """What it is known by among those of a plugin."""
        return f"{self.location}#{self.load_key}" if self.load_key else self.location


def list_presets(factory_address: int) -> list[dict[str, Any]]:
    """The fields of the presets that a discovery factory knows; its faults are left out."""
    factory = ctypes.cast(factory_address, ctypes.POINTER(DiscoveryFactory)).contents
    found: list[ClapPreset] = []
    for index in range(min(factory.count(factory_address), MAX_PROVIDERS)):
        descriptor = factory.descriptor(factory_address, index)
        if descriptor and descriptor.contents.id:
            found += _Indexing(factory, factory_address, descriptor.contents.id).presets()
    return [asdict(preset) for preset in found[:MAX_PRESETS]]


class _Indexing:
    """One provider, its declarations, and the presets that it tells of."""

    def __init__(self, factory: DiscoveryFactory, factory_address: int, id: bytes) -> None:
        self._presets: list[ClapPreset] = []
        self._suffixes: list[str] = []
        self._locations: list[tuple[int, str]] = []
        self._place = (IN_PLUGIN, "")  # that is being read
        self._indexer, self._receiver = self._make_indexer(), self._make_receiver()
        self._provider = factory.create(factory_address, ctypes.addressof(self._indexer), id)

    def presets(self) -> list[ClapPreset]:
        """Let the provider read all its locations."""
        if not self._provider:
            return []
        provider, address = self._provider.contents, ctypes.cast(self._provider, ctypes.c_void_p).value or 0
        if provider.init(address):
            for kind, location in self._locations:
                for path in [location] if kind == IN_PLUGIN else self._files(location):
                    self._read(provider, address, kind, path)
        provider.destroy(address)
        return self._presets

    def _read(self, provider: Provider, address: int, kind: int, path: str) -> None:
        if len(self._presets) < MAX_PRESETS:
            self._place = kind, path
            place = os.fsencode(path) if kind == IN_FILE else None
            provider.get_metadata(address, kind, place, ctypes.addressof(self._receiver))

    def _files(self, location: str) -> Iterator[str]:
        """The files of presets at a location, a file or a folder."""
        if os.path.isfile(location):
            yield location
            return
        for folder, below, names in os.walk(location):
            below[:] = sorted(below) if folder[len(location) :].count(os.sep) < MAX_FOLDER_DEPTH else []
            for name in sorted(names):
                if "" in self._suffixes or os.path.splitext(name)[1][1:].lower() in self._suffixes:
                    yield os.path.join(folder, name)

    def _make_indexer(self) -> Indexer:
        def declare_filetype(_indexer: int, declared: Any) -> bool:
            self._suffixes.append(abi.text_of(declared.contents.suffix).lower() if declared else "")
            return bool(declared)

        def declare_location(_indexer: int, declared: Any) -> bool:
            if not declared or declared.contents.kind not in (IN_FILE, IN_PLUGIN):
                return False
            self._locations.append((declared.contents.kind, os.fsdecode(declared.contents.location or b"")))
            return True

        functions = {
            "declare_filetype": declare_filetype, "declare_location": declare_location,
            "declare_soundpack": lambda _indexer, _declared: True, "get_extension": lambda _indexer, _name: None,
        }  # fmt: skip
        version = abi.Version((ctypes.c_uint32 * 3)(*abi.VERSION))
        return Indexer(version, b"Luthier", b"Luthier", b"", b"1", None, **_compiled(Indexer, functions))

    def _make_receiver(self) -> Receiver:
        def begin_preset(_receiver: int, name: bytes | None, load_key: bytes | None) -> bool:
            kind, path = self._place
            key = (load_key or b"").decode("utf-8", "surrogateescape")
            title = abi.text_of(name) or os.path.splitext(os.path.basename(path))[0] or key
            self._presets.append(ClapPreset(title, kind, path, key))
            return len(self._presets) < MAX_PRESETS

        def add_plugin_id(_receiver: int, id: Any) -> None:
            if id and self._presets and abi.text_of(id.contents.abi) == PLUGIN_ABI:
                self._presets[-1].plugin_ids.append((id.contents.id or b"").decode("utf-8", "replace"))

        functions: dict[str, Any] = {name: lambda *_: None for name in _fields(Receiver) if name != "data"}
        functions |= {"begin_preset": begin_preset, "add_plugin_id": add_plugin_id}
        return Receiver(None, **_compiled(Receiver, functions))


def _compiled(structure: Any, functions: dict[str, Any]) -> dict[str, Any]:
    """Functions as those of the fields of a structure, which keeps them."""
    types = _fields(structure)
    return {name: types[name](function) for name, function in functions.items()}


def _fields(structure: Any) -> dict[str, Any]:
    """The types of the fields of a structure."""
    return dict(structure._fields_)
