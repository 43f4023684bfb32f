"""[main thread] Files of CLAP plugins: opened once in a process, with the descriptions of what is in them."""

import ctypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.foreign.float_environment import kept_float_environment
from engine.plugin.external import PluginError

from . import abi
from .preset_abi import DISCOVERY_IDS

MAX_PLUGINS = 1024  # of one file
MAX_NAMED = 8  # in a message
MAX_FEATURES = 64
_MAC_FOLDER = Path("Contents") / "MacOS"

_libraries: dict[Path, "ClapLibrary"] = {}


@dataclass(frozen=True)
class Description:
    """What a file says of one of its plugins."""

    id: str
    name: str
    vendor: str
    release: str
    features: tuple[str, ...]


class ClapLibrary:
    """A file of plugins. PluginError if it is none; it stays open, as its code may be in use until the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        entry = _find_entry(path)
        if entry.version.numbers[0] != abi.VERSION[0]:
            release = ".".join(str(number) for number in entry.version.numbers)
            raise PluginError(f"{path} is of version {release} of CLAP; this is version {abi.VERSION[0]}")
        if not entry.init or not entry.get_factory or not entry.init(os.fsencode(path)):
            raise PluginError(f"{path} could not be started: its own init failed")
        self.factory_address = entry.get_factory(abi.FACTORY_ID)
        if not self.factory_address:
            raise PluginError(f"{path} makes no plugins")
        self.discovery_address = next(filter(None, map(entry.get_factory, DISCOVERY_IDS)), 0)
        self.factory = ctypes.cast(self.factory_address, ctypes.POINTER(abi.Factory)).contents
        self.descriptions = tuple(self._describe())
        if not self.descriptions:
            raise PluginError(f"{path} has no plugins")

    def find(self, id: str = "") -> Description:
        """The plugin of an identifier, or the only one; PluginError lists those there are."""
        found = [each for each in self.descriptions if each.id == id]
        if found:
            return found[0]
        ids = [each.id for each in self.descriptions]
        there = ", ".join(ids[:MAX_NAMED]) + (f" and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else "")
        if id:
            raise PluginError(f"{self.path} has no plugin {id!r}; there are {there}")
        if len(ids) > 1:
            raise PluginError(f"{self.path} has {len(ids)} plugins: say {self.path}#ID, with one of {there}")
        return self.descriptions[0]

    def create(self, id: str, host: int) -> Any:
        """A new instance, a pointer to a PluginStruct, for the clap_host at an address. PluginError."""
        made = self.factory.create(self.factory_address, host, id.encode())
        if not made:
            raise PluginError(f"{self.path}: {id} could not be made")
        return made

    def _describe(self) -> Iterator[Description]:
        for index in range(min(self.factory.count(self.factory_address), MAX_PLUGINS)):
            pointer = self.factory.descriptor(self.factory_address, index)
            if pointer and pointer.contents.id:
                each = pointer.contents
                id = each.id.decode("utf-8", "replace")
                name = abi.text_of(each.name) or id
                yield Description(id, name, abi.text_of(each.vendor), abi.text_of(each.release), _features(each))


@kept_float_environment()
def open_library(place: str | os.PathLike[str]) -> ClapLibrary:
    """The library of a file. PluginError."""
    path = _absolute(place)
    if path not in _libraries:
        _libraries[path] = ClapLibrary(path)
    return _libraries[path]


def find_binary(place: str | os.PathLike[str]) -> Path:
    """The file of the code of a plugin: itself, or one in the bundle that it is. PluginError if there is none."""
    path = _absolute(place)
    if not path.exists():
        raise PluginError(f"no such plugin: {path}")
    binary = path / _MAC_FOLDER / path.stem if path.is_dir() else path
    if not binary.is_file():
        raise PluginError(f"{path} is a folder without a plugin")
    return binary


def _absolute(place: str | os.PathLike[str]) -> Path:
    return Path(place).expanduser().absolute()


def _find_entry(path: Path) -> abi.Entry:
    """The entry point of a file, or of the bundle that a folder is. PluginError."""
    binary = find_binary(path)
    try:
        library = ctypes.CDLL(str(binary))
    except OSError as error:
        raise PluginError(f"{path} is no plugin for this machine: {_reason(error, binary)}") from None
    try:
        return abi.Entry.in_dll(library, abi.ENTRY_SYMBOL)
    except ValueError:
        raise PluginError(f"{path} is no CLAP plugin: it lacks {abi.ENTRY_SYMBOL}") from None


def _reason(error: OSError, binary: Path) -> str:
    """What the system says, without the path that was named already."""
    return " ".join(str(error).replace(f"{binary}: ", "").split())


def _features(description: abi.Descriptor) -> tuple[str, ...]:
    found: list[str] = []
    while description.features and len(found) < MAX_FEATURES and description.features[len(found)]:
        found.append(abi.text_of(description.features[len(found)]))
    return tuple(found)
