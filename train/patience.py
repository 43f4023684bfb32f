"""Ctrl+C that waits for the end of a step."""

import signal
import threading
from types import FrameType, TracebackType


class Patience:
    """While it is entered, the first Ctrl+C only sets `asked`; a second one interrupts as ever.

    Outside the main thread nobody can be interrupted, and nothing happens.
    """

    def __init__(self) -> None:
        self.asked = False
        self._main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> "Patience":
        if self._main:
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._main:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
