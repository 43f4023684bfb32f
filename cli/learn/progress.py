"""Progress and result of learning: a bar on a terminal, lines of JSON for programs."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.preset.preset_file import Preset

if TYPE_CHECKING:
    from train.trainer import Progress

JSON_SECONDS = 1.0  # between two lines of JSON
DONE, STOPPED = "done", "stopped early; --resume goes on from here"
NOMINAL_LUFS, LOUDNESS_TOLERANCE_DB = -23.0, 1.0  # of the phrase of export/loudness.py
MIN_STEPS_SHARE = 0.1  # of the usual number of steps, from which on an instrument sounds like its recording


@dataclass(frozen=True)
class Result:
    """What was learned and how it ended, with values for programs and lines to print.

    clean_up: removes what is not needed any more once the preset is written.
    """

    preset: Preset
    ending: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    clean_up: Callable[[], None] | None = None


@dataclass(frozen=True)
class Update:
    """The fraction that is done, 0..1, as text and as values for programs; message: is printed above the bar."""

    fraction: float
    text: str
    values: dict[str, Any]
    message: str = ""


def update_of(now: "Progress", digits: int = 0) -> Update:
    """The update for a step of a run; digits: of the loss after its point."""
    seconds = now.step / now.steps_per_second
    text = f"loss {now.loss:.{digits}f} · {now.steps_per_second:.1f} steps/s · {now.left:.0f} s left"
    message = f"preview: {now.preview}" if now.preview else ""
    return Update(seconds / max(seconds + now.left, 1e-9), text, asdict(now), message)


def ending_of(stopped: bool, steps: int, usual_steps: int) -> str:
    """How a run ended: stopped by the user, after too few steps to be of use, or done."""
    if stopped:
        return STOPPED
    if steps < MIN_STEPS_SHARE * usual_steps:
        few = "1 step" if steps == 1 else f"{steps} steps"
        return f"only {few}, where {usual_steps} are usual; --resume with more --minutes or --steps goes on"
    return DONE


def loudness_notices(lufs: float) -> list[str]:
    """A line where an instrument is not as loud as all others, which play the nominal phrase at NOMINAL_LUFS."""
    if abs(lufs - NOMINAL_LUFS) <= LOUDNESS_TOLERANCE_DB:
        return []
    side = "softer" if lufs < NOMINAL_LUFS else "louder"
    return [
        f"it plays {abs(lufs - NOMINAL_LUFS):.0f} dB {side} than other instruments ({lufs:.0f} LUFS): it hardly "
        "sounds on the keys from C4 to C5, on which loudness is measured"
    ]


@contextlib.contextmanager
def display(as_json: bool) -> Iterator[Callable[[Update], None]]:
    """Give a function that shows updates."""
    if as_json:
        yield _json_lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("", total=1.0)

        def show(update: Update) -> None:
            bar.update(task, completed=update.fraction, description=update.text)
            if update.message:
                bar.console.print(update.message)

        yield show


def _json_lines() -> Callable[[Update], None]:
    """Make a function that prints updates as JSON, at most once in JSON_SECONDS."""
    last = 0.0

    def show(update: Update) -> None:
        nonlocal last
        if update.message or update.fraction >= 1 or time.monotonic() - last > JSON_SECONDS:
            last = time.monotonic()
            print(json.dumps(update.values, default=str), flush=True)

    return show
