"""[audio thread] The function that PortAudio calls, and that a rendering calls in its place."""

import numpy as np
from numba import carray, cfunc, types

from .block import HOST, LONGEST, advance
from .memory import flush_denormals, set_float_mode

PA_STREAM_CALLBACK = types.intc(
    types.CPointer(types.float32),  # microphone, interleaved; null without one
    types.CPointer(types.float32),  # speaker, interleaved stereo
    types.ulong,  # frames
    types.voidptr,  # times, unused: the engine has its own clock
    types.ulong,  # flags: non-zero when something was late
    types.voidptr,  # the HOST record
)


@cfunc(PA_STREAM_CALLBACK, cache=True, error_model="numpy")
def callback(microphone, speaker, frames, _times, flags, user):
    """Fill the speaker's block, whatever its size: (frames, 2); the microphone's is (frames, 2) too."""
    host = carray(user, 1, HOST)[0]
    mode = flush_denormals()
    total = types.intp(frames)
    out = carray(speaker, (total, 2))
    host.xruns += flags != 0
    start = 0
    while start < total:
        n = min(total - start, LONGEST)
        if host.listens:
            heard = carray(microphone, (total, 2))
            for t in range(n):
                host.input[t] = heard[start + t, 0]
                host.input[n + t] = heard[start + t, 1]
        advance(host, n)
        for t in range(n):
            out[start + t, 0] = host.mix[t]
            out[start + t, 1] = host.mix[n + t]
        start += n
    set_float_mode(np.int32(mode))
    return 0
