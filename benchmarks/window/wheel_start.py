"""A wheel in an empty environment: time to the first sound and to the window, and the memory of the window.

    python -m benchmarks.window.wheel_start WHEEL [--json]

Installs the wheel with what it needs from the package index, and plays the guitar from there: to a file in place of a
device, then in the window through a JACK server without hardware. Needs a display, such as Xvfb, and jackd.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

from benchmarks.support.jack_server import running
from benchmarks.support.measurement import Measurement, print_measurements

MAX_SOUND_SECONDS, MAX_WINDOW_SECONDS, MAX_MEMORY_MB = 3.0, 2.0, 260.0  # goals: seconds, megabytes
_CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
_WINDOW = """
import json, os, sys, time
from pathlib import Path
from PyQt6 import sip
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from gui import preferences, theme
from gui.app import open_window

app = QApplication(["luthier"])
theme.apply(app, "dark")
controller = open_window(app, preferences.load())
while not controller.window.isVisible():
    QTest.qWait(1)
app.processEvents()
shown = time.time()
while controller.bridge.now is None:
    QTest.qWait(1)
playable = time.time()
QTest.qWait(1000)
pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
memory = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
compilers = sorted({"numba", "llvmlite"} & sys.modules.keys())
print(json.dumps({"shown": shown, "playable": playable, "memory": memory, "compilers": compilers}))
controller.window.close()
sip.delete(controller.window)
"""


def measure(wheel: Path, times: int = 5) -> list[Measurement]:
    """Install a wheel, and measure its first start and the median of `times` further ones.

    CalledProcessError where something fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = {each: value for each, value in os.environ.items() if each not in ("PYTHONPATH", "NUMBA_CACHE_DIR")}
        python = _install(wheel, folder / "environment", kept)
        environment = {**kept, "XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config")}
        first, *sounds = [_render(python, folder, environment) for _ in range(times + 1)]
        with running():
            windows = [_open_window(python, folder, environment) for _ in range(times)]

    def median(key: str) -> float:
        return float(sorted(each[key] for each in windows)[times // 2])

    if compilers := windows[-1]["compilers"]:
        print(f"the window has loaded {' and '.join(compilers)}", file=sys.stderr)
    return [
        Measurement("installation to first sound, the first time", first, "s", MAX_SOUND_SECONDS, goal_is_max=True),
        Measurement("and once more", sorted(sounds)[times // 2], "s", MAX_SOUND_SECONDS, goal_is_max=True),
        Measurement("command to window", median("shown"), "s", MAX_WINDOW_SECONDS, goal_is_max=True),
        Measurement("command to window that plays", median("playable"), "s", MAX_SOUND_SECONDS, goal_is_max=True),
        Measurement("memory of the window", median("memory"), "MB", MAX_MEMORY_MB, goal_is_max=True),
    ]


def _install(wheel: Path, folder: Path, environment: dict[str, str]) -> Path:
    """A new environment with the wheel; its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    words = [str(python), "-m", "pip", "install", "--quiet", "-c", str(_CONSTRAINTS), str(wheel.resolve())]
    subprocess.run(words, env=environment, check=True)
    return python


def _render(python: Path, folder: Path, environment: dict[str, str]) -> float:
    """Seconds of the command that renders the first sound."""
    (score,) = python.parents[1].glob("lib/python*/site-packages/presets/demo.mid")
    words = ["render", "guitar", str(score), "-o", str(folder / "first.wav"), "--seconds", "0.1"]
    (folder / "first.wav").unlink(missing_ok=True)
    start = time.perf_counter()
    subprocess.run([python, "-m", "cli.main", *words], env=environment, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def _open_window(python: Path, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Seconds until the window is shown and until it plays, its megabytes, and the compilers that it loaded."""
    start = time.time()
    run = subprocess.run(
        [python, "-c", _WINDOW], env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, timeout=120
    )
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return {**told, "shown": told["shown"] - start, "playable": told["playable"] - start}


def main() -> None:
    """Measure, and print the measurements."""
    parser = argparse.ArgumentParser(description="A wheel in an empty environment: its start and its memory.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    print_measurements(measure(args.wheel), args.json)


if __name__ == "__main__":
    main()
