"""How far learning is: a bar for people, lines of JSON for programs."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.preset.preset_file import Preset

OFTEN = 1.0  # seconds between two lines of JSON


@dataclass(frozen=True)
class Result:
    """What was learned, how it ended, what a program and what a person should be told.

    spent: removes what nobody needs any more once the preset is written.
    """

    preset: Preset
    ending: str
    told: dict[str, Any] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    spent: Callable[[], None] | None = None


@dataclass(frozen=True)
class Moment:
    """How far it is. share: 0..1. text: in words. line: for a program. event: what must be told besides."""

    share: float
    text: str
    line: dict[str, Any]
    event: str = ""


@contextlib.contextmanager
def shown(as_json: bool) -> Iterator[Callable[[Moment], None]]:
    """Give a function that shows moments."""
    if as_json:
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("", total=1.0)

        def show(now: Moment) -> None:
            bar.update(task, completed=now.share, description=now.text)
            if now.event:
                bar.console.print(now.event)

        yield show


def _lines() -> Callable[[Moment], None]:
    """Prints moments as JSON, not too often."""
    last = 0.0

    def show(now: Moment) -> None:
        nonlocal last
        if now.event or now.share >= 1 or time.monotonic() - last > OFTEN:
            last = time.monotonic()
            print(json.dumps(now.line, default=str), flush=True)

    return show
