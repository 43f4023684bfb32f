"""Measure what takes too long for the tests, and print tables in Markdown.

python -m benchmarks.acceptance [NAME ...] [--scale 0.1] [--write]
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .report import REPORT_PATH, TABLE_HEAD, format_row, format_section, write_section
from .row import Row
from .suites import SUITES, Suite


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all suites, or those named; 1 if a row is missed, 0 otherwise."""
    parser = argparse.ArgumentParser(description="Measure what takes hours.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(SUITES)}; otherwise all")
    parser.add_argument(
        "--scale", type=_scale, default=1.0, metavar="S", help="share of the full length, 1 otherwise"
    )
    parser.add_argument("--write", action="store_true", help="replace the sections of the report as well")
    parser.add_argument(
        "--report", type=Path, default=REPORT_PATH, metavar="FILE", help="docs/acceptance.md otherwise"
    )
    args = parser.parse_args(arguments)
    unknown = [name for name in args.names if name not in SUITES]
    if unknown:
        parser.error(f"there is no suite {unknown[0]!r}; there are {', '.join(SUITES)}")
    status = 0
    for name in args.names or SUITES:
        rows, section = run(SUITES[name], args.scale)
        if args.write:
            write_section(args.report, name, section, list(SUITES))
        status |= not all(row.is_met for row in rows)
    return int(status)


def run(suite: Suite, scale: float) -> tuple[list[Row], str]:
    """Run a suite and print its rows as they come; the rows, and the section for the report."""
    print(f"{suite.name}: {suite.shows}\n\n{TABLE_HEAD}", flush=True)
    start, rows = time.monotonic(), []
    for row in _rows(suite, scale):
        rows.append(row)
        print(format_row(row), flush=True)
    section = format_section(suite, rows, scale, (time.monotonic() - start) / 60)
    print(f"\n{section.splitlines()[4]}\n", flush=True)
    return rows, section


def _rows(suite: Suite, scale: float) -> Iterator[Row]:
    """The rows of a suite; an error ends it with a row that is missed, so that the other suites run."""
    count = 0
    try:
        for row in suite.rows(scale):
            count += 1
            yield row
        error = "" if count else "it measured nothing"
    except Exception as caught:
        error = f"{type(caught).__name__}: {caught}"[:300]
    if error:
        yield Row("the suite runs to its end", error, "no error", False)


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most 1")
    return scale


if __name__ == "__main__":
    sys.exit(main())
