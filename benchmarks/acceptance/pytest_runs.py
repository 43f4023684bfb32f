"""Tests in processes of their own: how many passed, and how long they took."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .report import ROOT
from .row import Row

_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")


@dataclass(frozen=True)
class PytestResult:
    """Exit status of a command, counts of pytest's summary lines by word, and minutes."""

    status: int
    counts: Mapping[str, int]
    minutes: float

    def row(self, what: str) -> Row:
        """Whether all passed, and there were any."""
        passed = self.counts.get("passed", 0)
        bad = {word: count for word, count in self.counts.items() if word != "passed"}
        counts = ", ".join([f"{passed} passed", *(f"{count} {word}" for word, count in bad.items())])
        value = f"{counts}, exit status {self.status}, {self.minutes:.1f} min"
        return Row(what, value, "all passed", self.status == 0 and passed > 0 and not bad)


def run_pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> PytestResult:
    """Run pytest with further environment variables."""
    return run_command([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], environment)


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> PytestResult:
    """Run a command at the root of the program; its output goes to the error stream."""
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    print(done.stdout, file=sys.stderr)
    return PytestResult(done.returncode, count_results(done.stdout), (time.monotonic() - start) / 60)


def count_results(output: str) -> dict[str, int]:
    """The counts of all summary lines of pytest in an output, added up."""
    counts: dict[str, int] = {}
    for line in output.splitlines():
        if re.search(r" in \d+(\.\d+)?s\b", line):
            for number, word in _COUNT.findall(line):
                word = word.replace("errors", "error")
                counts[word] = counts.get(word, 0) + int(number)
    return counts
