"""Level matching over the keyboard, so that at one velocity no key is louder than its neighbours."""

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from .note import Note, render

LEVEL_SECONDS = 0.5
"""Duration from the onset over which the level of a note is measured."""
SMOOTHING_SEMITONES = 4.0
"""Width over which levels are averaged."""
MAX_STEP_DB = 1.0
"""Maximum level difference to the next recorded key."""
MIN_DYNAMIC_STEP_DB = 3.0
"""Minimum level difference of successive dynamics."""
DYNAMIC_STEP_VELOCITY = 0.14
"""Difference of the velocities of successive dynamics; of nearer layers the minimum level difference is smaller."""


def match_levels(keys: dict[int, list[Note]], velocities: Sequence[float]) -> dict[int, list[Note]]:
    """Scale the notes so that the level of each dynamic changes smoothly over the keys, and rises with it.

    velocities: 0…1, of the notes of each key, soft to loud.
    """
    sorted_keys = sorted(keys)
    levels = np.array([[note_level(note) for note in keys[key]] for key in sorted_keys])
    targets = np.stack([_limit_steps(_smooth(np.array(sorted_keys, float), column)) for column in levels.T], axis=1)
    for layer in range(targets.shape[1] - 2, -1, -1):
        step = MIN_DYNAMIC_STEP_DB * min((velocities[layer + 1] - velocities[layer]) / DYNAMIC_STEP_VELOCITY, 1.0)
        targets[:, layer] = np.minimum(targets[:, layer], targets[:, layer + 1] - step)
    gains = 10 ** ((targets - levels) / 20)
    return {
        key: [note.scaled(float(gain)) for note, gain in zip(keys[key], row, strict=True)]
        for key, row in zip(sorted_keys, gains, strict=True)
    }


def note_level(note: Note) -> float:
    """Level of the start of a note in dB: mean of its unweighted and its K-weighted (ITU-R BS.1770) level."""
    sound = render(note, int(LEVEL_SECONDS * note.rate), seed=None)
    return 0.5 * (_power(sound) + _power(_k_weighted(sound, note.rate)))


def _power(sound: np.ndarray) -> float:
    """Mean power in dB."""
    return float(10 * np.log10((sound**2).mean() + 1e-14))


def _k_weighted(sound: np.ndarray, rate: float) -> np.ndarray:
    """Apply K-weighting, a shelf of 4 dB above 1.7 kHz and a high-pass at 38 Hz (De Man 2014)."""
    k = np.tan(np.pi * 1681.97 / rate)
    shelf_gain, band, q = 10 ** (3.99984 / 20), 10 ** (3.99984 / 20 * 0.4996667), 0.7071752
    shelf = lfilter(
        [shelf_gain + band * k / q + k * k, 2 * (k * k - shelf_gain), shelf_gain - band * k / q + k * k],
        [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k],
        sound,
    )
    k, q = np.tan(np.pi * 38.1355 / rate), 0.5003270
    return np.asarray(lfilter([1, -2, 1], [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k], shelf))


def _smooth(keys: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Levels (R,) at keys (R,), smoothed by local linear regression."""
    if len(keys) < 3:
        return np.full(len(keys), levels.mean())
    smooth = np.empty(len(keys))
    for i, key in enumerate(keys):
        weight = np.exp(-0.25 * ((keys - key) / SMOOTHING_SEMITONES) ** 2)
        smooth[i] = np.polyfit(keys - key, levels, 1, w=weight)[1]
    return smooth


def _limit_steps(levels: np.ndarray) -> np.ndarray:
    """Levels (R,) with no step above MAX_STEP_DB: mean of the highest such curve below them and the lowest above."""
    offsets = MAX_STEP_DB * np.arange(len(levels))
    distance = np.abs(offsets[:, None] - offsets[None])
    return np.asarray(0.5 * ((levels[None] + distance).min(axis=1) + (levels[None] - distance).max(axis=1)))
