"""The process that scans: it lists the plugins of files, and opens each of them in a copy of itself.

It reads {"files": [[format, path], ...], "max_open_seconds": S} from its standard input, and writes a line of JSON
for each plugin and for each file:

    {"file": path, "found": N}      N plugins have been listed
    {"file": path, "entry": {...}}  the fields of one of them, with its fault if it has one
    {"file": path, "done": true}
"""

import ctypes
import json
import os
import selectors
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from engine.foreign.plugin_entry import PluginEntry, entry_of
from engine.foreign.scan.priority import lower_priority, waiting_seconds
from engine.foreign.scan.proof import find_fault, list_plugins, warm_up
from engine.foreign.scan.scanner import exit_text

MAX_COPIES = 4  # at once
POLL_SECONDS = 0.5  # between two looks whether the parent is there
MAX_SLOWNESS = 10.0  # how many times as long anything may take where all processors are busy
_CHUNK_BYTES = 1 << 16
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class _Task:
    """A file to be listed, or one of its plugins to be opened."""

    format: str
    path: str
    entry: PluginEntry | None = None


@dataclass
class _Copy:
    """A copy of this process that works at a task. start: monotonic time in s."""

    task: _Task
    pid: int
    start: float
    data: bytes = b""

    @property
    def seconds(self) -> float:
        """How long it has worked, without the time in which all processors were busy with others."""
        passed = time.monotonic() - self.start
        return max(passed - waiting_seconds(self.pid), passed / MAX_SLOWNESS)


class _Output:
    """Writes the lines, and counts the plugins of each file that are not done."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(1), "w", encoding="ascii")
        self._left: dict[str, int] = {}
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):  # what plugins and lilv print is for nobody
            os.dup2(nothing, descriptor)

    def tell_found(self, path: str, count: int) -> None:
        self._left[path] = count
        self._write({"file": path, "found": count})
        if not count:
            self._write({"file": path, "done": True})

    def tell_entry(self, path: str, entry: PluginEntry) -> None:
        self._write({"file": path, "entry": entry.as_dict()})
        self._left[path] -= 1
        if not self._left[path]:
            self._write({"file": path, "done": True})

    def _write(self, message: dict[str, Any]) -> None:
        self._file.write(json.dumps(message) + "\n")
        self._file.flush()


def main() -> None:
    """Scan what the standard input names."""
    lower_priority()
    asked = json.load(sys.stdin)
    tasks = [_Task(kind, path) for kind, path in asked["files"]]
    output = _Output()
    warm_up({task.format for task in tasks})
    if hasattr(os, "fork"):
        _Pool(output, asked["max_open_seconds"]).run(tasks)
    else:
        _run_here(tasks, output)


class _Pool:
    """Copies of this process that work at tasks."""

    def __init__(self, output: _Output, max_open_seconds: float) -> None:
        self._output, self._max_open_seconds = output, max_open_seconds
        self._selector = selectors.DefaultSelector()
        self._copies: dict[int, _Copy] = {}
        self._waiting: deque[_Task] = deque()
        self._parent = os.getppid()

    def run(self, tasks: list[_Task]) -> None:
        """Work until all is done, or the parent has ended."""
        self._waiting.extend(tasks)
        limit = min(os.cpu_count() or 1, MAX_COPIES)
        while (self._waiting or self._copies) and os.getppid() == self._parent:
            while self._waiting and len(self._copies) < limit:
                self._start(self._waiting.popleft())
            for key, _ in self._selector.select(POLL_SECONDS):
                self._read(key.fd)
            self._end_late_ones()
        for copy in self._copies.values():
            _kill(copy.pid)

    def _start(self, task: _Task) -> None:
        source, target = os.pipe()
        pid = os.fork()
        if not pid:
            _work(task, target)
        os.close(target)
        self._copies[source] = _Copy(task, pid, time.monotonic())
        self._selector.register(source, selectors.EVENT_READ)

    def _read(self, descriptor: int) -> None:
        data = os.read(descriptor, _CHUNK_BYTES)
        self._copies[descriptor].data += data
        if not data:
            self._finish(descriptor)

    def _end_late_ones(self) -> None:
        for descriptor, copy in list(self._copies.items()):
            if copy.seconds > self._max_open_seconds:
                self._finish(descriptor, f"did not answer within {self._max_open_seconds:g} s")

    def _finish(self, descriptor: int, fault: str = "") -> None:
        """Take what a copy has found, or why it has not."""
        copy = self._copies.pop(descriptor)
        self._selector.unregister(descriptor)
        os.close(descriptor)
        _kill(copy.pid)  # also what it has started
        status = os.waitstatus_to_exitcode(os.waitpid(copy.pid, 0)[1])
        task = copy.task
        try:
            found = json.loads(copy.data)
        except ValueError:
            found, fault = None, fault or f"{exit_text(status)} when it was opened"
        if task.entry is not None:
            self._output.tell_entry(task.path, replace(task.entry, fault=fault or str(found)))
        else:
            self._take_list(task, found, fault)

    def _take_list(self, task: _Task, found: Any, fault: str) -> None:
        """Open the plugins of a file that was listed, each in a copy."""
        entries = [entry_of(values) for values in found or ()] or [_unknown(task, fault)] * bool(fault)
        self._output.tell_found(task.path, len(entries))
        for entry in entries:
            if entry.fault:
                self._output.tell_entry(task.path, entry)
            else:
                self._waiting.appendleft(_Task(task.format, task.path, entry))


def _work(task: _Task, target: int) -> None:
    """[in a copy of the process] Do a task, write what was found, and end."""
    try:
        os.setpgid(0, 0)
        _end_with_parent()
        found = _list(task) if task.entry is None else find_fault(task.entry)
        data = json.dumps(found).encode()
        while data:
            data = data[os.write(target, data) :]
    except BaseException:
        os._exit(1)
    os._exit(0)


def _end_with_parent() -> None:
    """[in a copy of the process] Let the system end this copy when the process ends, however that comes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _run_here(tasks: list[_Task], output: _Output) -> None:
    """Do all in this process, where the system cannot copy it."""
    for task in tasks:
        entries = [entry_of(values) for values in _list(task)]
        output.tell_found(task.path, len(entries))
        for entry in entries:
            output.tell_entry(task.path, replace(entry, fault=entry.fault or find_fault(entry)))


def _list(task: _Task) -> list[dict[str, str]]:
    """The plugins of a file, or an entry with the reason why it has none."""
    try:
        return [entry.as_dict() for entry in list_plugins(task.format, task.path)]
    except (ValueError, OSError) as error:
        return [_unknown(task, str(error)).as_dict()]


def _unknown(task: _Task, fault: str) -> PluginEntry:
    """The entry of a file whose plugins are not known."""
    title = os.path.splitext(os.path.basename(task.path))[0]
    return PluginEntry(task.path, task.format, title, path=task.path, fault=fault)


def _kill(pid: int) -> None:
    """End a copy and what it has started."""
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
