"""The window: time from the command until it can be played, its cost, and its latency.

    python -m benchmarks.window.start_cost_latency [--seconds 60] [--json]

Needs a display, such as Xvfb, and jackd: it plays through a server without hardware, in realtime where that is
allowed. For so many seconds every knob is dragged, the window resized and every dialog opened while 16 notes sound;
then every factory preset is clicked twice, and the program is closed in every state (benchmarks.window.close_times).
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.support.jack_server import running
from benchmarks.support.measurement import Measurement, print_measurements

from . import close_times, preset_changes

Action = Callable[[], object]
MAX_START_SECONDS, MAX_MEMORY_MB, MAX_DELAY_BLOCKS = 3.0, 450.0, 3.0  # goals: seconds, megabytes, blocks
MIN_ON_TIME_PERCENT = 99.5  # goal: percent of the callbacks
PRESSES = 20
RATE = 48_000.0  # Hz
MIN_AUDIBLE_AMPLITUDE = 1e-4  # linear: lower is the tail of an earlier note
NOTES = range(40, 56)


def main() -> None:
    """Measure, and print the measurements."""
    parser = argparse.ArgumentParser(description="Start, cost and latency of the window.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of dragging, resizing and dialogs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--child", metavar="BEGAN", type=float, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(_run_child(args.child, args.seconds)))
    else:
        print_measurements(measure(args.seconds), args.json)
        print_measurements(close_times.measure(), args.json)


def measure(seconds: float = 60.0, times: int = 3) -> list[Measurement]:
    """Measure the median of `times` starts, and the blocks of one more."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home, running():
        environment = {**os.environ, "XDG_CONFIG_HOME": home, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        for seconds_of_use in (*[0.0] * times, seconds):
            command = [sys.executable, "-m", "benchmarks.window.start_cost_latency", "--child", str(time.time())]
            command += ["--seconds", str(seconds_of_use)]
            run = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, timeout=300)
            found.append(json.loads(run.stdout))
    *starts, last = found
    playable = sorted(each["playable"] for each in starts)[times // 2]
    return [
        Measurement(
            "command to playable window, compiled before", playable, "s", MAX_START_SECONDS, goal_is_max=True
        ),
        Measurement(
            "memory once every preset was visited", starts[-1]["memory"], "MB", MAX_MEMORY_MB, goal_is_max=True
        ),
        Measurement(
            "key of the computer to sound, median", float(np.median(last["delays"])), "blocks", MAX_DELAY_BLOCKS, True
        ),
        Measurement("key of the computer to sound, worst", max(last["delays"]), "blocks"),
        Measurement(
            "touch of the pad to sound, median", float(np.median(last["touches"])), "blocks", MAX_DELAY_BLOCKS, True
        ),
        Measurement(
            "callbacks on time while 16 notes sound and all is moved", last["on time"], "%", MIN_ON_TIME_PERCENT
        ),
        Measurement("worst block of that", 100 * last["worst"], "% of its time"),
        *preset_changes.measurements(last["clicked"]),
    ]


def _run_child(start_time: float, seconds: float) -> dict[str, Any]:
    """Open a window, play a little, and load every preset once; with seconds, drag and click as well."""
    from PyQt6 import sip
    from PyQt6.QtTest import QTest
    from PyQt6.QtWidgets import QApplication

    from gui import preferences, theme
    from gui.app import open_window

    app = QApplication(["luthier"])
    theme.apply(app, "dark")
    with contextlib.ExitStack() as stack:
        if seconds:
            from benchmarks.support.block_times import record_blocks

            blocks = stack.enter_context(record_blocks(RATE))
        controller = open_window(app, preferences.load())
        while controller.bridge.now is None:
            QTest.qWait(5)
    found: dict[str, Any] = {"playable": time.time() - start_time}
    controller.window.activateWindow()
    while not controller.window.isActiveWindow() or not controller.entry_files.entries:
        QTest.qWait(5)
    found["delays"] = [_delay(controller, *_key(controller)) for _ in range(PRESSES)]
    found["touches"] = [_delay(controller, *_touch(controller)) for _ in range(PRESSES)]
    if seconds:
        found["on time"], found["worst"] = _use(controller, seconds)
        found["clicked"] = preset_changes.click_presets(controller, blocks)
    else:
        _load_all(controller)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        found["memory"] = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    controller.window.close()
    sip.delete(controller.window)  # before the application that draws it
    return found


def _load_all(controller: Any) -> None:
    """Load every preset, one after the other."""
    from PyQt6.QtTest import QTest

    for entry in controller.entry_files.entries:
        controller.parameters.choose(entry.path)
        while controller.bridge.now.path != entry.path:
            QTest.qWait(5)
    QTest.qWait(1000)  # the last one has settled


def _key(controller: Any) -> tuple[Action, Action]:
    """Functions that press and release a key of the computer keyboard."""
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    return lambda: QTest.keyPress(controller.window, Qt.Key.Key_Q), lambda: QTest.keyRelease(
        controller.window, Qt.Key.Key_Q
    )


def _touch(controller: Any) -> tuple[Action, Action]:
    """Functions that press and release the centre of the pad."""
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    from gui.views.view_stack import PAD

    controller.window.views.show_view(PAD)
    pad, left = controller.window.views.pad, Qt.MouseButton.LeftButton
    position = pad.rect().center()
    return lambda: QTest.mousePress(pad, left, pos=position), lambda: QTest.mouseRelease(pad, left, pos=position)


def _delay(controller: Any, press: Action, release: Action) -> float:
    """Blocks from an event in Qt to the first audible sample."""
    from PyQt6.QtTest import QTest

    capture, block = controller.engine.host.capture, int(controller.engine.host.memory["block"][0])
    controller.bridge.panic()
    QTest.qWait(100)
    capture.start()
    QTest.qWait(20)
    capture.drain()
    press()
    QTest.qWait(80)
    release()
    capture.stop()
    loud = np.flatnonzero(np.abs(capture.drain()).max(axis=0) > MIN_AUDIBLE_AMPLITUDE)
    return float(loud[0]) / block if len(loud) else float("inf")


def _use(controller: Any, seconds: float) -> tuple[float, float]:
    """Percent of the callbacks that came, and the load of the worst, while notes sound and everything is moved."""
    from PyQt6.QtCore import QPoint, Qt
    from PyQt6.QtTest import QTest

    from gui.dialogs.shortcuts import ShortcutsDialog

    host, window, left = controller.engine.host, controller.window, Qt.MouseButton.LeftButton
    controller.bridge.reset_meters()
    QTest.qWait(300)
    before, start, round_number = host.meters().blocks, time.perf_counter(), 0
    while time.perf_counter() < start + seconds:
        for key in NOTES:
            controller.bridge.note_on(key, 0.6)
        window.views.show_view(round_number % 3)
        window.resize(900 + 60 * (round_number % 6), 640 + 40 * (round_number % 4))
        for knob in list(window.knobs.knobs.values()):
            QTest.mousePress(knob, left, pos=QPoint(38, 50))
            for y in (40, 30, 60, 50):
                QTest.mouseMove(knob, QPoint(38, y))
            QTest.mouseRelease(knob, left, pos=QPoint(38, 50))
        controller.learn.show()
        controller.devices.show()
        keys = ShortcutsDialog(window)
        keys.show()
        QTest.qWait(50)
        for dialog in (keys, controller.devices.dialog, controller.learn.dialog):
            dialog.accept()
        round_number += 1
    elapsed = time.perf_counter() - start
    due = elapsed * host.rate / int(host.memory["block"][0])
    controller.bridge.panic()
    return 100 * (host.meters().blocks - before) / due, host.meters().max_load


if __name__ == "__main__":
    main()
