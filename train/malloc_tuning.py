"""Keep freed memory in the process: glibc's malloc would return large arrays to the system at every step."""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h
_TRIM_BYTES, _MMAP_BYTES = 2**31 - 1, 2**30  # bytes


def keep_freed_memory() -> None:
    """Set the thresholds of glibc's malloc; a step of learning then takes about half the time."""
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_MMAP_THRESHOLD, _MMAP_BYTES)
        library.mallopt(_TRIM_THRESHOLD, _TRIM_BYTES)
