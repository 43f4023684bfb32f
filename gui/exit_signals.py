"""Signals that ask a program to leave: Ctrl+C, the end of a session, a terminal that is closed."""

import signal
import socket
from collections.abc import Callable

from PyQt6 import sip
from PyQt6.QtCore import QSocketNotifier
from PyQt6.QtWidgets import QApplication

ASKING = ("SIGINT", "SIGTERM", "SIGHUP")  # where the system has them
_ends: list[socket.socket] = []  # kept open as long as signals come


def heed(leave: Callable[[], object]) -> QSocketNotifier:
    """Leave as soon as one comes, whatever dialogue is open; until the notifier is disabled."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    _ends[:] = [reading, writing]
    for name in ASKING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(sip.voidptr(reading.fileno()), QSocketNotifier.Type.Read)

    def come() -> None:
        reading.recv(64)
        _let_go()
        leave()

    notifier.activated.connect(come)
    return notifier


def _let_go() -> None:
    """Close what has caught all input: menus, and dialogues that want an answer first."""
    while (caught := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
        if not caught.close():
            break
