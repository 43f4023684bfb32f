"""The window killed (SIGKILL) at random moments: what the next start has lost, beside what may be.

    python -m benchmarks.window.kills [--count 9] [--seed 0]

The program is started like a user starts it, on a JACK server without hardware, and used at random: knobs, effects,
instruments, patches saved and renamed, while it edits only, records, or learns. Nothing that was saved may be lost;
the session may be SESSION_SECONDS old, and a recording may lack its last second.
"""

import argparse
import hashlib
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.support.jack_server import Server, running
from benchmarks.support.virtual_display import virtual_display
from engine.precompile import compile_parts
from engine.preset import library

from .close_times import find_lasting_processes
from .kill_child import LEARNED, LOG, MOMENTS, RESTORED

SESSION_SECONDS = 10.0  # that a restored session may be old
RECORDING_SECONDS = 1.0  # that a recording may lack at its end
USE_SECONDS = (1.0, 12.0)  # for which the window is used before it is killed


@dataclass
class Kill:
    """Where the window was killed, after how many seconds of use and steps, and what was lost."""

    moment: str
    seconds: float = 0.0
    steps: int = 0
    lost: list[str] = field(default_factory=list)


def main() -> int:
    """Kill the window so many times, and print what was lost; 1 if anything was."""
    parser = argparse.ArgumentParser(description="The window, killed.")
    parser.add_argument("--count", type=int, default=9)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with virtual_display(), running() as server:
        kills = list(kill_often(args.count, args.seed, server))
    return int(any(kill.lost for kill in kills))


def kill_often(count: int, seed: int, server: Server) -> Iterator[Kill]:
    """Kill the window so many times, at each kind of moment in turn."""
    moments = list(MOMENTS)
    for _ in compile_parts():  # once, into a cache that every start finds
        pass
    for number in range(count):
        found = kill(moments[number % len(moments)], seed + number, server)
        print(f"{number + 1} of {count}: {found}", file=sys.stderr)
        yield found


def kill(moment: str, seed: int, server: Server) -> Kill:
    """Start the program, use it, kill it, and look at what is there and what the next start restores."""
    found, mark = Kill(moment), f"LUTHIER_MARK={uuid4()}"
    found.seconds = random.Random(seed).uniform(*USE_SECONDS)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        environment = _environment(folder, server) | dict([mark.split("=")])
        with _start(moment, folder, seed, environment) as process:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"the program did not come to {moment}")
            time.sleep(found.seconds)
            process.kill()
            killed = time.monotonic()
        found.lost += [f"process {each} goes on" for each in find_lasting_processes(mark)]
        log = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
        found.steps = sum("session" in line for line in log)
        stored = json.loads((folder / "config" / "luthier" / "session.json").read_text(encoding="utf-8"))
        found.lost += [*_lost_session(log, stored, killed), *_lost_files(log, folder)]
        found.lost += _lost_recording(log, killed)
        with _start(RESTORED, folder, 0, environment) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
        found.lost += _not_restored(json.loads(line), stored, moment) if line else ["the next start"]
    return found


def _environment(folder: Path, server: Server) -> dict[str, str]:
    """Folders of a user who has learned an instrument."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": str(folder)}
    environment["JACK_DEFAULT_SERVER"] = server.name
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        environment[f"XDG_{name}_HOME"] = str(folder / name.lower())
    mine = folder / "data" / "luthier" / "presets" / f"{LEARNED}.luthier"
    mine.parent.mkdir(parents=True)
    shutil.copyfile(library.factory_folder() / "gong.luthier", mine)
    return environment


def _start(moment: str, folder: Path, seed: int, environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.window.kill_child", moment, str(folder), str(seed)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _lost_session(log: list[dict[str, Any]], stored: dict[str, Any], killed: float) -> list[str]:
    """What is stored must be the session as it was at some time of the last SESSION_SECONDS."""
    sessions = [(line["time"], line["session"]) for line in log if "session" in line]
    ends = [time for time, _ in sessions[1:]] + [killed]
    recent = [each for (_, each), end in zip(sessions, ends, strict=True) if end > killed - SESSION_SECONDS]
    keys = "preset", "values", "chain"
    if any(all(_rounded(each[key]) == _rounded(stored[key]) for key in keys) for each in recent):
        return []
    ages = [killed - end for (_, each), end in zip(sessions, ends, strict=True) if each["values"] == stored["values"]]
    return [f"the session, {min(ages):.1f} s old" if ages else "the session"]


def _lost_files(log: list[dict[str, Any]], folder: Path) -> list[str]:
    """Every patch under its last name, and the instrument that was to be replaced, with its content."""
    expected: dict[str, str] = {}
    renaming: dict[str, str] = {}  # the last one, unless it was done
    for line in log:
        renaming = {f"{line['renaming']}.json": f"{line['to']}.json"} if "renaming" in line else renaming
        renaming = {} if "renamed" in line else renaming
        expected.pop(f"{line.get('renamed')}.json", None)
        if "saved" in line:
            expected[f"{line['saved']}.json"] = line["digest"]
        if "kept" in line:
            expected[line["kept"]] = line["digest"]
    files = folder / "data" / "luthier" / "presets"
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files.iterdir() if path.is_file()}
    names = {name: (name, renaming.get(name, name)) for name in expected}
    return [name for name, digest in expected.items() if digest not in map(there.get, names[name])]


def _lost_recording(log: list[dict[str, Any]], killed: float) -> list[str]:
    """The recording, up to its last second."""
    import soundfile

    lost = []
    for line in log:
        if "recording" in line:
            path, seconds = Path(line["recording"]), killed - line["time"]
            length = soundfile.info(path).duration if path.is_file() else 0.0
            if length < seconds - RECORDING_SECONDS:
                lost.append(f"{seconds - length:.2f} s of the recording")
    return lost


def _not_restored(restored: dict[str, Any], stored: dict[str, Any], moment: str) -> list[str]:
    """What the next start does not play as it was stored."""
    now = restored["session"]
    lost = [key for key in ("preset", "chain") if now[key] != stored[key]]
    values = now["values"]
    lost += [
        name
        for name, value in stored["values"].items()
        if not math.isclose(values.get(name, math.inf), value, rel_tol=1e-4)
    ]
    if moment == "learning" and not restored["resumable"]:
        lost.append("the offer to go on learning")
    return [f"not restored: {each}" for each in lost]


def _rounded(value: Any) -> Any:
    """Numbers as a JSON file has them, for comparison."""
    return {name: round(each, 6) for name, each in value.items()} if _has_numbers(value) else value


def _has_numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, float | int) for each in value.values())


if __name__ == "__main__":
    sys.exit(main())
