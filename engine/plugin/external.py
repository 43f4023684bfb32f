"""Plugins from elsewhere: Python packages under the entry point `luthier.plugins`, and C shared objects.

The contract, with a complete example of each, is in examples/README.md.
"""

import ctypes
import math
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.plugin import Param, Plugin, entry, with_defaults

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "luthier.plugins"
LIBRARY_SUFFIXES = (".so", ".dylib", ".dll")
ABI = 1  # of examples/c_plugin/luthier.h
MAX_STATE_BYTES = 1 << 30  # of the state of a library
_CACHE_LINE_BYTES = 64  # alignment of a state


class PluginError(ValueError):
    """A plugin that cannot be used; the message is one line."""


class _CParam(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p), ("unit", ctypes.c_char_p), ("help", ctypes.c_char_p),
        ("low", ctypes.c_float), ("high", ctypes.c_float), ("initial", ctypes.c_float), ("cc", ctypes.c_int32),
    ]  # fmt: skip


class _CPlugin(ctypes.Structure):
    _fields_ = [
        ("abi", ctypes.c_int32), ("listens", ctypes.c_int32), ("name", ctypes.c_char_p), ("size", ctypes.c_int64),
        ("params", ctypes.POINTER(_CParam)), ("count", ctypes.c_int64),
        ("prepare", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_double)),
        ("reset", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("process", ctypes.c_void_p),
    ]  # fmt: skip


class Library(Plugin):
    """A plugin in a C shared object. PluginError if it is not one."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._library = _open(Path(path))
        self._table = _describe(self._library, path)
        self.name = _text(self._table.name)
        self.params = tuple(_param(self._table.params[i]) for i in range(self._table.count))
        self.listens = bool(self._table.listens)
        self.address = int(self._table.process)
        memory = np.zeros(self._table.size + _CACHE_LINE_BYTES, np.uint8)
        start = -memory.ctypes.data % _CACHE_LINE_BYTES
        self.state = memory[start : start + self._table.size]

    def prepare(self, rate: float) -> None:
        """[main thread] Prepare the plugin for a rate in Hz."""
        self._table.prepare(self.state.ctypes.data, rate)

    def reset(self) -> None:
        """[main thread] Silence."""
        self._table.reset(self.state.ctypes.data)


def installed() -> "dict[str, EntryPoint]":
    """The entry points of the Python plugins that are installed, by name."""
    from importlib.metadata import entry_points  # slow to import

    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}


def is_library(plugin: str | PathLike[str]) -> bool:
    """Whether a path has the suffix of a shared object."""
    return Path(plugin).suffix.lower() in LIBRARY_SUFFIXES


def load(plugin: str | PathLike[str]) -> Plugin:
    """[main thread] A plugin by its name or by the path of its library. PluginError says in one line why not."""
    if is_library(plugin):
        return _checked(Library(plugin), str(plugin))
    found = installed()
    if plugin not in found:
        there = f"installed: {', '.join(sorted(found))}" if found else "none is installed"
        raise PluginError(f"no plugin {str(plugin)!r} ({there}); give a name, or the path of a library")
    try:
        made = found[str(plugin)].load()()
    except Exception as error:
        raise PluginError(f"plugin {plugin} cannot be loaded: {_first_line(error)}") from None
    return _checked(made, str(plugin))


def _open(path: Path) -> ctypes.CDLL:
    if not path.is_file():
        raise PluginError(f"no such library: {path}")
    try:
        return ctypes.CDLL(str(path.resolve()))
    except OSError as error:
        raise PluginError(f"{path} is no library for this machine: {_first_line(error)}") from None


def _describe(library: ctypes.CDLL, path: str | PathLike[str]) -> _CPlugin:
    """The description that a library exports. PluginError if it is invalid."""
    try:
        describe = library.luthier_plugin
    except AttributeError:
        raise PluginError(f"{path} is no plugin: it has no function luthier_plugin") from None
    describe.restype = ctypes.POINTER(_CPlugin)
    pointer = describe()
    if not pointer:
        raise PluginError(f"{path} describes no plugin")
    table = pointer.contents
    if table.abi != ABI:
        raise PluginError(f"{path} was built for version {table.abi} of luthier.h; this is version {ABI}")
    if not (table.name and table.process and table.prepare and table.reset):
        raise PluginError(f"{path} lacks a name, or one of prepare, reset and process")
    if not 0 < table.size <= MAX_STATE_BYTES or not 0 <= table.count <= 256 or (table.count and not table.params):
        raise PluginError(f"{path} asks for {table.size} bytes and {table.count} parameters")
    return table


def _param(param: _CParam) -> Param:
    cc = param.cc if param.cc >= 0 else None
    return Param(_text(param.name), _text(param.unit), param.low, param.high, param.initial, cc, _text(param.help))


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")


def _checked(made: Any, name: str) -> Plugin:
    """Check that a plugin keeps the contract and compiles. PluginError."""
    try:
        plugin = with_defaults(made)
    except TypeError as error:
        raise PluginError(f"plugin {name} {error}") from None
    for param in plugin.params:
        if not isinstance(param, Param) or not all(map(math.isfinite, (param.low, param.default, param.high))):
            raise PluginError(f"plugin {name} has a parameter that is none: {param!r}")
        if not param.low <= param.default <= param.high:
            raise PluginError(f"plugin {name}: {param.name} begins at {param.default}, outside its range")
    if not isinstance(plugin.state, np.ndarray) or not plugin.state.flags.c_contiguous:
        raise PluginError(f"plugin {name}: its state must be one numpy record")
    if not plugin.address and (plugin.handle is None or plugin.process is None):
        raise PluginError(f"plugin {name} has neither handle and process nor an address")
    try:
        entry(plugin)
    except Exception as error:
        raise PluginError(f"plugin {name} cannot be compiled: {_first_line(error)}") from None
    return plugin


def _first_line(error: Exception) -> str:
    """The first line of an error's text."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
