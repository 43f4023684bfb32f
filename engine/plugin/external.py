"""Plugins from elsewhere: Python packages under the entry point `luthier.plugins`, and C shared objects.

The contract, with a complete example of each, is in examples/README.md.
"""

import ctypes
import math
from importlib.metadata import entry_points
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from engine.plugin import Param, Plugin, entry, with_defaults

GROUP = "luthier.plugins"
LIBRARIES = (".so", ".dylib", ".dll")
ABI = 1  # of examples/c_plugin/luthier.h
LARGEST = 1 << 30  # bytes of a state that a library may ask for
_LINE = 64  # bytes that a state begins at a multiple of


class ForeignError(ValueError):
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
    """A plugin in a C shared object. Raises ForeignError when it is none."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._library = _open(Path(path))
        self._table = _describe(self._library, path)
        self.name = _text(self._table.name)
        self.params = tuple(_param(self._table.params[i]) for i in range(self._table.count))
        self.listens = bool(self._table.listens)
        self.address = int(self._table.process)
        memory = np.zeros(self._table.size + _LINE, np.uint8)
        start = -memory.ctypes.data % _LINE
        self.state = memory[start : start + self._table.size]

    def prepare(self, rate: float) -> None:
        """[main thread] Tune the plugin to a rate in Hz."""
        self._table.prepare(self.state.ctypes.data, rate)

    def reset(self) -> None:
        """[main thread] Silence."""
        self._table.reset(self.state.ctypes.data)


def load(plugin: str | PathLike[str]) -> Plugin:
    """[main thread] A plugin by its name or by the path of its library. Raises ForeignError in one line."""
    if Path(plugin).suffix.lower() in LIBRARIES:
        return _checked(Library(plugin), str(plugin))
    found = {point.name: point for point in entry_points(group=GROUP)}
    if plugin not in found:
        there = f"installed: {', '.join(sorted(found))}" if found else "none is installed"
        raise ForeignError(f"no plugin {str(plugin)!r} ({there}); give a name, or the path of a library")
    try:
        made = found[str(plugin)].load()()
    except Exception as error:
        raise ForeignError(f"plugin {plugin} cannot be loaded: {_first_line(error)}") from None
    return _checked(made, str(plugin))


def _open(path: Path) -> ctypes.CDLL:
    if not path.is_file():
        raise ForeignError(f"no such library: {path}")
    try:
        return ctypes.CDLL(str(path.resolve()))
    except OSError as error:
        raise ForeignError(f"{path} is no library for this machine: {_first_line(error)}") from None


def _describe(library: ctypes.CDLL, path: str | PathLike[str]) -> _CPlugin:
    """The table that a library gives of itself, found fit to be used."""
    try:
        describe = library.luthier_plugin
    except AttributeError:
        raise ForeignError(f"{path} is no plugin: it has no function luthier_plugin") from None
    describe.restype = ctypes.POINTER(_CPlugin)
    pointer = describe()
    if not pointer:
        raise ForeignError(f"{path} describes no plugin")
    table = pointer.contents
    if table.abi != ABI:
        raise ForeignError(f"{path} was built for version {table.abi} of luthier.h; this is version {ABI}")
    if not (table.name and table.process and table.prepare and table.reset):
        raise ForeignError(f"{path} lacks a name, or one of prepare, reset and process")
    if not 0 < table.size <= LARGEST or not 0 <= table.count <= 256 or (table.count and not table.params):
        raise ForeignError(f"{path} asks for {table.size} bytes and {table.count} parameters")
    return table


def _param(row: _CParam) -> Param:
    cc = row.cc if row.cc >= 0 else None
    return Param(_text(row.name), _text(row.unit), row.low, row.high, row.initial, cc, _text(row.help))


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")


def _checked(made: Any, name: str) -> Plugin:
    """Check that a plugin keeps the contract and compiles. ForeignError."""
    try:
        plugin = with_defaults(made)
    except TypeError as error:
        raise ForeignError(f"plugin {name} {error}") from None
    for param in plugin.params:
        if not isinstance(param, Param) or not all(map(math.isfinite, (param.low, param.default, param.high))):
            raise ForeignError(f"plugin {name} has a parameter that is none: {param!r}")
        if not param.low <= param.default <= param.high:
            raise ForeignError(f"plugin {name}: {param.name} begins at {param.default}, outside its range")
    if not isinstance(plugin.state, np.ndarray) or not plugin.state.flags.c_contiguous:
        raise ForeignError(f"plugin {name}: its state must be one numpy record")
    if not plugin.address and (plugin.handle is None or plugin.process is None):
        raise ForeignError(f"plugin {name} has neither handle and process nor an address")
    try:
        entry(plugin)
    except Exception as error:
        raise ForeignError(f"plugin {name} cannot be compiled: {_first_line(error)}") from None
    return plugin


def _first_line(error: Exception) -> str:
    """What an error says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
