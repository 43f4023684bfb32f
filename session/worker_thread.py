"""Worker thread for slow tasks that need no engine: scanning folders, reading files."""

import queue
import threading
from collections.abc import Callable


class WorkerThread:
    """[any thread] Runs tasks one after the other; started by the first of them."""

    def __init__(self, run_task: Callable[[Callable[[], object]], object]) -> None:
        """run_task: calls a task and reports its errors."""
        self._run_task, self._stopped = run_task, threading.Event()
        self._tasks: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, task: Callable[[], object]) -> None:
        """Queue a task."""
        self._tasks.put(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Start no more tasks."""
        self._stopped.set()
        self._tasks.put(lambda: None)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._run_task(self._tasks.get())
