"""Work in processes of their own: the window stays awake meanwhile, and takes them along when it goes."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment

KILL_MS = 200  # milliseconds that a process that was killed may take to be gone
_ending: list[tuple[QProcess, int]] = []  # what was ended, but is perhaps not gone yet, and its number


def create(parent: QObject, words: Sequence[str]) -> QProcess:
    """A process that runs Python with these words; to be started by `start()` once its signals are connected."""
    process = QProcess(parent)
    process.setProcessEnvironment(_environment())
    if hasattr(os, "killpg"):
        process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
    process.setProgram(words[0])
    process.setArguments(list(words[1:]))
    return process


def python_command(*words: str) -> list[str]:
    """The command that runs our Python with these words."""
    return [sys.executable, *words]


def interrupt(process: QProcess) -> None:
    """Ask a process to come to its end, as Ctrl+C does."""
    if process.processId():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.processId(), signal.SIGINT)


def kill(process: QProcess) -> None:
    """End a process now, and whatever it has started; nothing more is heard of it, and nobody waits for it."""
    _kill(process, _forget(process))


def terminate(process: QProcess) -> None:
    """Let a process keep what it has and leave; `wait` ends it where it takes too long."""
    _forget(process)
    process.terminate()


def wait_all(seconds: float) -> None:
    """Let all that was ended be gone, and what it has started; what retires has so many seconds at most."""
    until = time.monotonic() + seconds
    _drop()
    for process, number in _ending:
        process.waitForFinished(max(round(1000 * (until - time.monotonic())), 0))
        _kill(process, number)  # what it has started does not always notice that it has left
    for process, _ in _ending:
        process.waitForFinished(KILL_MS)
    _ending.clear()


def _forget(process: QProcess) -> int:
    """Hear nothing more of a process; its number."""
    process.blockSignals(True)
    number = process.processId()
    _drop()
    _ending.append((process, number))
    return number


def _drop() -> None:
    """Who is gone needs no more thought; its number may soon be another's."""
    _ending[:] = [each for each in _ending if each[0].state() != QProcess.ProcessState.NotRunning]


def _kill(process: QProcess, number: int) -> None:
    if number and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(number, signal.SIGKILL)
    process.kill()


def _environment() -> QProcessEnvironment:
    """Ours, with all processors but one."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    environment.insert("OMP_NUM_THREADS", str(max((os.cpu_count() or 2) - 1, 1)))
    return environment
