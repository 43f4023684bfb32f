"""A real window on a screen that nobody sees, playing through a JACK server without hardware."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("needs Xvfb and jackd", allow_module_level=True)

from PyQt6 import sip
from PyQt6.QtCore import QEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from benchmarks.support.jack_client import JackClient
from benchmarks.support.jack_server import Server, running
from benchmarks.support.virtual_display import virtual_display
from engine.devices import stream
from engine.precompile import is_compiled
from engine.preset import library
from gui import app as gui_app
from gui import preferences, theme
from gui.main_controller import MainController
from session import config_store, fault_log, patch_file
from session.patch import Chain, Patch
from session.precompile_process import PrecompileProcess
from tests.support.wait_limit import MAX_WAIT_SECONDS

MIN_HEARD = 1e-4  # linear, at which a sound counts as heard
_open: list[MainController] = []


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """The kernels, before anybody waits for a window to have them."""
    if not is_compiled():
        for _ in PrecompileProcess().steps():
            pass


@pytest.fixture(scope="session", autouse=True)
def patient_engine() -> Iterator[None]:
    """An engine that takes no device for lost that a busy machine only calls late."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "STALL_SECONDS", MAX_WAIT_SECONDS)
        yield


@pytest.fixture(scope="session")
def app() -> Iterator[QApplication]:
    """The application; there is one for all tests."""
    with virtual_display():
        app = QApplication.instance() or QApplication(["luthier"])
        assert isinstance(app, QApplication)
        theme.apply(app, "dark")
        yield app
        for controller in tuple(_open):  # of a test that failed
            end(controller)
        for widget in app.topLevelWidgets():
            if not sip.isdeleted(widget):  # with its parent
                sip.delete(widget)
        sip.delete(app)


@pytest.fixture(autouse=True)
def faults() -> Iterator[dict[str, float]]:
    """The faults that nothing handled, which the window survives and a test does not, unless it takes them out."""
    fault_log._last_times.clear()
    yield fault_log._last_times
    told = list(fault_log._last_times)
    fault_log._last_times.clear()
    assert told == []


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """A JACK server of 48 kHz and 128 frames that waits for late clients."""
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd")
    with running(synchronous=True) as server:
        yield server


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of a user who has never started the program."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home


@pytest.fixture(scope="package")
def ear(server: Server) -> Iterator[JackClient]:
    """What listens at the ports of the window that was opened last."""
    ear = JackClient("ear", server.name)
    yield ear
    ear.close()


@pytest.fixture(scope="package")
def opened(app: QApplication, server: Server, ear: JackClient, home: Path) -> Iterator[MainController]:
    """A window that plays the guitar, for all tests that leave it as they found it."""
    controller = start(app, ear)
    yield controller
    end(controller)


@pytest.fixture
def guitar(opened: MainController, ear: JackClient) -> Iterator[MainController]:
    """The window in front, silent, the guitar in it as it comes, whatever the last test left there."""
    ear.connect(opened.bridge.status.name)
    config_store.save(patch_file.PATHS_FILE, {})
    opened.entry_files.scan()
    until(lambda: opened.entry_files.entries and not any(entry.is_external for entry in opened.entry_files.entries))
    play(opened, "guitar")
    opened.bridge.panic()
    quiet(opened)
    opened.parameters.undo_stack.clear()
    activate(opened)
    yield opened
    opened.computer_keyboard.release_all()
    while opened.parameters.undo_stack.canUndo():
        opened.parameters.undo_stack.undo()


def play(controller: MainController, name: str) -> None:
    """Let an instrument play alone, and wait until it does."""
    path = library.find(name)
    until(lambda: controller.bridge.now is not None)
    patch = controller.parameters.patch
    if patch is None or patch.path != path or controller.parameters.chain != Chain():
        controller.parameters.recall(Patch(path, {}, Chain()))
    until(lambda: not controller.parameters.is_loading and controller.bridge.now.path == path)


def quiet(controller: MainController) -> None:
    """Wait until nothing sounds any more, and nothing waits to."""
    advance(controller, 4800)
    now = time.monotonic()
    until(lambda: controller.bridge.status.time > now and controller.bridge.status.voices == 0)


def advance(controller: MainController, frames: int = 512) -> None:
    """Wait until the engine has played so many frames, and taken what was asked of it before."""
    assert controller.engine.host is not None
    host, frame = controller.engine.host, controller.engine.host.frame
    until(lambda: host.frame > frame + frames)


def listen_from_onset(ear: JackClient, began: int, seconds: float) -> np.ndarray:
    """Wait for sound after a recorded frame; the sound (2, T) of so many seconds from its first frame on."""
    frames = round(48_000 * seconds)

    def onset() -> int | None:
        loud = np.flatnonzero(np.abs(ear.since(began)).max(axis=0) > MIN_HEARD)
        return began + int(loud[0]) if len(loud) else None

    until(lambda: onset() is not None)
    first = onset()
    assert first is not None
    until(lambda: ear.recorded >= first + frames)
    return ear.since(first)[:, :frames]


def start(app: QApplication, ear: JackClient, paths: tuple[Path, ...] = ()) -> MainController:
    """Open a window as the command does, and wait until its engine can be played and heard."""
    controller = gui_app.open_window(app, preferences.load(), paths)
    _open.append(controller)
    until(lambda: controller.bridge.live_input is not None and controller.bridge.status.state == "playing")
    ear.connect(controller.bridge.status.name)
    return controller


def activate(controller: MainController) -> None:
    """Bring a window to the front, so that its shortcuts work."""
    controller.window.activateWindow()
    until(controller.window.isActiveWindow)


def end(controller: MainController) -> None:
    """Close a window, and all that belongs to it."""
    if controller in _open:
        _open.remove(controller)
    controller.window.close()
    until(lambda: not controller.engine.is_alive())  # however busy the machine is
    QApplication.instance().removeEventFilter(controller.computer_keyboard)
    controller.window.deleteLater()
    QApplication.sendPostedEvents(controller.window, QEvent.Type.DeferredDelete)
    until(lambda: sip.isdeleted(controller.window))


def until(condition: Callable[[], object], seconds: float = MAX_WAIT_SECONDS) -> None:
    """Let the window live until something has come true, for so many seconds at most."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        QTest.qWait(10)


def processes(number: int) -> list[int]:
    """The processes of a group that still run."""
    return [int(process.name) for process in Path("/proc").glob("[0-9]*") if _group(process) == number]


def _group(process: Path) -> int:
    """The group of a process; 0 when it runs no more."""
    try:
        state, _, group = (process / "stat").read_text().rpartition(") ")[2].split()[:3]
    except OSError:
        return 0
    return int(group) if state not in "ZX" else 0
