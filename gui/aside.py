"""Work in processes of their own: the window stays awake meanwhile, and takes them along when it goes."""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment

GONE = 500  # milliseconds that a process may take to be gone


def begin(parent: QObject, words: Sequence[str]) -> QProcess:
    """A process that runs Python with these words; to be started by `start()` once its signals are connected."""
    process = QProcess(parent)
    process.setProcessEnvironment(_environment())
    if hasattr(os, "killpg"):
        process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
    process.setProgram(words[0])
    process.setArguments(list(words[1:]))
    return process


def python(*words: str) -> list[str]:
    """The command that runs our Python with these words."""
    return [sys.executable, *words]


def interrupt(process: QProcess) -> None:
    """Ask a process to come to its end, as Ctrl+C does."""
    if process.processId():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.processId(), signal.SIGINT)


def end(process: QProcess) -> None:
    """End a process now, and whatever it has started; nothing more is heard of it."""
    process.blockSignals(True)
    number = process.processId()
    if number and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(number, signal.SIGKILL)
    process.kill()
    process.waitForFinished(GONE)


def _environment() -> QProcessEnvironment:
    """Ours, with all processors but one."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    environment.insert("OMP_NUM_THREADS", str(max((os.cpu_count() or 2) - 1, 1)))
    return environment
