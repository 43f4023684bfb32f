"""Calls of a plugin's compiled function as the host makes them, but in the float mode of the caller."""

import ctypes

import numpy as np

from engine.plugin import Plugin, entry

_FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_ssize_t
)


def call_entry(plugin: Plugin, audio: np.ndarray) -> np.ndarray:
    """A block (2, T) through a prepared plugin, without events; denormal numbers are not flushed."""
    block = np.array(audio, np.float32, order="C")
    no_events = np.zeros(1)
    _FUNCTION(entry(plugin).address)(
        plugin.state.ctypes.data, block.ctypes.data, block.shape[1], no_events.ctypes.data, 0
    )
    return block


def count_denormals(plugin: Plugin) -> int:
    """The denormal numbers in a plugin's record and arrays."""
    fields = [plugin.state[name] for name in plugin.state.dtype.names or ()]
    numbers = [each for each in (*fields, *(kept.array for kept in plugin.arrays())) if each.dtype.kind == "f"]
    return sum(int(((each != 0) & (np.abs(each) < np.finfo(each.dtype).tiny)).sum()) for each in numbers)
