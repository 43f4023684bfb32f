"""[main thread] Streams of CLAP: the state of a plugin, written by it and read by it."""

import ctypes
from typing import Any

from . import abi

MAX_STATE_BYTES = 1 << 28


def write_state(extension: Any, instance: int) -> bytes | None:
    """The state that a plugin writes; None if it fails, or writes more than MAX_STATE_BYTES."""
    written = bytearray()

    def write(_stream: int, data: int, size: int) -> int:
        if len(written) + size > MAX_STATE_BYTES:
            return -1
        written.extend(ctypes.string_at(data, size))
        return size

    function = abi.StreamFunction(write)
    stream = abi.Stream(None, ctypes.cast(function, ctypes.c_void_p))
    return bytes(written) if extension.save(instance, ctypes.addressof(stream)) else None


def read_state(extension: Any, instance: int, state: bytes) -> bool:
    """Let a plugin read its state; whether it takes it."""
    place = 0

    def read(_stream: int, data: int, size: int) -> int:
        nonlocal place
        count = min(size, len(state) - place)
        ctypes.memmove(data, state[place : place + count], count)
        place += count
        return count

    function = abi.StreamFunction(read)
    stream = abi.Stream(None, ctypes.cast(function, ctypes.c_void_p))
    return bool(extension.load(instance, ctypes.addressof(stream)))
