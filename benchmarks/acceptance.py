"""Measure what takes too long for the tests, and print the rows of docs/acceptance.md as Markdown.

python -m benchmarks.acceptance [NAME ...]
"""

import argparse
import datetime
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.support.measurement import Measurement
from benchmarks.support.virtual_display import virtual_display


def main() -> None:
    """Run all suites, or those named, and print one table."""
    parser = argparse.ArgumentParser(description="Measure what takes hours.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(SUITES)}")
    names = parser.parse_args().names or list(SUITES)
    print(f"{datetime.date.today()}, commit {_commit()}, {_processor()}\n")
    print("| suite | what | measured | goal |\n|---|---|---|---|")
    with virtual_display():
        for name in names:
            for each in SUITES[name]():
                print(f"| {name} | {each.name} | {each.value:.4g} {each.unit} | {_goal(each)} |", flush=True)


def _closing() -> Iterable[Measurement]:
    from benchmarks.window import close_times

    return close_times.measure(every=True)


def _window() -> Iterable[Measurement]:
    from benchmarks.window import window

    return window.measure(seconds=60.0)


def _goal(row: Measurement) -> str:
    if row.goal is None:
        return ""
    return f"{'≤' if row.goal_is_most else '≥'} {row.goal:g}: {'met' if row.met else 'missed'}"


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    flags = next((line for line in lines if line.startswith("flags")), "")
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else platform.machine()
    return f"{model} ({vectors}), Python {sys.version.split()[0]}"


SUITES: dict[str, Callable[[], Iterable[Measurement]]] = {"closing": _closing, "window": _window}


if __name__ == "__main__":
    main()
