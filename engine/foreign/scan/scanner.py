"""Scan plugin files in another process: whatever one of them does there, this one goes on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.foreign.plugin_entry import PluginEntry, entry_of
from engine.foreign.plugin_files import PluginFile

CHILD_MODULE = "engine.foreign.scan.scan_process"
MAX_OPEN_SECONDS = 20.0  # for one plugin


@dataclass(frozen=True)
class ScannedFile(PluginFile):
    """A file with the plugins in it."""

    entries: list[PluginEntry] = field(default_factory=list)


@dataclass(frozen=True)
class ScanStep:
    """How far a scan is: plugins done, and known so far. title: of the last one. file: one that is done."""

    done: int
    total: int
    title: str
    file: ScannedFile | None = None


def scan_files(files: Sequence[PluginFile]) -> Iterator[ScanStep]:
    """Scan files; steps as they come, every file in one of them."""
    if not files:
        return
    if hasattr(os, "fork"):  # one process, which copies itself for each plugin
        yield from _scan(files, 0, len(files))
        return
    for number, file in enumerate(files):
        yield from _scan([file], number, len(files))


def _scan(files: Sequence[PluginFile], before: int, total: int) -> Iterator[ScanStep]:
    """Scan files in one process; those that it leaves when it ends early have a fault."""
    waiting = {str(file.path): ScannedFile(file.format, file.path, file.stamp) for file in files}
    done, more, title = before, 0, ""
    with _start(files) as child:
        assert child.stdout is not None
        try:
            for message in _messages(child):
                scanned = waiting.get(message["file"])
                if scanned is None:
                    continue
                more += int(message.get("found", 0))
                if "entry" in message:
                    entry = entry_of(message["entry"])
                    scanned.entries.append(entry)
                    done, title = done + 1, entry.title
                is_done = bool(message.get("done"))
                done += is_done
                yield ScanStep(done, total + more, title, waiting.pop(message["file"]) if is_done else None)
        finally:
            child.kill()
    for scanned in waiting.values():
        done += 1
        fault = f"the scan {exit_text(child.returncode)}"
        scanned.entries.append(
            PluginEntry(str(scanned.path), scanned.format, scanned.path.stem, path=str(scanned.path), fault=fault)
        )
        yield ScanStep(done, total + more, scanned.path.stem, scanned)


def exit_text(status: int) -> str:
    """How a process ended, for a line: its exit status, or minus the number of a signal."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _start(files: Sequence[PluginFile]) -> "subprocess.Popen[str]":
    """The child, with its task given."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    child = subprocess.Popen(
        [sys.executable, "-m", CHILD_MODULE], env=environment, text=True, encoding="ascii",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdin is not None
    try:
        with child.stdin as task:
            files_of_child = [[file.format, str(file.path)] for file in files]
            json.dump({"files": files_of_child, "max_open_seconds": MAX_OPEN_SECONDS}, task)
    except BrokenPipeError:
        pass  # it has ended: its files are told as those that it leaves
    return child


def _messages(child: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """The lines of the child, up to the last whole one."""
    assert child.stdout is not None
    for line in child.stdout:
        try:
            yield json.loads(line)
        except ValueError:
            continue
