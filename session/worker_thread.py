"""Slow work that needs no engine beside it, on a thread of its own: folders are looked through, files are read."""

import queue
import threading
from collections.abc import Callable


class Fetcher:
    """[any thread] One thing after the other, from the first time on that something is asked."""

    def __init__(self, do: Callable[[Callable[[], object]], object]) -> None:
        """do: does some work, and says what cannot be done."""
        self._do, self._ended = do, threading.Event()
        self._tasks: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def fetch(self, work: Callable[[], object]) -> None:
        """Do some work when what was asked before is done."""
        self._tasks.put(work)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="fetcher", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Begin nothing more."""
        self._ended.set()
        self._tasks.put(lambda: None)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._do(self._tasks.get())
