"""[main thread] Excitations of a preset at the rate of a device: attacks and noise.

Excitations are resampled from the learned rate to that of the device, once. So an attack sounds the same at every
rate: its noise has the bandwidth of the recording.
"""

from collections.abc import Mapping

import numpy as np

from engine.dsp.resample_ir import resample_impulse_response

NOISE_SAMPLES = 1 << 16  # at the learned rate
NOISE_SEED = 1
LOUDNESS_DECAY = 4.0  # 1/s: of the weight of a note's energy over time

Tensors = Mapping[str, np.ndarray]


def noise(learned: float, rate: float) -> np.ndarray:
    """The table of U(-1, 1) noise that all attacks read from, (N,) at a rate in Hz."""
    table = np.random.default_rng(NOISE_SEED).uniform(-1, 1, NOISE_SAMPLES).astype(np.float32)
    return resample(table, learned, rate)


def fixed_noise(index: int, length: int) -> np.ndarray:
    """The noise (length,) of attack `index` without variation, at the learned rate."""
    start = index * length % max(NOISE_SAMPLES - length, 1)
    return noise(1.0, 1.0)[start : start + length]


def resample(x: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """Resample x (..., N) from one rate to another without delay; float32."""
    if learned == rate or x.shape[-1] == 0:
        return np.ascontiguousarray(x, np.float32)
    resampled = resample_impulse_response(x.reshape(-1, x.shape[-1]), learned, rate) * (rate / learned)
    return resampled.reshape(*x.shape[:-1], -1).astype(np.float32)


def strikes(tensors: Tensors, learned: float, rate: float) -> np.ndarray:
    """The deterministic excitations (R · L, D'); a single sample stays one, of the same area."""
    strike = np.asarray(tensors["strike"], np.float32)
    strike = strike.reshape(-1, strike.shape[-1])
    if strike.shape[1] == 1:
        return strike * np.float32(rate / learned)
    return resample(strike, learned, rate)


def knocks(tensors: Tensors, learned: float, rate: float) -> np.ndarray:
    """The part of the attacks that bypasses the modes, of both channels or of each: (R · L, 1 or 2, Q')."""
    knock = np.asarray(tensors["knock"], np.float32)
    tables, channels = knock.shape[0] * knock.shape[1], 1 if knock.ndim == 3 else 2
    return resample(knock.reshape(tables, channels, knock.shape[-1]), learned, rate)
