"""From the command to the first sound, on a machine that has never run it and on one that has.

    python -m benchmarks.engine.start [PRESET] [--json]

What is timed is a process from beginning to end: it reads the instrument, compiles what plays unless that is done,
and renders a tenth of a second of the demo. A device would be opened in place of the file.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.preset.library import factory_folder, find

COLD, WARM = 20.0, 3.0  # seconds, at most


def measure(preset: str = "guitar", times: int = 5) -> list[Measurement]:
    """The first start with an empty cache, and the median of so many after it."""
    path = find(preset).resolve()
    with tempfile.TemporaryDirectory() as name:
        before = os.times()
        cold = _start(path, Path(name))
        after = os.times()
        warm = sorted(_start(path, Path(name)) for _ in range(times))
    work = after.children_user + after.children_system - before.children_user - before.children_system
    return [
        Measurement("start to first sound, nothing compiled", cold, "s", COLD, goal_is_most=True),
        Measurement("of that, work of the processor", work, "s"),
        Measurement("start to first sound, compiled before", warm[times // 2], "s", WARM, goal_is_most=True),
    ]


def _start(preset: Path, folder: Path) -> float:
    """Seconds that one rendering takes, with a folder for numba's cache and the sound."""
    score = factory_folder() / "demo.mid"
    words = ["render", str(preset), str(score), "-o", str(folder / "first.wav"), "--seconds", "0.1"]
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cli.main", *words], env=environment, check=True, capture_output=True, timeout=600
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    run_preset_benchmark("From the command to the first sound.", measure)
