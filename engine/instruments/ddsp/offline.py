"""[main thread] What the engine's decoder says to a whole curve, to be held against whoever trained it."""

import numpy as np

from engine.dsp.decoder import HAS_FLOAT16, WORK_ROWS, decode, pack_weights
from engine.dsp.matmul import padded
from engine.preset.preset_file import Preset

Spoken = tuple[np.ndarray, np.ndarray, np.ndarray]


def spoken(preset: Preset, pitch: np.ndarray, loudness: np.ndarray) -> Spoken:
    """Amplitude (F, 1), shares of the harmonics that sum to 1 (F, H) and bands of noise (F, N), float64.

    pitch (F,) in Hz, loudness (F,) in dB; the memory is empty before the first frame.
    """
    header, tensors = preset.header, preset.tensors
    network = pack_weights(tensors, halved(preset))
    features, count = header["features"], len(tensors["harmonics_bias"])
    told = np.asarray(pitch, np.float64)
    if features["pitch"] == "midi":
        told = (69 + 12 * np.log2(told / 440)) / 127
    heard = (np.asarray(loudness, np.float64) - features["mean"]) / features["deviation"]
    state, work = (np.zeros((rows, 1, padded(network.units)), np.float32) for rows in (1, WORK_ROWS))
    heads = np.zeros((len(told), 1, padded(network.heads)), np.float32)
    for i, frame in enumerate(np.stack([told, heard], 1).astype(np.float32)):
        decode(network.panels, network.vectors, network.units, frame[:, None], state, work, heads[i : i + 1])
    said = heads[:, 0, : network.heads].astype(np.float64)
    amplitude, shares, noise = np.split(said, [1, 1 + count], axis=1)
    shares = shares * (np.asarray(pitch)[:, None] * np.arange(1, count + 1) < header["rate"] / 2)
    return amplitude, shares / np.maximum(shares.sum(1, keepdims=True), 1e-12), noise


def halved(preset: Preset) -> bool:
    """Whether the matrices of a preset are decoded as float16: where they all are, and the processor can."""
    return HAS_FLOAT16 and all(tensor.dtype == np.float16 for tensor in preset.tensors.values() if tensor.ndim > 1)
