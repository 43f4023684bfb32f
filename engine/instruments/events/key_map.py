"""[main thread] Map keys to learned events: to the nearest in pitch, or to one without a pitch."""

from dataclasses import dataclass

import numpy as np

from engine.pitch_and_frequency import pitch_of, ratio_of

FIRST_UNPITCHED_KEY = 36  # MIDI key of the first event without a pitch
MAX_UNPITCHED = 48  # keys that play such an event; the others repeat them
USE_WEIGHT_SEMITONES = 1.0  # of distance that tenfold use outweighs


@dataclass(frozen=True)
class KeyMap:
    """notes, sounds: event (128,) that each MIDI key plays, with and without a pitch; ratio: pitch ratio of notes."""

    notes: np.ndarray
    ratio: np.ndarray
    sounds: np.ndarray


def map_keys(pitch: np.ndarray, use: np.ndarray) -> KeyMap:
    """Map notes to events near in pitch and often used; events without a pitch take successive keys, most used first.

    pitch: (K,) Hz or 0. use: (K,) how often each occurs.
    """
    used = use > 0 if (use > 0).any() else np.ones(len(use), bool)
    share = np.where(used, use, 0) / max(use.max(), 1e-9)
    pitched, rest = np.flatnonzero(used & (pitch > 0)), np.flatnonzero(used & (pitch <= 0))
    by_use = np.argsort(-share, kind="stable")
    rest = rest if len(rest) else by_use[: used.sum()]
    sounds = rest[np.argsort(-share[rest], kind="stable")][:MAX_UNPITCHED]
    index = (np.arange(128) - FIRST_UNPITCHED_KEY) % len(sounds)
    if not len(pitched):
        return KeyMap(sounds[index], np.ones(128, np.float32), sounds[index])
    midi_pitch = pitch_of(pitch[pitched])
    cost = np.abs(np.arange(128)[:, None] - midi_pitch) - USE_WEIGHT_SEMITONES * np.log10(
        np.maximum(share[pitched], 1e-6)
    )
    best = cost.argmin(axis=1)
    ratio = ratio_of(np.arange(128) - midi_pitch[best])
    return KeyMap(pitched[best], ratio.astype(np.float32), sounds[index])
