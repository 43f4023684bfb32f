"""What the decoder's memory holds in a note that has long been held: notes begin there, not with an empty memory.

From an empty one the decoder takes 50 to 100 ms to come to a note's level, which nobody taught it.
"""

from typing import Any

import numpy as np

from engine.dsp.decoder import WORK_ROWS, DecoderWeights, decode
from engine.dsp.matmul import padded

LEVELS = np.array([-2.5, -1.0, 0.5, 2.0], np.float32)  # loudness, in deviations from the mean
HELD = 50  # frames that a note is held for
_AT_ONCE = 16


def keyboard(pitch: dict[str, float]) -> tuple[int, int]:
    """The first key, and how many, of those that a decoder knows the pitch of, in Hz."""
    low, high = (69 + 12 * np.log2(pitch[end] / 440) for end in ("low", "high"))
    return round(low), round(high) - round(low) + 1


def settled(network: DecoderWeights, header: dict[str, Any]) -> np.ndarray:
    """[main thread] States (keys, LEVELS, padded(U)) of notes that were held for HELD frames."""
    first, count = keyboard(header["pitch"])
    keys = np.arange(first, first + count)
    told = 440 * 2 ** ((keys - 69) / 12) if header["features"]["pitch"] == "hertz" else keys / 127
    features = np.stack([np.repeat(told, len(LEVELS)), np.tile(LEVELS, count)]).astype(np.float32)
    size = padded(network.units)
    states = np.zeros((1, features.shape[1], size), np.float32)
    for start in range(0, features.shape[1], _AT_ONCE):
        part, state = features[:, start : start + _AT_ONCE].copy(), states[:, start : start + _AT_ONCE]
        work = np.zeros((WORK_ROWS, part.shape[1], size), np.float32)
        heads = np.zeros((1, part.shape[1], padded(network.heads)), np.float32)
        for _ in range(HELD):
            decode(network.panels, network.vectors, network.units, part, state, work, heads)
    return states.reshape(count, len(LEVELS), size)
