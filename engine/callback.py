"""[audio thread] The function that PortAudio calls, and that a rendering calls in its place."""

import numpy as np
from numba import carray, cfunc, njit, types

from .block import HOST, LONGEST, advance
from .memory import flush_denormals, set_float_mode

PA_STREAM_CALLBACK = types.intc(
    types.CPointer(types.float32),  # microphone, interleaved host.inputs; null without one
    types.CPointer(types.float32),  # speaker, interleaved host.outputs
    types.ulong,  # frames
    types.voidptr,  # times, unused: the engine has its own clock
    types.ulong,  # flags: non-zero when something was late
    types.voidptr,  # the HOST record
)


@njit(cache=True, error_model="numpy")
def hear(host, microphone, total, start, n):
    """Take n frames from `start` on; one channel is heard on both sides, none as silence."""
    for c in range(2):
        for t in range(n):
            host.input[c * n + t] = np.float32(0)
        if host.inputs:
            heard = carray(microphone, (total, host.inputs))
            channel = min(c, host.inputs - 1)
            for t in range(n):
                host.input[c * n + t] = heard[start + t, channel]


@njit(cache=True, error_model="numpy")
def speak(host, speaker, total, start, n):
    """Give n frames from `start` on; a single channel gets the mean of both sides."""
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
    """Fill the speaker's block, whatever its size: (frames, outputs); the microphone's is (frames, inputs)."""
    host = carray(user, 1, HOST)[0]
    mode = flush_denormals()
    total = types.intp(frames)
    host.xruns += flags != 0
    host.block = total
    start = 0
    while start < total:
        n = min(total - start, LONGEST)
        if host.listens:
            hear(host, microphone, total, start, n)
        advance(host, n)
        speak(host, speaker, total, start, n)
        start += n
    set_float_mode(np.int32(mode))
    return 0
