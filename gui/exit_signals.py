"""Operating system signals that quit the program: SIGINT, SIGTERM, SIGHUP."""

import signal
import socket
from collections.abc import Callable

from PyQt6 import sip
from PyQt6.QtCore import QSocketNotifier
from PyQt6.QtWidgets import QApplication

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # where the system has them
_sockets: list[socket.socket] = []  # kept open as long as signals come


def install(close: Callable[[], object]) -> QSocketNotifier:
    """Call `close` when a signal comes, after closing open dialogs; until the notifier is disabled."""
    receiver, sender = socket.socketpair()
    for end in (receiver, sender):
        end.setblocking(False)
    _sockets[:] = [receiver, sender]
    for name in SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)
    signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(sip.voidptr(receiver.fileno()), QSocketNotifier.Type.Read)

    def receive() -> None:
        receiver.recv(64)
        _close_popups()
        close()

    notifier.activated.connect(receive)
    return notifier


def _close_popups() -> None:
    """Close menus and modal dialogs, which have all input."""
    while (widget := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
        if not widget.close():
            break
