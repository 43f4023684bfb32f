"""Hooks for errors that no slot and no thread has handled: the window keeps its session and goes on."""

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QObject, pyqtSignal

from gui.engine_translation import translate_message
from session import fault_log
from session.engine_run import EngineRun


class ErrorHook(QObject):
    """From `install` to `remove`; without it PyQt ends the process when a slot raises."""

    notified = pyqtSignal(str, bool)
    _caught = pyqtSignal(object)  # an error of any thread, for the main thread

    def __init__(self, save: Callable[[], object]) -> None:
        """save: keeps the session."""
        super().__init__()
        self._save = save
        self._previous = sys.excepthook, threading.excepthook
        self._caught.connect(self._show)

    def install(self) -> None:
        """Handle the errors of all threads from now on."""
        self._previous = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._handle, self._handle_thread

    def remove(self) -> None:
        """Let those handle errors again that did before."""
        if sys.excepthook == self._handle:
            sys.excepthook = self._previous[0]
        if threading.excepthook == self._handle_thread:
            threading.excepthook = self._previous[1]

    def report(self, error: Exception) -> bool:
        """[any thread] Log an error and say it; False if the same one was told just now."""
        is_new = fault_log.write(error)
        if is_new:
            self._caught.emit(error)
        return is_new

    def _handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """[main thread] As `sys.excepthook`."""
        if not isinstance(error, Exception) or self.report(error):
            self._previous[0](kind, error, trace)

    def _handle_thread(self, args: threading.ExceptHookArgs) -> None:
        """[any thread] As `threading.excepthook`; the engine's own thread has told the window already."""
        error, report = args.exc_value, fault_log.write if isinstance(args.thread, EngineRun) else self.report
        if not isinstance(error, Exception) or report(error):
            self._previous[1](args)

    def _show(self, error: Exception) -> None:
        """[main thread] Keep the session, and say what happened."""
        try:
            self._save()
        except Exception as second:
            fault_log.write(second)
        words = self.tr("Something went wrong, and what plays is saved: {0} ({1})")
        self.notified.emit(words.format(_one_line(error), fault_log.path()), True)


def _one_line(error: Exception) -> str:
    """The text of an error, or its kind."""
    return " ".join(translate_message(error).split()) or type(error).__name__
