"""Steady-state GRU states of held notes per key and loudness, the initial state of notes.

From a zero state the decoder takes 50 to 100 ms to reach a note's level, which is not in the training data.
"""

from typing import Any

import numpy as np

from engine.dsp.decoder import WORK_ROWS, DecoderWeights, decode
from engine.dsp.matmul import padded
from engine.pitch_and_frequency import frequency_of, pitch_of

LOUDNESS_LEVELS = np.array([-2.5, -1.0, 0.5, 2.0], np.float32)  # standard deviations from the mean
HOLD_FRAMES = 50  # model frames
_BATCH_SIZE = 16


def key_range(pitch: dict[str, float]) -> tuple[int, int]:
    """The first key and the number of keys in a decoder's range of pitch, in Hz."""
    low, high = (pitch_of(pitch[end]) for end in ("low", "high"))
    return round(low), round(high) - round(low) + 1


def steady_states(network: DecoderWeights, header: dict[str, Any]) -> np.ndarray:
    """[main thread] States (keys, LOUDNESS_LEVELS, padded(U)) of notes held for HOLD_FRAMES."""
    first, count = key_range(header["pitch"])
    keys = np.arange(first, first + count)
    pitch_feature = frequency_of(keys) if header["features"]["pitch"] == "hertz" else keys / 127
    levels = len(LOUDNESS_LEVELS)
    features = np.stack([np.repeat(pitch_feature, levels), np.tile(LOUDNESS_LEVELS, count)]).astype(np.float32)
    size = padded(network.units)
    states = np.zeros((1, features.shape[1], size), np.float32)
    for start in range(0, features.shape[1], _BATCH_SIZE):
        part, state = features[:, start : start + _BATCH_SIZE].copy(), states[:, start : start + _BATCH_SIZE]
        work = np.zeros((WORK_ROWS, part.shape[1], size), np.float32)
        heads = np.zeros((1, part.shape[1], padded(network.heads)), np.float32)
        for _ in range(HOLD_FRAMES):
            decode(network.panels, network.vectors, network.units, part, state, work, heads)
    return states.reshape(count, len(LOUDNESS_LEVELS), size)
