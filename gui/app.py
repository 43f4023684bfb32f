"""The application: checks the display, opens the window, runs until it is closed."""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

REQUIRED_LIBRARIES = {  # of Qt under X11, in no Python package: library and Debian package
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3", "libfontconfig.so.1": "libfontconfig1", "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0", "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0", "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0", "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0", "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}  # fmt: skip


class NoDisplay(OSError):
    """There is no display for a window; the message says why in one line."""


def check_display() -> None:
    """Raise NoDisplay where Qt would abort the process."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return
    if sys.platform.startswith("linux"):
        _check_linux()


def run(paths: Sequence[Path] = ()) -> NoReturn:
    """Show the window until it is closed, and end the process with the exit status. Raises NoDisplay."""
    check_display()
    from PyQt6.QtWidgets import QApplication

    from . import exit_signals, preferences, theme, translation

    app = QApplication(["luthier"])
    app.setApplicationName("Luthier")
    app.setDesktopFileName("luthier")
    translation.install(app)
    stored = preferences.load()
    theme.apply(app, stored.theme if stored.theme in theme.THEMES else "dark")
    controller = open_window(app, stored, paths)
    controller.window.closing.connect(app.exit)
    signals = exit_signals.install(controller.window.close)
    status = app.exec()
    signals.setEnabled(False)
    sys.stdout.flush()
    sys.stderr.flush()
    # all is saved: freeing the engine takes seconds, and a thread may block in a server that is gone
    os._exit(status)


def open_window(app: Any, preferences: Any, paths: Sequence[Path] = ()) -> Any:
    """Make a window and its engine, connect them and show the window."""
    from session.engine_thread import EngineThread

    from .main_controller import MainController
    from .main_window import MainWindow
    from .preferences import device_request

    window = MainWindow()
    engine = EngineThread(device_request(preferences), preferences.midi)
    controller = MainController(app, window, engine, preferences)
    controller.open_first(list(paths))
    window.show()
    engine.start()
    return controller


def _check_linux() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise NoDisplay("there is no display to open a window on; `luthier play guitar` plays without one")
    missing = [package for library, package in REQUIRED_LIBRARIES.items() if not _is_installed(library)]
    if missing:
        raise NoDisplay(f"the window needs more system libraries: sudo apt-get install {' '.join(missing)}")
    if not os.environ.get("WAYLAND_DISPLAY") and not _can_connect_to_display():
        display = os.environ["DISPLAY"]
        raise NoDisplay(f"the display {display} does not answer; `luthier play guitar` plays without one")


def _is_installed(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _can_connect_to_display() -> bool:
    """Whether the X server accepts a connection."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers
