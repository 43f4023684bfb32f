"""Render a host through its real callback."""

import ctypes
from collections.abc import Sequence

import numpy as np

from engine.host import Host
from engine.portaudio_callback import callback

RATE = 48_000
MAX_FRAMES = 1 << 15  # of a given signal; also events of a log
CALLBACK = ctypes.CFUNCTYPE(  # the signature of a device, with plain addresses: quick enough for blocks of one frame
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p
)


def render(host: Host, frames: int, block: int | Sequence[int] = 128) -> np.ndarray:
    """The sound of the next frames, (2, frames), in blocks of one size or of the sizes given, again and again."""
    sizes = [block] if isinstance(block, int) else list(block)
    out = np.zeros((frames, 2), np.float32)
    call, speaker, memory = CALLBACK(callback.address), out.ctypes.data, host.memory.ctypes.data
    start, turn = 0, 0
    while start < frames:
        n = min(sizes[turn % len(sizes)], frames - start)
        call(None, speaker + start * out.strides[0], n, None, 0, memory)
        start, turn = start + n, turn + 1
    return out.T
