"""Child processes of the window; they end with it."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment

KILL_MS = 200  # that a killed process may take to end
_ending: list[tuple[QProcess, int]] = []  # told to end, but perhaps still running; with their PIDs


def create(parent: QObject, command: Sequence[str]) -> QProcess:
    """A process for a command; call `start()` on it once its signals are connected."""
    process = QProcess(parent)
    process.setProcessEnvironment(_environment())
    if hasattr(os, "killpg"):
        process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
    process.setProgram(command[0])
    process.setArguments(list(command[1:]))
    return process


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with arguments, and ends when this process is killed."""
    return [sys.executable, "-m", "gui.processes.child", str(os.getpid()), module, *arguments]


def interrupt(process: QProcess) -> None:
    """Send SIGINT to a process."""
    if process.processId():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.processId(), signal.SIGINT)


def kill(process: QProcess) -> None:
    """Kill a process and its children; emits no more signals and does not wait."""
    _kill(process, _detach(process))


def terminate(process: QProcess) -> None:
    """Ask a process to save and exit; emits no more signals; `wait_all` kills it if it takes too long."""
    _detach(process)
    process.terminate()


def wait_all(seconds: float) -> None:
    """Wait until all that was told to end has ended, at most this long; then kill it and its children."""
    deadline = time.monotonic() + seconds
    _drop_finished()
    for process, pid in _ending:
        process.waitForFinished(max(round(1000 * (deadline - time.monotonic())), 0))
        _kill(process, pid)  # its children do not always notice that it has ended
    for process, _ in _ending:
        process.waitForFinished(KILL_MS)
    _ending.clear()


def _detach(process: QProcess) -> int:
    """Block the signals of a process, and note it as ending; its PID."""
    process.blockSignals(True)
    pid = process.processId()
    _drop_finished()
    _ending.append((process, pid))
    return pid


def _drop_finished() -> None:
    """Drop finished processes; their PIDs may be reused."""
    _ending[:] = [each for each in _ending if each[0].state() != QProcess.ProcessState.NotRunning]


def _kill(process: QProcess, pid: int) -> None:
    if pid and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    process.kill()


def _environment() -> QProcessEnvironment:
    """The environment of the window, with one processor left free."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    environment.insert("OMP_NUM_THREADS", str(max((os.cpu_count() or 2) - 1, 1)))
    return environment
