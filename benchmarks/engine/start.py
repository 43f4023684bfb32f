"""Time from the command to the first sound, with an empty cache and with a warm one.

    python -m benchmarks.engine.start [PRESET] [--json]

The time of a whole process: it reads the instrument, compiles what is not cached, and renders a tenth of a second of
the demo, to a file in place of a device.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.support.measurement import Measurement, run_preset_benchmark
from engine.preset.library import factory_folder, find

MAX_COLD_SECONDS, MAX_WARM_SECONDS = 20.0, 3.0  # goals


def measure(preset: str = "guitar", times: int = 5) -> list[Measurement]:
    """Measure the first start with an empty cache, and the median of `times` further starts."""
    path = find(preset).resolve()
    with tempfile.TemporaryDirectory() as name:
        before = os.times()
        cold = _start(path, Path(name))
        after = os.times()
        warm = sorted(_start(path, Path(name)) for _ in range(times))
    work = after.children_user + after.children_system - before.children_user - before.children_system
    return [
        Measurement("start to first sound, nothing compiled", cold, "s", MAX_COLD_SECONDS, goal_is_max=True),
        Measurement("of that, work of the processor", work, "s"),
        Measurement(
            "start to first sound, compiled before", warm[times // 2], "s", MAX_WARM_SECONDS, goal_is_max=True
        ),
    ]


def _start(preset: Path, folder: Path) -> float:
    """Seconds of one rendering, with a folder for numba's cache and the sound."""
    score = factory_folder() / "demo.mid"
    arguments = ["render", str(preset), str(score), "-o", str(folder / "first.wav"), "--seconds", "0.1"]
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments], env=environment, check=True, capture_output=True, timeout=600
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    run_preset_benchmark("Time from the command to the first sound.", measure)
