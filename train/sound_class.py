"""The class of sound of recordings: strokes that die away, a line of single held notes, or a mixture.

Only the shape of the level and the harmonicity of short excerpts are measured; the bounds were set on recordings of
ten instruments, of voices and of ensembles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.kinds import SoundClass

from . import recording
from .notes import pitch

RATE = 22050  # Hz
MAX_SECONDS = 20.0  # of each recording
MAX_RECORDINGS = 8  # of a set, evenly chosen
BLOCK_SECONDS = 0.1  # over which levels are measured
AUDIBLE_DB = 30.0  # below the loudest block
MIN_STROKE_DEPTH_DB = 10.0  # by which the audible blocks of strokes lie below the loudest, in the mean
MIN_STROKE_FALLING_SHARE = 0.7  # or of the blocks that are softer than the one before by FALL_DB
FALL_DB = 0.2
MAX_EXCERPTS = 8  # of a recording, evenly chosen
EXCERPT_SECONDS = 0.3  # over which harmonicity is measured
MIN_EXCERPT_DB = 25.0  # below the loudest excerpt
MIN_LINE_CLARITY = 0.33  # median harmonicity of single notes
MIN_SET_SIZE = 4  # of recordings: so many strokes without a pitch are different sounds rather than one


@dataclass(frozen=True)
class ClassifiedSound:
    """The class of sound of some recordings, and the reason in words."""

    name: SoundClass
    reason: str


def classify(parts: Sequence[tuple[str, float, float | None]]) -> ClassifiedSound:
    """The class of sound of recordings; parts: file, start and length in seconds (None: all) of each.

    RecordingError if one cannot be read, or if all are silent.
    """
    indices = np.unique(np.linspace(0, len(parts) - 1, MAX_RECORDINGS).astype(int))
    sounds = [_load(*parts[i]) for i in indices]
    audible = [sound for sound in sounds if np.abs(sound).max(initial=0) > 10 ** (recording.SILENCE_PEAK_DBFS / 20)]
    if not audible:
        raise recording.RecordingError(f"{parts[0][0]}: The recording is silent.")
    is_struck = np.mean([_is_struck(sound) for sound in audible]) > 0.5
    has_pitch = np.median([_clarity(sound) for sound in audible]) >= MIN_LINE_CLARITY
    if is_struck and (has_pitch or len(parts) < MIN_SET_SIZE):
        return ClassifiedSound("strokes", "its sound is struck or plucked and dies away")
    if is_struck:
        return ClassifiedSound("mixture", "many strokes without a common pitch")
    if has_pitch:
        return ClassifiedSound("line", "one note at a time is held")
    return ClassifiedSound("mixture", "several sounds at once, or none with a clear pitch")


def _load(path: str, start: float, seconds: float | None) -> np.ndarray:
    """The beginning of a part of a recording, in one channel."""
    samples, _ = recording.load(path, RATE, start, min(seconds or MAX_SECONDS, MAX_SECONDS))
    return np.asarray(samples.mean(axis=0), np.float64)


def _is_struck(sound: np.ndarray) -> bool:
    """Whether the level of a sound (N,) is far below its peak most of the time, or falls all the time."""
    levels = _levels(sound, BLOCK_SECONDS)
    is_audible = levels > levels.max(initial=-np.inf) - AUDIBLE_DB
    changes = np.diff(levels)[is_audible[:-1] & is_audible[1:]]
    if not len(changes):
        return True
    depth = (levels.max() - levels[is_audible]).mean()
    return bool(depth > MIN_STROKE_DEPTH_DB or (changes < -FALL_DB).mean() > MIN_STROKE_FALLING_SHARE)


def _clarity(sound: np.ndarray) -> float:
    """The median harmonicity of the loud excerpts of a sound (N,), 0 … 1."""
    size = round(EXCERPT_SECONDS * RATE)
    levels = _levels(sound, EXCERPT_SECONDS)
    loud = np.flatnonzero(levels > levels.max(initial=-np.inf) - MIN_EXCERPT_DB)
    if len(loud) > MAX_EXCERPTS:
        loud = loud[np.linspace(0, len(loud) - 1, MAX_EXCERPTS).astype(int)]
    excerpts = [sound[i * size : (i + 1) * size] for i in loud] or [sound]
    return float(np.median([_harmonicity(excerpt) for excerpt in excerpts]))


def _harmonicity(excerpt: np.ndarray) -> float:
    """The harmonicity of an excerpt (N,), 0 where it has no partials to be refined."""
    try:
        return pitch.detect(excerpt, RATE).clarity
    except ValueError:
        return 0.0


def _levels(sound: np.ndarray, seconds: float) -> np.ndarray:
    """The level in dB of each whole block of a sound (N,)."""
    size = round(seconds * RATE)
    blocks = sound[: len(sound) // size * size].reshape(-1, size)
    return np.asarray(10 * np.log10((blocks**2).mean(axis=1) + 1e-14))
