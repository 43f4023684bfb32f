"""Tables in Markdown: one section of docs/acceptance.md for each suite, replaced without touching the others."""

import datetime
import fcntl
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.atomic_write import write_text

from .row import Row
from .suites import Suite

ROOT = Path(__file__).parents[2]
REPORT_PATH = ROOT / "docs" / "acceptance.md"
TABLE_HEAD = "| what | value | wanted | |\n|---|---|---|---|"
_HEADING = "## "


def format_section(suite: Suite, rows: Iterable[Row], scale: float, minutes: float) -> str:
    """The section of a suite, from its heading on, with a line feed at its end."""
    length = "full length" if scale == 1 else f"scale {scale:g}"
    origin = f"{datetime.date.today()}, commit {_commit()}, {_processor()}; {length}, {minutes:.1f} min."
    table = "\n".join([TABLE_HEAD, *map(format_row, rows)])
    return f"{_HEADING}{suite.name}\n\n{suite.shows}\n\n{origin}\n\n{table}\n"


def format_row(row: Row) -> str:
    """One line of a table."""
    verdict = ("met" if row.is_met else "**missed**") if row.wanted or not row.is_met else ""
    cells = (" ".join(cell.split()).replace("|", "\\|") for cell in (row.what, row.value, row.wanted, verdict))
    return f"| {' | '.join(cells)} |"


def replace_section(text: str, name: str, section: str, order: Sequence[str]) -> str:
    """A report with the section of one suite replaced, or added before those that come later in `order`.

    Every other section, and what stands before the first, stays as it is.
    """
    before, *parts = _split(text)
    sections = {_name(part): part for part in parts}
    sections[name] = section
    known = [each for each in order if each in sections]
    names = [*known, *(each for each in sections if each not in known)]
    blocks = [before, *(sections[each] for each in names)]
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks if block.strip())


def write_section(path: Path, name: str, section: str, order: Sequence[str]) -> None:
    """Replace the section of a suite in a report, whole or not at all; the report must exist. OSError.

    Suites that run beside each other wait for each other, so that no section is lost.
    """
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        write_text(path, replace_section(path.read_text(encoding="utf-8"), name, section, order))
    finally:
        os.close(folder)


def _split(text: str) -> list[str]:
    """What stands before the first section, and the sections."""
    blocks = [""]
    for line in text.splitlines(keepends=True):
        if line.startswith(_HEADING):
            blocks.append("")
        blocks[-1] += line
    return blocks


def _name(section: str) -> str:
    return section.partition("\n")[0].removeprefix(_HEADING).strip()


def _commit() -> str:
    return _output(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]) or "unknown"


def _processor() -> str:
    """Model, number of cores, widest vectors and Python, as `lscpu` and the interpreter tell."""
    fields = dict(line.split(":", 1) for line in _output(["lscpu"]).splitlines() if ":" in line)
    model = fields.get("Model name", platform.processor()).strip()
    flags = fields.get("Flags", "").split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else platform.machine()
    return f"{model} ({fields.get('CPU(s)', '?').strip()} CPUs, {vectors}), Python {sys.version.split()[0]}"


def _output(command: list[str]) -> str:
    """What a command prints in English; empty where there is no such command."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    except OSError:
        return ""
    return found.stdout.strip()
