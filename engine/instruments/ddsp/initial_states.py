"""Steady-state GRU states of held notes per key and loudness, from which notes start, and their first frames.

From a zero state the decoder takes 50 to 100 ms to reach a note's level, which is not in the training data.
"""

from typing import Any

import numpy as np

from engine.dsp.decoder import WORK_ROWS, DecoderWeights, decode
from engine.dsp.matmul import padded
from engine.pitch_and_frequency import frequency_of, pitch_of

LOUDNESS_LEVELS = np.array([-2.5, -1.0, 0.5, 2.0], np.float32)  # standard deviations from the mean
FIRST_LEVELS = np.arange(-2.5, 2.1, 0.5, dtype=np.float32)  # the same, of the table of first frames
HOLD_FRAMES = 50  # model frames
_BATCH_SIZE = 16


def key_range(pitch: dict[str, float]) -> tuple[int, int]:
    """The first key and the number of keys in a decoder's range of pitch, in Hz."""
    low, high = (pitch_of(pitch[end]) for end in ("low", "high"))
    return round(low), round(high) - round(low) + 1


def steady_states(network: DecoderWeights, header: dict[str, Any]) -> np.ndarray:
    """[main thread] States (keys, LOUDNESS_LEVELS, padded(U)) of notes held for HOLD_FRAMES."""
    features = _features_of_notes(header, LOUDNESS_LEVELS)
    states = np.zeros((1, features.shape[1], padded(network.units)), np.float32)
    _hold(network, features, states, HOLD_FRAMES)
    return states.reshape(-1, len(LOUDNESS_LEVELS), states.shape[2])


def first_frames(network: DecoderWeights, header: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """[main thread] Outputs (keys, FIRST_LEVELS, padded(heads)) of notes that start from their steady states.

    And the states (keys, FIRST_LEVELS, padded(U)) after them. Between LOUDNESS_LEVELS the steady states are
    interpolated.
    """
    steady = steady_states(network, header)
    position = np.interp(FIRST_LEVELS, LOUDNESS_LEVELS, np.arange(len(LOUDNESS_LEVELS)))
    below = np.minimum(position.astype(int), len(LOUDNESS_LEVELS) - 2)
    share = (position - below).astype(np.float32)[:, None]
    states = np.ascontiguousarray(steady[:, below] + share * (steady[:, below + 1] - steady[:, below]))
    features = _features_of_notes(header, FIRST_LEVELS)
    outputs = _hold(network, features, states.reshape(1, -1, states.shape[2]), 1)
    return outputs.reshape(*states.shape[:2], -1), states


def _features_of_notes(header: dict[str, Any], levels: np.ndarray) -> np.ndarray:
    """Pitch and loudness (2, keys · levels) of all keys at some levels, as the decoder takes them."""
    first, count = key_range(header["pitch"])
    keys = np.arange(first, first + count)
    pitch_feature = frequency_of(keys) if header["features"]["pitch"] == "hertz" else keys / 127
    return np.stack([np.repeat(pitch_feature, len(levels)), np.tile(levels, count)]).astype(np.float32)


def _hold(network: DecoderWeights, features: np.ndarray, states: np.ndarray, frames: int) -> np.ndarray:
    """Decode frames of constant features (2, B); the last outputs (B, heads). states (1, B, size): updated."""
    heads = np.zeros((1, features.shape[1], padded(network.heads)), np.float32)
    for start in range(0, features.shape[1], _BATCH_SIZE):
        batch = slice(start, start + _BATCH_SIZE)
        part = features[:, batch].copy()
        work = np.zeros((WORK_ROWS, part.shape[1], states.shape[2]), np.float32)
        for _ in range(frames):
            decode(network.panels, network.vectors, network.units, part, states[:, batch], work, heads[:, batch])
    return heads[0]
