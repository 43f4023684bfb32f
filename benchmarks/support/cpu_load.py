"""CPU load: Python threads that compute without pause, and a process for each further core."""

import os
import subprocess
import sys
import threading


class CpuLoad:
    """Context in which threads of this process compute and allocate in Python, and every core is busy."""

    def __init__(self, threads: int = 2, processes: int | None = None) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._compute, daemon=True) for _ in range(threads)]
        self._process_count = (os.cpu_count() or 1) - 1 if processes is None else processes
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "CpuLoad":
        self._processes = [
            subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(self._process_count)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.kill()
            process.wait()

    def _compute(self) -> None:
        while not self._stop.is_set():
            sum(len([i, str(i)]) for i in range(1000))
