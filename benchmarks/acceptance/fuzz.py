"""Damage in thousands of seeded variants: only the declared errors may come of it, in one line each.

Every attempt draws its damage from the generator of (seed, number), so that a failure can be repeated:
`python -c "from benchmarks.acceptance.fuzz import repeat; repeat('presets', 17)"`.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from . import command_fuzz, file_fuzz, mapping_fuzz, midi_fuzz, recording_fuzz
from .row import Row, row_at_most

SEED = 2026
Attempt = Callable[[np.random.Generator, Path], object]
"""Damages something and reads it; raises whatever the reader raises beside its declared errors, or DamageError."""

TARGETS: dict[str, tuple[int, str, Attempt]] = {
    "presets": (4000, "presets with changed bytes: refused", file_fuzz.damage_preset),
    "sealed presets": (
        4000,
        "presets with changed values and a right digest: refused, or played",
        file_fuzz.alter_preset,
    ),
    "patches": (8000, "saved patches: refused, or read", file_fuzz.damage_patch),
    "bundles": (2000, "patches within presets: read, or taken for none", file_fuzz.damage_bundle),
    "sound files": (4000, "sound files: refused, or read", file_fuzz.damage_sound),
    "recordings": (
        2000,
        "real recordings: refused, or read in bounded time and memory",
        recording_fuzz.damage_recording,
    ),
    "mappings": (4000, "mappings of libraries: refused, or read", mapping_fuzz.damage_mapping),
    "names": (4000, "names of recordings put together from pieces: read", mapping_fuzz.read_made_names),
    "MIDI files": (8000, "MIDI files: refused, or read in order", midi_fuzz.damage_midi_file),
    "MIDI bytes": (20000, "streams of bytes: messages of seven bits, wherever they are cut", midi_fuzz.parse_bytes),
    "scores through the command": (
        5000,
        "scores rendered: a sound file, or one line",
        command_fuzz.render_damaged_score,
    ),
    "recordings through the command": (
        2000,
        "recordings followed: a sound file, or one line",
        command_fuzz.transfer_damaged_recording,
    ),
    "MIDI floods": (64, "floods of messages to factory instruments: numbers, then silence", midi_fuzz.flood),
}
"""By name: attempts at full length, what they show, and the attempt."""


FOREIGN = (
    "sound files", "recordings", "mappings", "names", "MIDI files", "scores through the command",
    "recordings through the command",
)  # fmt: skip
"""Targets that other programs write; all others are our own formats, and MIDI as it is played."""


def measure(scale: float) -> Iterator[Row]:
    """One row for each target but those of FOREIGN: the attempts that failed."""
    return _rows([name for name in TARGETS if name not in FOREIGN], scale)


def measure_foreign(scale: float) -> Iterator[Row]:
    """One row for each target of FOREIGN."""
    return _rows(FOREIGN, scale)


def _rows(names: Sequence[str], scale: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            attempts, what, attempt = TARGETS[name]
            count = max(round(attempts * scale), 4)
            failed, first = count_failures(attempt, count, Path(folder))
            yield row_at_most(f"{name}: failures of {count} {what}", failed, 0, where=first)


def count_failures(attempt: Attempt, count: int, folder: Path) -> tuple[int, str]:
    """How many of so many attempts fail, and number and error of the first that did, "" if none."""
    failed, first = 0, ""
    for number in range(count):
        try:
            attempt(np.random.default_rng([SEED, number]), folder)
        except Exception as error:
            failed += 1
            first = first or f"first is number {number}: {type(error).__name__}: {error}"[:200]
    return failed, first


def repeat(name: str, number: int) -> None:
    """Repeat one attempt of a target; raises what it raised."""
    with tempfile.TemporaryDirectory() as folder:
        TARGETS[name][2](np.random.default_rng([SEED, number]), Path(folder))
