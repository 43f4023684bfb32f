"""luthier plugins: list the CLAP and LV2 plugins that are installed."""

import argparse
import json

from engine.foreign.plugin_entry import PluginEntry
from engine.foreign.scan import Catalog

from .printable_text import make_printable

BROKEN = "broken"  # in place of the kind of a plugin that cannot be played


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --json and --rescan."""
    parser.add_argument("--json", action="store_true", help="one JSON object per line instead of a table")
    parser.add_argument(
        "--rescan", action="store_true", help="open all plugins again, not only those that are new or have changed"
    )


def run(args: argparse.Namespace) -> int:
    """Print a line for each plugin, by format, maker and kind; those that cannot be played with the reason."""
    catalog = Catalog()
    _refresh(catalog, args.rescan)
    entries = sorted(catalog.entries, key=_place)
    if args.json:
        for entry in entries:
            print(json.dumps(entry.as_dict(), ensure_ascii=False))
    elif entries:
        _print_table(entries)
    else:
        print(f"no plugins are installed: there are none in {', '.join(map(str, Catalog.folders()))}")
    return 0


def _refresh(catalog: Catalog, is_complete: bool) -> None:
    """Scan what is new, with a progress bar if there is anything."""
    steps = catalog.refresh(is_complete)
    first = next(steps, None)
    if first is None:
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("looking at plugins", completed=first[0], total=first[1])
        for done, total, title in steps:
            progress.update(task, completed=done, total=total, description=f"looking at {make_printable(title)}")


def _print_table(entries: list[PluginEntry]) -> None:
    rows = [(entry.format, _kind(entry), entry.maker, entry.title, entry.fault or entry.name) for entry in entries]
    texts = [tuple(make_printable(cell) for cell in row) for row in rows]
    widths = [max(len(row[place]) for row in texts) for place in range(4)]
    for row in texts:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())


def _kind(entry: PluginEntry) -> str:
    return BROKEN if entry.fault else entry.kind


def _place(entry: PluginEntry) -> tuple[object, ...]:
    """Where an entry stands in the table: the broken ones at the end."""
    words = (entry.format, entry.maker, entry.kind, entry.title)
    return (bool(entry.fault), *(word.casefold() for word in words), entry.name)
