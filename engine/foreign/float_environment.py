"""The float environment of a thread, kept while code of others runs on it.

Libraries that were compiled for fast mathematics flush denormals to zero on the thread that opens them, and some
plugins do so when they are called; on the threads of Python, the results of numpy would differ from then on.
"""

import contextlib
import ctypes
from collections.abc import Iterator

_MAX_BYTES = 64  # of fenv_t: 32 with x86-64, 8 with aarch64
_c = ctypes.CDLL(None)


@contextlib.contextmanager
def kept_float_environment() -> Iterator[None]:
    """Restore the rounding, the flushing and the traps of this thread at the end."""
    environment = ctypes.create_string_buffer(_MAX_BYTES)
    _c.fegetenv(environment)
    try:
        yield
    finally:
        _c.fesetenv(environment)
