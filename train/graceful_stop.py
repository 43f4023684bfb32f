"""Ctrl+C and SIGTERM that take effect at the end of a step."""

import signal
import threading
from types import FrameType, TracebackType

TERMINATED_STATUS = 128 + signal.SIGTERM  # exit status of a process that was asked to end


class GracefulStop:
    """A context in which the first Ctrl+C only sets `requested`; a second one interrupts as usual.

    SIGTERM sets it too, and ends the process at the end of the context, once the checkpoint is written. Outside the
    main thread signals cannot be handled, and nothing happens.
    """

    def __init__(self) -> None:
        self.requested = self._terminated = False
        self._is_main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> "GracefulStop":
        if self._is_main:
            self._previous_sigint = signal.signal(signal.SIGINT, self._interrupt)
            self._previous_sigterm = signal.signal(signal.SIGTERM, self._terminate)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_main:
            signal.signal(signal.SIGINT, self._previous_sigint)
            signal.signal(signal.SIGTERM, self._previous_sigterm)
        if self._terminated and kind is None:
            raise SystemExit(TERMINATED_STATUS)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _terminate(self, number: int, frame: FrameType | None) -> None:
        self.requested = self._terminated = True
