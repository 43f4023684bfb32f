"""The standard output and error stream of the process, closed for what a library in C writes to them."""

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator

OUTPUT, ERROR_STREAM = 1, 2  # file descriptors


@contextlib.contextmanager
def quiet_errors() -> Iterator[None]:
    """[any thread] Drop what is written to the error stream; the last of several threads opens it again."""
    with _errors.closed():
        yield


@contextlib.contextmanager
def quiet_output() -> Iterator[None]:
    """[any thread] Drop what is written to the standard output; the last of several threads opens it again."""
    with _output.closed():
        yield


class _Stream:
    """A stream that several threads may have closed at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._lock = descriptor, threading.Lock()
        self._users = 0  # threads for which it is closed
        self._kept: int | None = None  # a duplicate of the stream meanwhile

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        """Closed for a while."""
        self._close()
        try:
            yield
        finally:
            self._open()

    def _close(self) -> None:
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            _flush_libraries()
            with contextlib.suppress(OSError):  # there may be no such stream
                self._kept = os.dup(self._descriptor)
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, self._descriptor)
                os.close(null)

    def _open(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users or self._kept is None:
                return
            _flush_libraries()
            os.dup2(self._kept, self._descriptor)
            os.close(self._kept)
            self._kept = None


_output, _errors = _Stream(OUTPUT), _Stream(ERROR_STREAM)


def _flush_libraries() -> None:
    """Write what libraries in C have written into their buffers, which would otherwise come later."""
    with contextlib.suppress(OSError, TypeError, AttributeError):  # where no name stands for the process itself
        ctypes.CDLL(None).fflush(None)
