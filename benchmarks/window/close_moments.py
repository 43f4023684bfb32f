"""Moments at which a window can be closed, each reached through the window.

Each takes the window's controller, a folder for output, and the process of the JACK server.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MAX_WAIT_SECONDS = 600.0  # after which a moment is taken for hung
CHORD = (52, 59, 64)
FIRST_START = "it compiles for the first start"


def until(condition: Callable[[], object]) -> None:
    """Process Qt events until a condition is true. TimeoutError."""
    from PyQt6.QtTest import QTest

    end = time.monotonic() + MAX_WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the moment did not come")
        QTest.qWait(5)


def _wait(seconds: float) -> None:
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end)


def _wait_idle(controller: Any, folder: Path, server: int) -> None:
    _wait(1)


def _start_first_compilation(controller: Any, folder: Path, server: int) -> None:
    until(lambda: controller.engine.precompilation.process is not None)
    _wait(3)


def _start_compilation(controller: Any, folder: Path, server: int) -> None:
    from session.precompile_process import PrecompileProcess

    os.environ["NUMBA_CACHE_DIR"] = str(folder / "kernels")
    controller.engine.precompilation.process = PrecompileProcess()
    _wait(4)


def _load_instrument(controller: Any, folder: Path, server: int) -> None:
    from engine.preset import library

    controller.parameters.choose(library.find("mosaic"))
    _wait(0.02)


def _record(controller: Any, folder: Path, server: int) -> None:
    controller.recording.toggle()
    until(lambda: controller.recording.recording)
    for key in CHORD:
        controller.bridge.note_on(key, 0.9)
    host, frame = controller.engine.host, controller.engine.host.frame
    until(lambda: host.frame > frame + host.rate)


def _play_score(controller: Any, folder: Path, server: int) -> None:
    from engine.preset import library

    controller.opener.open([library.factory_folder() / "demo.mid"])
    until(lambda: controller.engine.transport.score is not None and controller.bridge.status.voices > 0)


def _render_score(controller: Any, folder: Path, server: int) -> None:
    _play_score(controller, folder, server)
    controller.window.score_bar.render_button.click()
    until(lambda: controller.recording._renderer.busy)
    _wait(2)


def _scan(controller: Any, folder: Path, server: int) -> None:
    controller.entry_files.scan()
    _wait(0.05)


def _record_and_scan(controller: Any, folder: Path, server: int) -> None:
    _record(controller, folder, server)
    _scan(controller, folder, server)


def _check_recording(controller: Any, folder: Path, server: int) -> None:
    controller.opener.open([write_chime(folder)])
    _wait(1)


def _learn(controller: Any, folder: Path, server: int) -> None:
    dialog = controller.learn.dialog
    controller.opener.open([write_chime(folder)])
    dialog.form.mode.setCurrentIndex(2)  # as a piece
    until(dialog.learn.isEnabled)
    dialog.learn.click()
    until(dialog.progress.curve.isVisible)
    _wait(2)


def _preview_learned(controller: Any, folder: Path, server: int) -> None:
    _learn(controller, folder, server)
    controller.preview.recording(write_chime(folder))
    until(lambda: controller.engine.host.audition.playing)


def _make_demo(controller: Any, folder: Path, server: int) -> None:
    controller.preview.demo(controller.entry_files.entries[0])
    _wait(1)


def _record_microphone(controller: Any, folder: Path, server: int) -> None:
    controller.learn.show()
    controller.microphone.toggle()
    until(lambda: controller.engine.transport._microphone is not None)
    _wait(2)  # a device may have to be opened with its inputs first


def _measure_voice_range(controller: Any, folder: Path, server: int) -> None:
    from engine.preset import library

    controller.parameters.choose(library.find("violin"))
    until(lambda: controller.bridge.now.path.stem == "violin")
    controller.voice.set_follows_voice(True)
    until(lambda: controller.bridge.now.follows_voice)
    controller.voice.measure()
    _wait(1)


def _lose_device(controller: Any, folder: Path, server: int) -> None:
    _record(controller, folder, server)
    os.kill(server, signal.SIGKILL)
    _wait(1)


def _hang_device(controller: Any, folder: Path, server: int) -> None:
    _record(controller, folder, server)
    os.kill(server, signal.SIGSTOP)
    _wait(3)  # until the program has given the device up


def _reopen_device(controller: Any, folder: Path, server: int) -> None:
    from engine.devices.backend import DeviceRequest

    _record(controller, folder, server)
    controller.devices.open_device(DeviceRequest(backend="jack"))
    _wait(0.01)


def _open_dialogs(controller: Any, folder: Path, server: int) -> None:
    controller.devices.show()
    controller.learn.show()
    controller.window.top_bar.help.click()
    _wait(1)


def _ask_name(controller: Any, folder: Path, server: int) -> None:
    controller.window.top_bar.save.click()
    _wait(0.5)


def _ask_file(controller: Any, folder: Path, server: int) -> None:
    controller.export.ask_destination(controller.entry_files.entries[0], None)
    _wait(0.5)


def _open_menu(controller: Any, folder: Path, server: int) -> None:
    from PyQt6.QtWidgets import QApplication

    controller.window.browser.details.menu_requested.emit()
    until(QApplication.activePopupWidget)


def write_chime(folder: Path) -> Path:
    """A recording of one 220 Hz stroke."""
    import numpy as np
    import soundfile

    time = np.arange(16_000) / 16_000
    partials = [np.exp(-(2 + n) * time) * np.sin(2 * np.pi * 220 * n * time) / n for n in range(1, 6)]
    soundfile.write(folder / "chime.wav", np.concatenate([np.zeros(1600), 0.4 * np.sum(partials, axis=0)]), 16_000)
    return folder / "chime.wav"


MOMENTS: dict[str, Callable[[Any, Path, int], None]] = {
    "it rests": _wait_idle,
    FIRST_START: _start_first_compilation,
    "kinds are compiled while one plays": _start_compilation,
    "an instrument is loaded": _load_instrument,
    "a performance is recorded": _record,
    "a score plays": _play_score,
    "a score is written to a file": _render_score,
    "a hundred presets are read": _scan,
    "a performance is recorded while a hundred presets are read": _record_and_scan,
    "a recording is judged": _check_recording,
    "an instrument is learned": _learn,
    "what is learned is listened to": _preview_learned,
    "a demo is made": _make_demo,
    "the microphone is recorded": _record_microphone,
    "the range of a voice is found": _measure_voice_range,
    "the device was lost while recording": _lose_device,
    "the device hangs while recording": _hang_device,
    "the device is opened anew while recording": _reopen_device,
    "three dialogs are open": _open_dialogs,
    "a name is asked for": _ask_name,
    "a menu is open": _open_menu,
    "a file is asked for": _ask_file,
}
