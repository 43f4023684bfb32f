"""The figures of a benchmark: measured, with a unit and, where there is one, a goal."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure. A goal is the least that `value` should be, or the most where `goal_is_most`."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    goal_is_most: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.goal_is_most else self.value >= self.goal


def median_times(candidates: dict[str, Callable[[], object]], rounds: int, warmed: int = 0) -> dict[str, float]:
    """Seconds that each candidate takes: the median of so many rounds in which all take turns.

    warmed: how often each runs at its turn before it is timed, for what is measured with its data in the cache.
    """
    return {name: statistics.median(seconds) for name, seconds in _times(candidates, rounds, warmed).items()}


def min_times(candidates: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds that each candidate takes at best, in so many rounds in which all take turns."""
    return {name: min(seconds) for name, seconds in _times(candidates, rounds, 0).items()}


def run_preset_benchmark(about: str, measure: Callable[[str], Iterable[Measurement]], preset: str = "guitar") -> None:
    """The command of a benchmark of one preset: measure it and print the rows."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("preset", metavar="PRESET", nargs="?", default=preset, help="a name or a path")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    print_measurements(measure(args.preset), args.json)


def print_measurements(rows: Iterable[Measurement], as_json: bool = "--json" in sys.argv) -> None:
    """Print rows for a reader, or as one JSON object a line."""
    for row in rows:
        print(json.dumps(asdict(row) | {"met": row.met}) if as_json else _line(row))


def _times(candidates: dict[str, Callable[[], object]], rounds: int, warmed: int) -> dict[str, list[float]]:
    for candidate in candidates.values():
        candidate()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            for _ in range(warmed):
                candidate()
            start = time.perf_counter()
            candidate()
            times[name].append(time.perf_counter() - start)
    return times


def _line(row: Measurement) -> str:
    if row.goal is None:
        return f"{row.name:<58}{row.value:>10.4g} {row.unit}"
    sign, mark = "≤" if row.goal_is_most else "≥", "met" if row.met else "MISSED"
    return f"{row.name:<58}{row.value:>10.4g} {row.unit}  (goal {sign} {row.goal:g}: {mark})"
