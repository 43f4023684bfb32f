"""Memory that is needed no more goes back to the system."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Let the system have the memory of instruments that are gone, where the C library would keep it."""
    gc.collect()
    if sys.platform.startswith("linux"):
        getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
