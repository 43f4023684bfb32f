"""A walk through the window and its dialogs at several sizes, scales and themes.

    python -m benchmarks.window.walk [--folder FOLDER] [--only 1024x640@1.5]

Each screen is looked through for texts that are cut and for widgets that are squeezed, or not where they belong; with
--folder its picture is kept, to be looked at. Needs Xvfb and jackd.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.jack_server import running
from benchmarks.support.virtual_display import virtual_display

SIZES = ((1024, 640), (1440, 900))  # pixels before they are scaled
SCALES = (1.0, 1.5, 2.0)
THEMES = ("dark", "light")
MAX_SECONDS = 900.0  # of one walk


@dataclass(frozen=True)
class Walked:
    """One walk: where, how many screens it came to, and the faults of each that has any."""

    size: tuple[int, int]
    scale: float
    theme: str
    screens: int
    faults: tuple[str, ...]


def main() -> int:
    """Walk, and print what was found; 1 if there are faults."""
    parser = argparse.ArgumentParser(description="A walk through the window.")
    parser.add_argument("--folder", type=Path, help="for the pictures")
    parser.add_argument("--only", metavar="WIDTHxHEIGHT@SCALE", help="one size, such as 1024x640@1.5")
    args = parser.parse_args()
    status = 0
    with ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for walked in walk_all(folder, args.only):
            print(json.dumps(walked.__dict__), flush=True)
            status |= bool(walked.faults)
    return status


def walk_all(folder: Path, only: str | None = None, share: float = 1.0) -> Iterator[Walked]:
    """Walk at each size, scale and theme, or at a share of them. RuntimeError if the window ends on the way."""
    ways = list(itertools.product(SIZES, SCALES, THEMES))
    for size, scale, theme in ways[: max(round(share * len(ways)), 1)]:
        where = f"{size[0]}x{size[1]}@{scale:g}"
        if only in (None, where):
            place = folder / where
            place.mkdir(parents=True, exist_ok=True)
            yield walk(size, scale, theme, place)


def walk(size: tuple[int, int], scale: float, theme: str, folder: Path) -> Walked:
    """Walk once, on a screen of just this size."""
    width, height = (round(scale * pixels) for pixels in size)
    with virtual_display(f"{width}x{height}x24"), running(), tempfile.TemporaryDirectory() as home:
        homes = {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "DATA", "STATE")}
        environment = {**os.environ, **homes, "QT_SCALE_FACTOR": f"{scale:g}"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-m", "benchmarks.window.walk_child", theme, *map(str, size), str(folder)]
        run = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, text=True, timeout=MAX_SECONDS, check=False
        )
    if run.returncode:
        raise RuntimeError(f"the window ended with status {run.returncode}")
    screens = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    faults = [f"{each['screen']}: {fault}" for each in screens for fault in each["faults"]]
    return Walked(size, scale, theme, len(screens), tuple(faults))


if __name__ == "__main__":
    sys.exit(main())
