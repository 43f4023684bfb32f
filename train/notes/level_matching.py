"""Even levels over the keyboard: at one velocity no key stands out beside its neighbours."""

import numpy as np
from scipy.signal import lfilter

from .note import Note, render

HEARD = 0.5
"""Seconds of a note that count for how loud it is."""
REACH = 4.0
"""Semitones over which levels are averaged."""
CALM = 1.0
"""dB that a key may differ from the next recorded one."""
STEP = 3.0
"""dB that a louder dynamic is above a softer one, at least."""


def even(keys: dict[int, list[Note]]) -> dict[int, list[Note]]:
    """The same keys, each dynamic at a level that goes smoothly over the keyboard, loud above soft."""
    order = sorted(keys)
    levels = np.array([[level(note) for note in keys[key]] for key in order])
    wanted = np.stack([_calm(_smooth(np.array(order, float), column)) for column in levels.T], axis=1)
    for layer in range(wanted.shape[1] - 2, -1, -1):
        wanted[:, layer] = np.minimum(wanted[:, layer], wanted[:, layer + 1] - STEP)
    gains = 10 ** ((wanted - levels) / 20)
    return {
        key: [note.scaled(float(gain)) for note, gain in zip(keys[key], row, strict=True)]
        for key, row in zip(order, gains, strict=True)
    }


def level(note: Note) -> float:
    """How loud the beginning of a note is, in dB: the mean of its plain and its K-weighted (ITU-R BS.1770) level."""
    sound = render(note, int(HEARD * note.rate), seed=None)
    return 0.5 * (_power(sound) + _power(_k_weighted(sound, note.rate)))


def _power(sound: np.ndarray) -> float:
    return float(10 * np.log10((sound**2).mean() + 1e-14))


def _k_weighted(sound: np.ndarray, rate: float) -> np.ndarray:
    """A shelf of 4 dB above 1.7 kHz and a high-pass at 38 Hz, from their analogue forms (De Man 2014)."""
    k = np.tan(np.pi * 1681.97 / rate)
    high, band, q = 10 ** (3.99984 / 20), 10 ** (3.99984 / 20 * 0.4996667), 0.7071752
    shelf = lfilter(
        [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k],
        [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k],
        sound,
    )
    k, q = np.tan(np.pi * 38.1355 / rate), 0.5003270
    return np.asarray(lfilter([1, -2, 1], [1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k], shelf))


def _smooth(keys: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Levels (R,) at keys (R,) by lines through their neighbourhoods."""
    if len(keys) < 3:
        return np.full(len(keys), levels.mean())
    smooth = np.empty(len(keys))
    for place, key in enumerate(keys):
        weight = np.exp(-0.25 * ((keys - key) / REACH) ** 2)
        smooth[place] = np.polyfit(keys - key, levels, 1, w=weight)[1]
    return smooth


def _calm(levels: np.ndarray) -> np.ndarray:
    """Levels (R,) with no step above CALM: the mean of the highest such line below them and the lowest above."""
    places = CALM * np.arange(len(levels))
    apart = np.abs(places[:, None] - places[None])
    return np.asarray(0.5 * ((levels[None] + apart).min(axis=1) + (levels[None] - apart).max(axis=1)))
