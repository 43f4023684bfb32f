"""Closing the window in every state: time until it is hidden, lost data, and processes that remain.

    python -m benchmarks.window.close_times [--every] [--moment WORDS] [--json]

The program is started like a user starts it, on a JACK server without hardware, brought to a moment and closed by its
window button, by Ctrl+Q, by SIGTERM or by SIGINT, in turn or in every way, while another process keeps one core busy.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from benchmarks.support.cpu_load import CpuLoad
from benchmarks.support.jack_server import Server, running
from benchmarks.support.measurement import Measurement, print_measurements
from engine.precompile import compile_parts
from engine.preset import library

from .close_child import WAYS
from .close_moments import FIRST_START, MOMENTS

MAX_SECONDS = 1.0  # goal
KILL_AFTER_SECONDS = 20.0  # after which a program that does not end is killed
PRESET_COUNT = 100  # in the folder of a user with many instruments


@dataclass
class CloseTimes:
    """Seconds until the window was hidden, the longest wait of events until then, and until the process ended."""

    hidden: float = float("inf")
    max_wait: float = float("inf")
    ended: float = float("inf")
    status: int | None = None  # with which it ended
    left: list[str] = field(default_factory=list)  # processes
    lost: list[str] = field(default_factory=list)


def main() -> None:
    """Measure, and print the measurements."""
    parser = argparse.ArgumentParser(description="Closing of the window.")
    parser.add_argument("--every", action="store_true", help="close it in every way at every moment")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--moment", default="", help="only those with these words in their names")
    args = parser.parse_args()
    print_measurements(measure(args.moment, args.every), args.json)


def measure(words: str = "", every: bool = False) -> Iterator[Measurement]:
    """Measure each moment, closed in one way or in all, and totals."""
    closings: list[CloseTimes] = []
    for _ in compile_parts():  # once, into a cache that all but first starts find
        pass
    with running() as server, CpuLoad(0, 1):
        for number, moment in enumerate(closing for closing in MOMENTS if words in closing):
            ways = list(WAYS) if every else [list(WAYS)[number % len(WAYS)]]
            closing = [close(moment, way, server) for way in ways]
            closings += closing
            yield Measurement(
                f"closed while {moment}", max(closing.ended for closing in closing), "s", MAX_SECONDS, True
            )
    yield Measurement(
        "the window is gone from the screen, at worst",
        max(closing.hidden for closing in closings),
        "s",
        MAX_SECONDS,
        True,
    )
    yield Measurement(
        "until then events wait, at worst", max(closing.max_wait for closing in closings), "s", MAX_SECONDS, True
    )
    yield Measurement(
        "ends that were none of its own", sum(closing.status != 0 for closing in closings), "", 0.0, True
    )
    yield Measurement("processes left behind", sum(len(closing.left) for closing in closings), "", 0.0, True)
    yield Measurement("things lost", sum(len(closing.lost) for closing in closings), "", 0.0, True)


def close(moment: str, way: str, server: Server, patience: float | None = None) -> CloseTimes:
    """Start the program, bring it to a moment, close it, and check what is left.

    patience: seconds that the program grants its engine and its processes to end, and that it may take to end itself,
    for a machine that is too busy to be measured.
    """
    mark = f"LUTHIER_MARK={uuid4()}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder, closing = Path(name), CloseTimes()
        environment = _environment(folder, moment) | dict([mark.split("=")])
        command = [sys.executable, "-m", "benchmarks.window.close_child", moment, way, name, str(server.pid)]
        command += [] if patience is None else [str(patience)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            times = {}
            assert process.stdout is not None
            for line in process.stdout:
                what, value = line.split()
                times[what] = float(value)
                if what == "closed":
                    break
            if "closed" not in times:
                raise RuntimeError(f"the program did not come to where {moment}")
            try:
                process.wait(KILL_AFTER_SECONDS if patience is None else patience + KILL_AFTER_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            closing.ended = time.monotonic() - times["closed"]
            closing.status = process.returncode
            closing.left = _marked_processes(mark) if patience is None else find_lasting_processes(mark)
            times |= {line.split()[0]: float(line.split()[1]) for line in process.stdout}
        closing.hidden = times.get("hidden", float("inf")) - times["closed"]
        closing.max_wait = times.get("max_wait", float("inf"))
        closing.lost = list(_find_lost(folder, moment))
        _restore_server(server, moment)
    print(f"{moment}, {way}: {closing}", file=sys.stderr)
    return closing


def _environment(folder: Path, moment: str) -> dict[str, str]:
    """Environment of a user who starts the program for the first time, but may have many instruments."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": str(folder)}
    for name in ("CONFIG", "DATA", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(folder / name.lower())
    if moment == FIRST_START:
        environment["NUMBA_CACHE_DIR"] = str(folder / "kernels")
    if "presets are read" in moment:
        folder_of_user = folder / "data" / "luthier" / "presets"
        folder_of_user.mkdir(parents=True)
        factory = list(library.all_presets().values())
        for number in range(PRESET_COUNT):
            (folder_of_user / f"mine {number}.luthier").symlink_to(factory[number % len(factory)])
    return environment


def _find_lost(folder: Path, moment: str) -> Iterator[str]:
    """Names of what should have been saved and was not."""
    import soundfile

    if moment != FIRST_START:
        session = folder / "config" / "luthier" / "session.json"
        if not session.is_file() or not json.loads(session.read_text(encoding="utf-8"))["preset"]:
            yield "the session"
    if (folder / "config" / "luthier" / "loading.json").exists():
        yield "the trust in what was loaded"
    music = folder / "Music" / "Luthier"
    sounds = [file for file in music.glob("*.wav") if soundfile.info(file).duration > 0.8] if music.is_dir() else []
    if "record" in moment and "recording is judged" not in moment and not sounds:
        yield "the recording"
    if "performance" in moment or "while recording" in moment:
        yield from () if list(music.glob("*.mid")) else ("the notes",)
    if "learned" in moment and not list(folder.rglob("*.learning/checkpoint.pt")):
        yield "what was learned"
    yield from (f"{part.name} is half written" for part in folder.rglob("*.part"))


def _marked_processes(mark: str) -> list[str]:
    """Processes with a mark in their environment that still run."""
    processes = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                processes.append((process / "cmdline").read_text().replace("\0", " ")[:100])
        except OSError:
            continue
    return processes


def find_lasting_processes(mark: str) -> list[str]:
    """Processes with a mark that are still there when those that were killed have had time to end."""
    until = time.monotonic() + KILL_AFTER_SECONDS
    while (marked := _marked_processes(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return marked


def _restore_server(server: Server, moment: str) -> None:
    """Get a server ready for the next moment."""
    if "lost" in moment:
        server.start()
    server.signal(signal.SIGCONT)


if __name__ == "__main__":
    main()
