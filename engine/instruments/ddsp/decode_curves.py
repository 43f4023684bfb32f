"""[main thread] Run the engine's decoder over whole curves, for comparison with the trained model."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.dsp.decoder import HAS_FLOAT16, WORK_ROWS, decode, pack_weights
from engine.dsp.matmul import padded
from engine.pitch_and_frequency import pitch_of
from engine.preset.preset_file import Preset

DecodedCurves = tuple[np.ndarray, np.ndarray, np.ndarray]


def decode_curves(preset: Preset, pitch: np.ndarray, loudness: np.ndarray) -> DecodedCurves:
    """Amplitude (F, 1), shares of the harmonics that sum to 1 (F, H) and bands of noise (F, N), float64.

    pitch (F,) in Hz, loudness (F,) in dB; the state is 0 before the first frame.
    """
    header, tensors = preset.header, preset.tensors
    network = pack_weights(tensors, uses_float16(preset))
    features, count = header["features"], len(tensors["harmonics_bias"])
    pitch_feature = np.asarray(pitch, np.float64)
    if features["pitch"] == "midi":
        pitch_feature = pitch_of(pitch_feature) / 127
    loudness_feature = (np.asarray(loudness, np.float64) - features["mean"]) / features["deviation"]
    state, work = (np.zeros((rows, 1, padded(network.units)), np.float32) for rows in (1, WORK_ROWS))
    heads = np.zeros((len(pitch_feature), 1, padded(network.heads)), np.float32)
    for i, frame in enumerate(np.stack([pitch_feature, loudness_feature], 1).astype(np.float32)):
        decode(network.panels, network.vectors, network.units, frame[:, None], state, work, heads[i : i + 1])
    outputs = heads[:, 0, : network.heads].astype(np.float64)
    amplitude, shares, noise = np.split(outputs, [1, 1 + count], axis=1)
    shares = shares * (np.asarray(pitch)[:, None] * np.arange(1, count + 1) < header["rate"] / 2)
    return amplitude, shares / np.maximum(shares.sum(1, keepdims=True), 1e-12), noise


def probe_outputs(preset: Preset, probe: dict[str, Any]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Actual and expected amplitude, harmonics and noise of a probe, at every n-th frame.

    probe: a "curve" of "pitch" in Hz and "loudness" in dB, "every", and the expected heads by name.
    """
    every = probe["every"]
    heads = decode_curves(preset, *(np.array(probe["curve"][name], np.float64) for name in ("pitch", "loudness")))
    for name, head in zip(("amplitude", "harmonics", "noise"), heads, strict=True):
        yield head[every - 1 :: every], np.array(probe[name], np.float64)


def uses_float16(preset: Preset) -> bool:
    """Whether a preset is decoded with float16 matrices: where all are float16 and the processor converts them."""
    return HAS_FLOAT16 and all(tensor.dtype == np.float16 for tensor in preset.tensors.values() if tensor.ndim > 1)
