"""The worker thread of LV2 plugins: it does for all of them what they ask for while they play.

One thread works at a time, whatever it works for, as plugins share libraries that bear no more. In offline rendering
the thread is idle: the driver calls `catch_up` between two blocks, so that the result does not depend on the speed of
the machine. Who plays live calls `allow` now and then.
"""

import threading
import time
import weakref
from functools import cache

import numpy as np

from engine.foreign.byte_ring import ByteRing

from .instance import WorkerFunctions
from .process import respond

POLL_SECONDS = 0.001
_working = threading.Lock()  # held by who works


class Worker:
    """The work of one instance. record: (1,) WORK, at an address that never changes."""

    def __init__(self, functions: WorkerFunctions, record: np.ndarray) -> None:
        self.lock = threading.Lock()  # held while the plugin works, and while it must not
        self._functions: WorkerFunctions | None = functions
        self._record = record
        self._requests = ByteRing(record["requests"][0], record["request_cursors"][0])
        self._responses = ByteRing(record["responses"][0], record["response_cursors"][0])
        self._is_live = False
        _thread().add(self)

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Do all that was asked for."""
        with self.lock:
            self._is_live = False
            self._work()

    def allow(self) -> None:
        """[main thread, while it plays] Let the worker thread do what is asked for, until the next `catch_up`."""
        self._is_live = True

    def poll(self) -> None:
        """[worker thread] Do all that was asked for, if it may."""
        if self._is_live and self._requests.waiting:
            with self.lock:
                if self._is_live:
                    self._work()

    def clear(self) -> None:
        """[main thread, while nobody else calls the plugin] Forget what was asked for and responded."""
        for ring in (self._requests, self._responses):
            ring.drain()

    def close(self) -> None:
        """[main thread] Do no more."""
        with self.lock:
            self._functions = None

    def _work(self) -> None:
        while self._functions is not None and (message := self._requests.pop()) is not None:
            with _working:
                self._functions.work(respond.address, self._record.ctypes.data, message)


class _Thread:
    """A thread that polls all workers until the main thread ends."""

    def __init__(self) -> None:
        self._workers: weakref.WeakSet[Worker] = weakref.WeakSet()
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="luthier plugins", daemon=True).start()

    def add(self, worker: Worker) -> None:
        with self._lock:
            self._workers.add(worker)

    def _run(self) -> None:
        while threading.main_thread().is_alive():
            with self._lock:
                workers = list(self._workers)
            while workers:
                workers.pop().poll()
            time.sleep(POLL_SECONDS)


@cache
def _thread() -> _Thread:
    return _Thread()
