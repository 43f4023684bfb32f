"""Ctrl+C that waits for the end of a step, and an end that waits for what is kept."""

import signal
import threading
from types import FrameType, TracebackType

ENDED = 128 + signal.SIGTERM  # the exit status of who was asked to end


class Patience:
    """While it is entered, the first Ctrl+C only sets `asked`; a second one interrupts as ever.

    SIGTERM sets it too, and ends the process when it is left: what was written until then is all that is wanted.
    Outside the main thread nobody can be interrupted, and nothing happens.
    """

    def __init__(self) -> None:
        self.asked = self._leaves = False
        self._main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> "Patience":
        if self._main:
            self._before = signal.signal(signal.SIGINT, self._ask)
            self._ended = signal.signal(signal.SIGTERM, self._leave)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._main:
            signal.signal(signal.SIGINT, self._before)
            signal.signal(signal.SIGTERM, self._ended)
        if self._leaves and kind is None:
            raise SystemExit(ENDED)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _leave(self, number: int, frame: FrameType | None) -> None:
        self.asked = self._leaves = True
