"""The child process of benchmarks.window.close_times: the window program, brought to one state and closed there.

    python -m benchmarks.window.close_child MOMENT WAY FOLDER SERVER [SECONDS]

MOMENT is one of MOMENTS, WAY one of WAYS, FOLDER takes its output, SERVER is the process of its JACK server,
SECONDS replace those that the program grants its engine and its processes to end. It prints, a line each and with the
seconds of the monotonic clock, when it is closed and when its window is hidden, and after that the longest time for
which Qt's events waited until then.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .close_moments import FIRST_START, MOMENTS, until

TIMER_MS = 2  # interval of the timer that measures how long events wait


def main() -> None:
    """Start the program, and run the moment once its window is open."""
    from cli import main as cli_main
    from gui import app, main_controller

    moment, way, folder, server = sys.argv[1:5]
    if len(sys.argv) > 5:
        main_controller.CLOSE_SECONDS = float(sys.argv[5])
    original = app.open_window

    def open_window(*arguments: Any) -> Any:
        from PyQt6.QtCore import QTimer

        controller = original(*arguments)
        QTimer.singleShot(0, partial(_run_moment, controller, moment, way, Path(folder), int(server)))
        return controller

    app.open_window = open_window
    sys.exit(cli_main.main([]))


def _run_moment(controller: Any, moment: str, way: str, folder: Path, server: int) -> None:
    """Bring the window to a moment, and close it."""
    if moment != FIRST_START:
        until(lambda: controller.bridge.now is not None and controller.entry_files.entries)
    controller.window.activateWindow()
    until(controller.window.isActiveWindow)
    MOMENTS[moment](controller, folder, server)
    _watch(controller)
    _print("closed")
    WAYS[way](controller)


def _watch(controller: Any) -> None:
    """Report when the window is hidden, and how long events waited until then."""
    from PyQt6.QtCore import QEvent, QObject, QTimer

    class HideFilter(QObject):
        """Detects that the window is hidden."""

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            """Report when it is hidden."""
            if event is not None and event.type() == QEvent.Type.Hide:
                measure_wait(True)
                _print("hidden")
            return False

    last = time.monotonic()

    def measure_wait(over: bool = False) -> None:
        nonlocal last, max_wait
        max_wait, last = max(max_wait, time.monotonic() - last), time.monotonic()
        if over:
            _print("max_wait", max_wait)

    max_wait = 0.0
    controller.close_filter, controller.close_timer = HideFilter(), QTimer()
    controller.window.installEventFilter(controller.close_filter)
    controller.close_timer.timeout.connect(measure_wait)
    controller.close_timer.start(TIMER_MS)


def _print(what: str, value: float | None = None) -> None:
    """Print a line with a value, or the time."""
    os.write(1, f"{what} {time.monotonic() if value is None else value:.6f}\n".encode())


def _press_quit(controller: Any) -> None:
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    QTest.keyClick(controller.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


WAYS: dict[str, Callable[[Any], object]] = {
    "its cross": lambda controller: controller.window.close(),
    "Ctrl+Q": _press_quit,
    "SIGTERM": lambda controller: os.kill(os.getpid(), signal.SIGTERM),
    "SIGINT": lambda controller: os.kill(os.getpid(), signal.SIGINT),
}


if __name__ == "__main__":
    main()
