"""Every factory instrument on all of its keys: pitch, faults of the sound, evenness, and silence after a release."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.instruments import make
from engine.midi.midi_score import make_score
from engine.pitch_and_frequency import cents_of, frequency_of
from engine.preset import library, preset_file
from engine.preset.preset_file import Preset
from engine.render import render
from engine.standard_chain import StandardChain
from train.notes import pitch

from .row import Row, row_at_least, row_at_most

RATE = 48_000  # Hz
VELOCITIES = (40, 90, 120)
HELD_SECONDS, RELEASED_SECONDS, END_SECONDS = 1.0, 1.0, 0.1  # of a note; after it; at the end, where it is silent
MAX_CENTS, MAX_STEP_DB, MAX_END_DBFS = 10.0, 6.0, -80.0  # goals
HOLE_FRAME_SECONDS, HOLE_FRAMES, HOLE_DB, AUDIBLE_DBFS = 0.01, 10, 30.0, -60.0  # see `count_holes`
BURST_SAMPLES, BURST_FRAMES, BURST_DB, BURST_DBFS, BURST_HZ = (
    256,
    20,
    20.0,
    -75.0,
    9000.0,
)  # see `count_bursts`; a note of half of it is up there itself
ATTACK_SECONDS = 0.15  # after which a burst is none of the attack


@dataclass(frozen=True)
class Note:
    """One note: what was wanted, and what is wrong with it."""

    key: int
    velocity: int
    cents: float  # from the pitch of its key; NaN without a clear pitch
    level: float  # dB, mean while it is held
    end: float  # dBFS, the peak at the end
    holes: int
    bursts: int

    @property
    def name(self) -> str:
        """Key and velocity."""
        return f"key {self.key}, velocity {self.velocity}"


def measure(scale: float) -> Iterator[Row]:
    """The rows of every factory instrument; scale: share of the keys that are played."""
    for path in sorted(library.factory_folder().glob("*" + preset_file.SUFFIX)):
        preset = preset_file.read(path)
        yield from _rows(preset, _keys(preset, scale))


def count_holes(sound: np.ndarray) -> int:
    """How many frames of a sound (T,) are HOLE_DB softer than the loudest of HOLE_FRAMES before and after."""
    level = _levels(sound, round(HOLE_FRAME_SECONDS * RATE))
    padded = np.pad(level, HOLE_FRAMES, constant_values=-200.0)
    windows = np.lib.stride_tricks.sliding_window_view(padded, HOLE_FRAMES).max(axis=1)
    around = np.minimum(windows[: len(level)], windows[HOLE_FRAMES + 1 :][: len(level)])
    return int(((level < around - HOLE_DB) & (around > AUDIBLE_DBFS)).sum())


def count_bursts(sound: np.ndarray) -> int:
    """How many frames of a sound (T,) are BURST_DB louder above BURST_HZ than the median of those around."""
    spectra = np.abs(np.fft.rfft(_frames(sound, BURST_SAMPLES) * np.hanning(BURST_SAMPLES))) ** 2
    high = spectra[:, round(BURST_HZ / RATE * BURST_SAMPLES) :].sum(axis=1) * 8 / (3 * BURST_SAMPLES**2) * 2
    level = 10 * np.log10(high + 1e-20)
    padded = np.pad(level, BURST_FRAMES, mode="reflect")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * BURST_FRAMES + 1), axis=1)
    return int(((level > around + BURST_DB) & (level > BURST_DBFS)).sum())


def _rows(preset: Preset, keys: list[int]) -> Iterator[Row]:
    """The rows of an instrument."""
    host, name = StandardChain(RATE), preset.header["name"]
    host.play([make(preset)])
    notes = [_play(host, key, velocity) for key in keys for velocity in VELOCITIES]
    title = f"{name}, {len(keys)} keys × {len(VELOCITIES)} velocities"
    pitched = [note for note in notes if np.isfinite(note.cents)]
    yield Row(f"{title}: notes with a clear pitch", f"{len(pitched)} of {len(notes)}")
    if pitched:
        worst = max(pitched, key=lambda note: abs(note.cents))
        yield row_at_most(f"{name}: pitch off", abs(worst.cents), MAX_CENTS, "cents", worst.name)
    broken, clipped = int(host.limiter.non_finite), host.meters().clipped
    yield row_at_most(f"{name}: samples that are no numbers, or too loud", broken + clipped, 0)
    for what, counts in (("holes", [note.holes for note in notes]), ("bursts", [note.bursts for note in notes])):
        first = next((note.name for note, count in zip(notes, counts, strict=True) if count), "")
        yield row_at_most(f"{name}: {what}", sum(counts), 0, where=first)
    yield _evenness(name, notes)
    yield _order(name, notes)
    worst = max(notes, key=lambda note: note.end)
    yield row_at_most(
        f"{name}: {RELEASED_SECONDS:g} s after the release", worst.end, MAX_END_DBFS, "dBFS", worst.name
    )


def _keys(preset: Preset, share: float) -> list[int]:
    """A share of the keys of an instrument, in pairs of neighbours over its whole range; 1: all."""
    low, high = preset.header["keys"]["low"], preset.header["keys"]["high"]
    if share == 1:
        return list(range(low, high + 1))
    pairs = max(round((high - low + 1) * share / 2), 1)
    first = low + ((high - low) * (np.arange(pairs) + 0.5) / pairs).astype(int)
    return sorted({key for key in (*first.tolist(), *(first + 1).tolist()) if key <= high})


def _evenness(name: str, notes: list[Note]) -> Row:
    """The largest step of the level from a key to the next at any velocity."""
    levels = {(note.key, note.velocity): note.level for note in notes}
    steps = [
        (abs(note.level - levels[note.key - 1, note.velocity]), note.name)
        for note in notes
        if (note.key - 1, note.velocity) in levels
    ]
    largest, where = max(steps)
    return row_at_most(f"{name}: step of the level from key to key", largest, MAX_STEP_DB, "dB", where)


def _order(name: str, notes: list[Note]) -> Row:
    """The smallest difference between a harder note and the next softer one of its key."""
    pairs = [(hard.level - soft.level, hard.name) for soft, hard in pairwise(notes) if soft.key == hard.key]
    least, where = min(pairs)
    return row_at_least(f"{name}: a harder note is louder by", least, 0.0, "dB", where)


def _play(host: StandardChain, key: int, velocity: int) -> Note:
    """Play a note, and measure it."""
    score = make_score([(0.0, (0x90, key, velocity)), (HELD_SECONDS, (0x80, key, 0))])
    stereo = render(host, score, HELD_SECONDS + RELEASED_SECONDS)
    sound, held = stereo.mean(axis=0).astype(np.float64), round(HELD_SECONDS * RATE)
    expected = float(frequency_of(key))
    end = np.abs(stereo[:, -round(END_SECONDS * RATE) :]).max()
    return Note(
        key=key,
        velocity=velocity,
        cents=_cents(sound[:held], expected),
        level=float(10 * np.log10((sound[:held] ** 2).mean() + 1e-20)),
        end=float(20 * np.log10(end + 1e-10)),
        holes=count_holes(sound[:held]),
        bursts=count_bursts(sound[round(ATTACK_SECONDS * RATE) :]) if expected < BURST_HZ / 2 else 0,
    )


def _cents(sound: np.ndarray, expected: float) -> float:
    """Cents of a note (T,) from a frequency in Hz: of its pitch near that, or of any other clear one; NaN without."""
    if not pitch.MIN_HZ <= expected <= pitch.MAX_HZ:
        return np.nan
    for near in (expected, None):
        found = pitch.detect(sound, RATE, near=near)
        if found.is_reliable:
            return float(cents_of(found.frequency / expected))
    return np.nan


def _levels(sound: np.ndarray, samples: int) -> np.ndarray:
    """Level in dB of every frame of so many samples."""
    return np.asarray(10 * np.log10((_frames(sound, samples) ** 2).mean(axis=1) + 1e-20))


def _frames(sound: np.ndarray, samples: int) -> np.ndarray:
    return sound[: len(sound) // samples * samples].reshape(-1, samples)
