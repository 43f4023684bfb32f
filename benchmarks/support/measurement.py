"""Measurements of a benchmark: a value with a unit and, where there is one, a goal; timing and printing."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """One figure. A goal is the minimum of `value`, or the maximum where `goal_is_max`."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    goal_is_max: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return bool(self.value <= self.goal if self.goal_is_max else self.value >= self.goal)


def median_times(candidates: dict[str, Callable[[], object]], rounds: int, warm_up: int = 0) -> dict[str, float]:
    """Seconds of each candidate: the median of `rounds` rounds in which all take turns.

    warm_up: untimed runs of each before its timed one, for measurements with data in the cache.
    """
    return {name: statistics.median(seconds) for name, seconds in _times(candidates, rounds, warm_up).items()}


def min_times(candidates: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of each candidate: the minimum of `rounds` rounds in which all take turns."""
    return {name: min(seconds) for name, seconds in _times(candidates, rounds, 0).items()}


def run_preset_benchmark(
    description: str, measure: Callable[[str], Iterable[Measurement]], preset: str = "guitar"
) -> None:
    """Command line of a benchmark of one instrument: measure it and print the measurements."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("preset", metavar="PRESET", nargs="?", default=preset, help="a name or a path")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    print_measurements(measure(args.preset), args.json)


def print_measurements(measurements: Iterable[Measurement], as_json: bool = "--json" in sys.argv) -> None:
    """Print measurements as text, or as one JSON object a line."""
    for measurement in measurements:
        print(json.dumps(_json(measurement)) if as_json else _line(measurement))


def _json(measurement: Measurement) -> dict[str, Any]:
    """A measurement as plain values."""
    return {
        "name": measurement.name,
        "value": float(measurement.value),
        "unit": measurement.unit,
        "goal": None if measurement.goal is None else float(measurement.goal),
        "goal_is_most": measurement.goal_is_max,
        "met": measurement.met,
    }


def _times(candidates: dict[str, Callable[[], object]], rounds: int, warm_up: int) -> dict[str, list[float]]:
    for candidate in candidates.values():
        candidate()
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            for _ in range(warm_up):
                candidate()
            start = time.perf_counter()
            candidate()
            times[name].append(time.perf_counter() - start)
    return times


def _line(measurement: Measurement) -> str:
    """One line of text."""
    text = f"{measurement.name:<58}{measurement.value:>10.4g} {measurement.unit}"
    if measurement.goal is None:
        return text
    sign, mark = "≤" if measurement.goal_is_max else "≥", "met" if measurement.met else "MISSED"
    return f"{text}  (goal {sign} {measurement.goal:g}: {mark})"
