"""[main thread] An instance of an LV2 plugin: its functions by ctypes, and the buffers at its ports."""

import ctypes
from typing import Any

import numpy as np

from engine.foreign.float_environment import kept_float_environment
from engine.plugin import MAX_BLOCK_FRAMES
from engine.plugin.external import PluginError

from .features import Features
from .lilv import functions, path_of, quiet_stderr
from .ports import Port, PortKind
from .uris import full_uri

ALIGNMENT_BYTES = 64
_CONNECT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
_SIMPLE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_RUN = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32)
_EXTENSION = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)
_WORK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p
)


class _Descriptor(ctypes.Structure):
    _fields_ = [
        ("uri", ctypes.c_char_p), ("instantiate", ctypes.c_void_p), ("connect_port", _CONNECT),
        ("activate", ctypes.c_void_p), ("run", ctypes.c_void_p), ("deactivate", ctypes.c_void_p),
        ("cleanup", ctypes.c_void_p), ("extension_data", ctypes.c_void_p),
    ]  # fmt: skip


class _Instance(ctypes.Structure):
    _fields_ = [("descriptor", ctypes.POINTER(_Descriptor)), ("handle", ctypes.c_void_p)]


class _WorkerInterface(ctypes.Structure):
    _fields_ = [("work", ctypes.c_void_p), ("work_response", ctypes.c_void_p), ("end_run", ctypes.c_void_p)]


class Instance:
    """An instance with a buffer at each port but the controls. PluginError if the plugin cannot be had.

    buffers: (frames,) float32 or (bytes,) uint8 by the index of the port.
    """

    def __init__(self, plugin: int, rate: float, features: Features, ports: tuple[Port, ...]) -> None:
        lilv = functions()
        with quiet_stderr():  # what lilv says there is said by _reason
            self.address = lilv.plugin_instantiate(plugin, rate, features.address)
        if not self.address:
            raise PluginError(_reason(plugin))
        self.features = features
        found = ctypes.cast(self.address, ctypes.POINTER(_Instance)).contents
        self.descriptor, self.handle = found.descriptor.contents, int(found.handle or 0)
        self.buffers = {port.index: _buffer(port) for port in ports if _has_buffer(port)}
        self.is_active = False
        for port in ports:
            self.connect(port.index, self.buffers[port.index].ctypes.data if port.index in self.buffers else None)

    @kept_float_environment()
    def connect(self, index: int, address: int | None) -> None:
        """Connect a port to a buffer, or to nothing."""
        self.descriptor.connect_port(self.handle, index, address)

    @property
    def run_address(self) -> int:
        """Of the function that plays: (handle, frames)."""
        return int(self.descriptor.run or 0)

    @kept_float_environment()
    def activate(self) -> None:
        """Let it be run from now on."""
        if not self.is_active and self.descriptor.activate:
            _SIMPLE(self.descriptor.activate)(self.handle)
        self.is_active = True

    @kept_float_environment()
    def deactivate(self) -> None:
        """Let it not be run any more."""
        if self.is_active and self.descriptor.deactivate:
            _SIMPLE(self.descriptor.deactivate)(self.handle)
        self.is_active = False

    @kept_float_environment()
    def run_nothing(self) -> None:
        """Run no frames, so that it sets its output controls."""
        _RUN(self.run_address)(self.handle, 0)

    @kept_float_environment()
    def extension(self, short: str) -> int:
        """The address of the data of an extension; 0 if it has none."""
        address = self.descriptor.extension_data
        return int(_EXTENSION(address)(full_uri(short).encode()) or 0) if address else 0

    def worker(self) -> "WorkerFunctions | None":
        """Its worker interface; None if it has none."""
        address = self.extension("worker:interface")
        return WorkerFunctions(self.handle, address) if address else None

    def free(self) -> None:
        """End it; it is not used any more."""
        self.deactivate()
        if self.address:
            functions().instance_free(self.address)
            self.address = 0


class WorkerFunctions:
    """The worker interface of an instance."""

    def __init__(self, handle: int, address: int) -> None:
        interface = ctypes.cast(address, ctypes.POINTER(_WorkerInterface)).contents
        self.work_response = int(interface.work_response or 0)
        self.end_run = int(interface.end_run or 0)
        self._handle = handle
        self._work: Any = _WORK(interface.work) if interface.work else None

    @kept_float_environment()
    def work(self, respond: int, respond_handle: int, message: bytes) -> None:
        """[worker thread] Do what the plugin asks for. respond: address of a function, called with its handle."""
        if self._work is not None:
            self._work(self._handle, respond, respond_handle, len(message), message)


def zeros(count: int, dtype: Any) -> np.ndarray:
    """An array (count,) of zeros that begins at a multiple of ALIGNMENT_BYTES."""
    size = max(count, 1) * np.dtype(dtype).itemsize
    memory = np.zeros(size + ALIGNMENT_BYTES, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT_BYTES
    return memory[start : start + size].view(dtype)


def _has_buffer(port: Port) -> bool:
    return port.kind not in (PortKind.CONTROL_IN, PortKind.CONTROL_OUT, PortKind.OTHER)


def _buffer(port: Port) -> np.ndarray:
    if port.kind in (PortKind.ATOM_IN, PortKind.ATOM_OUT):
        return zeros(port.min_bytes, np.uint8)
    return zeros(MAX_BLOCK_FRAMES, np.float32)


def _reason(plugin: int) -> str:
    """Why lilv could not make an instance: what the system says of the library, if anything."""
    path = path_of(functions().plugin_get_library_uri(plugin))
    try:
        ctypes.CDLL(path)
    except OSError as error:
        return f"its library cannot be opened: {' '.join(str(error).split())}"
    return "it refuses to start"
