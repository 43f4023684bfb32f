"""The clock of the audio thread: time.perf_counter, read by compiled code."""

import sys

import numpy as np

from engine.kernel import ExternalFunction, njit

_SECONDS = {"linux": 1, "darwin": 8}  # CLOCK_MONOTONIC, CLOCK_UPTIME_RAW: what time.perf_counter reads there

if sys.platform == "win32":
    import ctypes

    from llvmlite import binding

    binding.load_library_permanently("kernel32.dll")
    _frequency = ctypes.c_int64()
    ctypes.windll.kernel32.QueryPerformanceFrequency(ctypes.byref(_frequency))
    _TICK = 1.0 / _frequency.value
    _counter = ExternalFunction("QueryPerformanceCounter", "intc(CPointer(int64))")

    @njit(error_model="numpy", cache=True)
    def now(scratch):
        """Seconds, as time.perf_counter counts them. scratch: (2,) int64, written."""
        _counter(scratch.ctypes)
        return scratch[0] * _TICK

else:
    _CLOCK = np.int32(_SECONDS.get(sys.platform, 1))
    _clock_gettime = ExternalFunction("clock_gettime", "intc(intc, CPointer(int64))")

    @njit(error_model="numpy", cache=True)
    def now(scratch):
        """Seconds, as time.perf_counter counts them. scratch: (2,) int64, written."""
        _clock_gettime(_CLOCK, scratch.ctypes)
        return scratch[0] + 1e-9 * scratch[1]
