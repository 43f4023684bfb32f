"""[main thread] Tables of a preset for a device: attacks and noise at its rate, resonances of the keys.

Excitations are resampled from the learned rate to that of the device, once. So an attack sounds the same at every
rate: the spectrum of its noise ends where that of the recording did.
"""

from collections.abc import Mapping

import numpy as np

from engine.dsp.modal_energy import struck_energy
from engine.dsp.resample_ir import resample_impulse_response
from engine.pitch_conversion import frequency_of

NOISE_SAMPLES = 1 << 16  # at the learned rate
NOISE_SEED = 1
CLUSTER_RATIO, MIN_CLUSTER_HZ = 0.01, 10.0  # width of a cluster of modes: of the frequency, but at least in Hz
LOUDNESS_DECAY = 4.0  # 1/s: what sounds after a quarter of a second makes a note no louder

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


def envelopes(points: np.ndarray, attack: int, learned: float, rate: float) -> np.ndarray:
    """Envelopes (R, L, A) interpolated through their points over `attack` learned samples: (R · L, N).

    N is 0 if all points are 0. Point a stands in the middle of its share of the attack, and the ends are flat.
    """
    points = np.asarray(points, np.float32).reshape(-1, points.shape[-1])
    if not points.any():
        return np.zeros((len(points), 0), np.float32)
    frames = round(attack * rate / learned)
    middle = (np.arange(points.shape[1]) + 0.5) * attack / points.shape[1] - 0.5
    time = np.arange(frames) * learned / rate
    return np.stack([np.interp(time, middle, each) for each in points]).astype(np.float32)


def knocks(tensors: Tensors, learned: float, rate: float) -> np.ndarray:
    """What is heard directly, left and right: (R · L, 2, Q')."""
    knock = np.asarray(tensors["knock"], np.float32)
    if knock.ndim == 3:
        knock = np.repeat(knock[:, :, None], 2, axis=2)
    tables = knock.shape[0] * knock.shape[1]
    return resample(knock.reshape(tables, 2, knock.shape[-1]), learned, rate)


def nearest_resonances(pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The resonance nearest in pitch to each key, (128,) int32, and the frequency ratio between them, (128,) float32.

    pitch: (R,) Hz, 0 for none. An instrument without any pitch lies on the keys as percussion does, one resonance
    after the other, at a ratio of 1.
    """
    keys = np.arange(128)
    if not (pitch > 0).any():
        return (keys % len(pitch)).astype(np.int32), np.ones(128, np.float32)
    frequency = frequency_of(keys)
    octaves = np.where(pitch > 0, np.log2(np.maximum(pitch, 1e-3)), np.inf)
    nearest = np.abs(np.log2(frequency)[:, None] - octaves).argmin(axis=1)
    return nearest.astype(np.int32), (frequency / pitch[nearest]).astype(np.float32)


def energy(tensors: Tensors) -> np.ndarray:
    """The energy of the modes of each resonance and layer, weighted as loudness, all variants: (R, L)."""
    frequency, decay, size, phase = (
        np.asarray(tensors[name], np.float64) for name in ("frequency", "decay", "amplitude", "phase")
    )
    real, imaginary = size * np.cos(phase), size * np.sin(phase)
    sums = np.zeros(size.shape[:2])
    for r, layer, e in np.ndindex(*size.shape[:3]):
        at = r, layer, e
        sums[r, layer] += struck_energy(frequency[at], decay[at], real[at], imaginary[at], LOUDNESS_DECAY)
    return sums


def mode_clusters(tensors: Tensors) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude of each mode together with those of almost the same frequency, and their mean decay.

    Amplitudes (R, L, E, J), and geometric means of decays in 1/s. Two modes that beat may nearly cancel: dynamics can
    only be compared by the amplitude of both together.
    """
    frequency, decay, size = (np.asarray(tensors[name], np.float64) for name in ("frequency", "decay", "amplitude"))
    power = size**2 + 1e-30
    width = np.maximum(CLUSTER_RATIO * frequency, MIN_CLUSTER_HZ)
    swell, linger = np.empty_like(power), np.empty_like(power)
    for at in np.ndindex(*size.shape[:3]):
        apart = (frequency[at][None] - frequency[at][:, None]) / width[at][:, None]
        weight = np.exp(-0.5 * apart**2) * power[at]
        swell[at] = np.sqrt(weight.sum(axis=1))
        linger[at] = np.exp(weight @ np.log(decay[at]) / weight.sum(axis=1))
    return swell, linger


def learned_keys(tensors: Tensors, resonances: int) -> np.ndarray:
    """The energy that a key sends to each resonance when played as learned: (128, R)."""
    if "map_keys" not in tensors:
        return np.zeros((128, resonances), np.float32)
    return np.ascontiguousarray(tensors["map_keys"].T.astype(np.float32) @ tensors["router"].astype(np.float32))
