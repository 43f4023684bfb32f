"""The error stream of the process, closed for what a library in C writes to it."""

import contextlib
import os
import threading
from collections.abc import Iterator

ERROR_STREAM = 2  # file descriptor
_lock = threading.Lock()
_users = 0  # threads for which it is closed
_kept: int | None = None  # a duplicate of the stream meanwhile


@contextlib.contextmanager
def quiet_errors() -> Iterator[None]:
    """[any thread] Drop what is written to the error stream; the last of several threads opens it again."""
    _close()
    try:
        yield
    finally:
        _open()


def _close() -> None:
    global _users, _kept
    with _lock:
        _users += 1
        if _users > 1:
            return
        with contextlib.suppress(OSError):  # there may be no such stream
            _kept = os.dup(ERROR_STREAM)
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, ERROR_STREAM)
            os.close(null)


def _open() -> None:
    global _users, _kept
    with _lock:
        _users -= 1
        if _users or _kept is None:
            return
        os.dup2(_kept, ERROR_STREAM)
        os.close(_kept)
        _kept = None
