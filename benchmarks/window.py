"""The window: from the command until it can be played, what it takes, and how soon a key of the computer is heard.

    python -m benchmarks.window [--json]

Needs a display and an audio device, such as Xvfb and a dummy JACK server.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from .rows import Row, show

PLAYABLE, MEMORY, BLOCKS = 3.0, 450.0, 3.0  # seconds, megabytes, blocks: at most
PRESSES = 20


def main() -> None:
    """Measure, and print the rows."""
    parser = argparse.ArgumentParser(description="What the window costs.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--child", metavar="BEGAN", type=float, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(_visit(args.child)))
    else:
        show(measure(), args.json)


def measure(times: int = 3) -> list[Row]:
    """The median of so many starts; memory and delays of the last."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        for _ in range(times):
            command = [sys.executable, "-m", "benchmarks.window", "--child", str(time.time())]
            run = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, timeout=300)
            found.append(json.loads(run.stdout))
    last = found[-1]
    playable = sorted(each["playable"] for each in found)[times // 2]
    return [
        Row("command to playable window, compiled before", playable, "s", PLAYABLE, goal_is_most=True),
        Row("memory once every preset was visited", last["memory"], "MB", MEMORY, goal_is_most=True),
        Row("key of the computer to sound, median", float(np.median(last["delays"])), "blocks", BLOCKS, True),
        Row("key of the computer to sound, worst", max(last["delays"]), "blocks"),
    ]


def _visit(began: float) -> dict[str, Any]:
    """Open a window, play a little and look at every preset once."""
    from PyQt6.QtTest import QTest
    from PyQt6.QtWidgets import QApplication

    from gui import app as gui_app
    from gui import memory, theme

    app = QApplication(["luthier"])
    theme.apply(app, "dark")
    wiring = gui_app.open_window(app, memory.recall())
    while wiring.player.now is None:
        QTest.qWait(5)
    playable = time.time() - began
    delays = [_delay(wiring) for _ in range(PRESSES)]
    for entry in wiring.house.entries:
        wiring.tuning.choose(entry.path)
        while wiring.player.now.path != entry.path:
            QTest.qWait(5)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    wiring.window.close()
    return {"playable": playable, "delays": delays, "memory": pages * os.sysconf("SC_PAGE_SIZE") / 1e6}


def _delay(wiring: Any) -> float:
    """Blocks from the event of a key in Qt to the first sample that sounds."""
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    tape, block = wiring.deck.rig.tape, int(wiring.deck.rig.memory["block"][0])
    wiring.player.panic()
    QTest.qWait(100)
    tape.run()
    QTest.qWait(20)
    tape.take()
    QTest.keyPress(wiring.window, Qt.Key.Key_Q)
    QTest.qWait(80)
    QTest.keyRelease(wiring.window, Qt.Key.Key_Q)
    tape.run(False)
    loud = np.flatnonzero(np.abs(tape.take()).max(axis=0))
    return float(loud[0]) / block if len(loud) else float("inf")


if __name__ == "__main__":
    main()
