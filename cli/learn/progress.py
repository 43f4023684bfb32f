"""Progress and result of learning: a bar on a terminal, lines of JSON for programs."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.preset.preset_file import Preset

if TYPE_CHECKING:
    from train.trainer import Progress

JSON_SECONDS = 1.0  # between two lines of JSON that tell something new
SILENT_SECONDS = 1.5  # between two that do not
POLL_SECONDS = 0.1
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


FIRST_OF_NOTES: dict[str, Any] = {"done": 0, "all": 0, "seconds": 0.0, "text": ""}
FIRST_OF_STEPS: dict[str, Any] = {"step": 0, "loss": None, "left": None}
"""The keys that a program may count on from the first line on."""


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
def display(lines: "JsonLines | None") -> Iterator[Callable[[Update], None]]:
    """Give a function that shows updates: as lines of JSON where there are any, else by a bar."""
    if lines is not None:
        yield lines.show
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


class JsonLines:
    """Updates as lines of JSON: at most one in JSON_SECONDS, and the last one of those once it is time.

    Where nothing is new, as while learning is prepared, the last line comes again every SILENT_SECONDS.
    """

    def __init__(self, first: dict[str, Any]) -> None:
        """first: the values until there is an update."""
        self._values = first
        self._is_new = False
        self._printed_at = 0.0  # s, monotonic
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._repeat, name="progress", daemon=True)

    def __enter__(self) -> "JsonLines":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        with self._lock:
            if self._is_new:
                self._print()

    def show(self, update: Update) -> None:
        """Print an update, or keep it for the next line."""
        with self._lock:
            self._values, self._is_new = update.values, True
            if update.message or update.fraction >= 1 or time.monotonic() - self._printed_at > JSON_SECONDS:
                self._print()

    def _repeat(self) -> None:
        """[its own thread] Print what was kept, or the last line again."""
        while not self._ended.wait(POLL_SECONDS):
            with self._lock:
                if time.monotonic() - self._printed_at > (JSON_SECONDS if self._is_new else SILENT_SECONDS):
                    self._print()

    def _print(self) -> None:
        self._is_new, self._printed_at = False, time.monotonic()
        print(json.dumps(self._values, default=str), flush=True)
