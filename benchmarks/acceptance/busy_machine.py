"""`make check` beside processes that never rest."""

from collections.abc import Iterator

from benchmarks.support.cpu_load import CpuLoad

from .pytest_runs import run_command
from .row import Row

ROUNDS, LOOPS = 3, 2  # runs one after the other, and busy processes beside each


def measure(scale: float) -> Iterator[Row]:
    """One row for each run."""
    for number in range(max(round(ROUNDS * scale), 1)):
        with CpuLoad(0, LOOPS):
            yield run_command(["make", "check"], {}).row(f"`make check` beside {LOOPS} busy loops, run {number + 1}")
