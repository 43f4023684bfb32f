"""A limit to the size of the files that this process writes: a full disk without a disk."""

import contextlib
import resource
from collections.abc import Iterator


@contextlib.contextmanager
def limited_files(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a number of bytes; writing more is an OSError (EFBIG)."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
