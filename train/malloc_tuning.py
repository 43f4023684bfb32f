"""Large arrays that come and go at every step stay with the process, and are not fetched from the system anew."""

import ctypes
import sys

_TRIM, _MAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
_SPARE, _LARGE = 2**31 - 1, 2**30  # bytes


def keep() -> None:
    """Tell the C library so, where it is glibc; a step of learning then takes about half the time."""
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_MAP, _LARGE)
        library.mallopt(_TRIM, _SPARE)
