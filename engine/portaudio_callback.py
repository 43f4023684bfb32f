"""[audio thread] The callback of PortAudio, also called by offline rendering."""

import numpy as np

from engine.kernel import carray, cfunc, njit, types
from engine.plugin import MAX_BLOCK_FRAMES

from .block import HOST, advance
from .float_mode import flush_denormals, set_float_mode

PA_STREAM_CALLBACK = (
    "intc(CPointer(float32), "  # microphone, interleaved host.inputs; null without one
    "CPointer(float32), "  # speaker, interleaved host.outputs
    "ulong, "  # frames
    "voidptr, "  # times, unused: the engine reads its own clock
    "ulong, "  # flags: non-zero after an under-run or over-run
    "voidptr)"  # the HOST record
)


@njit(cache=True, error_model="numpy")
def read_microphone(host, microphone, total, start, n):
    """Copy n frames of input from `start` on; one channel goes to both sides, none is silence."""
    for c in range(2):
        for t in range(n):
            host.input[c * n + t] = np.float32(0)
        if host.inputs:
            sound = carray(microphone, (total, host.inputs))
            channel = min(c, host.inputs - 1)
            for t in range(n):
                host.input[c * n + t] = sound[start + t, channel]


@njit(cache=True, error_model="numpy")
def write_speaker(host, speaker, total, start, n):
    """Copy n frames of output from `start` on; a single channel gets the mean of both sides."""
    out = carray(speaker, (total, host.outputs))
    for t in range(n):
        left, right = host.mix[t], host.mix[n + t]
        if host.outputs == 1:
            out[start + t, 0] = np.float32(0.5) * (left + right)
        else:
            out[start + t, 0] = left
            out[start + t, 1] = right


@cfunc(PA_STREAM_CALLBACK, cache=True, error_model="numpy")
def callback(microphone, speaker, frames, _times, flags, user):
    """Fill an output block of any size, (frames, outputs), from an input block (frames, inputs)."""
    host = carray(user, 1, HOST)[0]
    mode = flush_denormals()
    total = types.intp(frames)
    host.xruns += flags != 0
    host.block = total
    start = 0
    while start < total:
        n = min(total - start, MAX_BLOCK_FRAMES)
        if host.listens:
            read_microphone(host, microphone, total, start, n)
        advance(host, n)
        write_speaker(host, speaker, total, start, n)
        start += n
    set_float_mode(np.int32(mode))
    return 0
