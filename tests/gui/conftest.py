"""A real window on a screen that nobody sees, playing through a JACK server without hardware."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("needs Xvfb and jackd", allow_module_level=True)

from PyQt6 import sip
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from benchmarks.jackserver import Server, running
from gui import app as gui_app
from gui import memory, theme
from gui.wiring import Wiring
from tests.gui.display import display
from tests.gui.ear import Ear

PATIENCE = 60.0  # seconds: far more than anything takes


@pytest.fixture(scope="session")
def app() -> Iterator[QApplication]:
    """The application; there is one for all tests."""
    with display():
        app = QApplication.instance() or QApplication(["luthier"])
        assert isinstance(app, QApplication)
        theme.apply(app, "dark")
        yield app
        app.closeAllWindows()
        QTest.qWait(10)
        sip.delete(app)


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """A JACK server of 48 kHz and 128 frames."""
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd")
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of a user who has never started the program."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home


@pytest.fixture(scope="package")
def ear(server: Server) -> Iterator[Ear]:
    """What listens at the ports of the window that was opened last."""
    ear = Ear(server)
    yield ear
    ear.close()


@pytest.fixture(scope="package")
def opened(app: QApplication, server: Server, ear: Ear, home: Path) -> Iterator[Wiring]:
    """A window that plays the guitar, for all tests that leave it as they found it."""
    wiring = start(app, ear)
    yield wiring
    end(wiring)


def start(app: QApplication, ear: Ear, paths: tuple[Path, ...] = ()) -> Wiring:
    """Open a window as the command does, and wait until its engine can be played and heard."""
    wiring = gui_app.open_window(app, memory.recall(), paths)
    until(lambda: wiring.player.hands is not None and wiring.player.reading.state == "playing")
    ear.attend(wiring.player.reading.name)
    return wiring


def activate(wiring: Wiring) -> None:
    """Bring a window to the front, so that its shortcuts work."""
    wiring.window.activateWindow()
    until(wiring.window.isActiveWindow)


def end(wiring: Wiring) -> None:
    """Close a window, and all that belongs to it."""
    wiring.window.close()
    assert wiring.ended
    QApplication.instance().removeEventFilter(wiring.typist)
    wiring.window.deleteLater()
    QTest.qWait(20)


def until(condition: Callable[[], object]) -> None:
    """Let the window live until something has come true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        QTest.qWait(10)
