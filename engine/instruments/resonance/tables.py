"""[main thread] What a preset says, laid out for a device: attacks and noise at its rate, keys on resonances.

Whatever excites lives at the learned rate and is brought to the device's here, once. So a strike sounds the same at
every rate: the spectrum of its noise ends where the recording's did.
"""

from collections.abc import Mapping

import numpy as np

from engine.dsp.energy import struck_energy as modes_energy
from engine.dsp.resample_ir import resample_impulse_response

NOISE_SAMPLES = 1 << 16  # samples of noise, at the learned rate
NOISE_SEED = 1
CLUSTER_RATIO, MIN_CLUSTER_HZ = 0.01, 10.0  # of the frequency, or Hz if that is more: so near each other, modes count as one
LOUDNESS_DECAY = 4.0  # 1/s: what rings on for longer than a quarter of a second does not make a note louder

Tensors = Mapping[str, np.ndarray]


def noise(learned: float, rate: float) -> np.ndarray:
    """The table of U(-1, 1) noise that every strike reads from, (N,) at a rate in Hz."""
    table = np.random.default_rng(NOISE_SEED).uniform(-1, 1, NOISE_SAMPLES).astype(np.float32)
    return resample(table, learned, rate)


def fixed_noise(index: int, length: int) -> np.ndarray:
    """The noise (length,) that attack `index` has when strikes do not vary, at the learned rate."""
    start = index * length % max(NOISE_SAMPLES - length, 1)
    return noise(1.0, 1.0)[start : start + length]


def resample(x: np.ndarray, learned: float, rate: float) -> np.ndarray:
    """x (..., N) brought from one rate to another, its first sample staying the first; float32."""
    if learned == rate or x.shape[-1] == 0:
        return np.ascontiguousarray(x, np.float32)
    moved = resample_impulse_response(x.reshape(-1, x.shape[-1]), learned, rate) * (rate / learned)
    return moved.reshape(*x.shape[:-1], -1).astype(np.float32)


def strikes(tensors: Tensors, learned: float, rate: float) -> np.ndarray:
    """The deterministic excitations (R · L, D'); a single sample stays one, of the same area."""
    strike = np.asarray(tensors["strike"], np.float32)
    strike = strike.reshape(-1, strike.shape[-1])
    if strike.shape[1] == 1:
        return strike * np.float32(rate / learned)
    return resample(strike, learned, rate)


def envelopes(points: np.ndarray, attack: int, learned: float, rate: float) -> np.ndarray:
    """Envelopes (R, L, A) drawn through their points over `attack` learned samples: (R · L, N).

    N is 0 if all points are 0. Point a stands in the middle of its share of the attack, and the ends are flat.
    """
    points = np.asarray(points, np.float32).reshape(-1, points.shape[-1])
    if not points.any():
        return np.zeros((len(points), 0), np.float32)
    frames = round(attack * rate / learned)
    middle = (np.arange(points.shape[1]) + 0.5) * attack / points.shape[1] - 0.5
    time = np.arange(frames) * learned / rate
    return np.stack([np.interp(time, middle, row) for row in points]).astype(np.float32)


def knocks(tensors: Tensors, learned: float, rate: float) -> np.ndarray:
    """What is heard directly, left and right: (R · L, 2, Q')."""
    knock = np.asarray(tensors["knock"], np.float32)
    if knock.ndim == 3:
        knock = np.repeat(knock[:, :, None], 2, axis=2)
    tables = knock.shape[0] * knock.shape[1]
    return resample(knock.reshape(tables, 2, knock.shape[-1]), learned, rate)


def nearest_resonances(pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each key the resonance nearest in pitch, (128,) int32, and the ratio that moves it there, (128,) float32.

    pitch: (R,) Hz, 0 for what has none. An instrument without any pitch lies on the keys as percussion does, one
    resonance after the other, unmoved.
    """
    keys = np.arange(128)
    if not (pitch > 0).any():
        return (keys % len(pitch)).astype(np.int32), np.ones(128, np.float32)
    frequency = 440.0 * 2.0 ** ((keys - 69) / 12)
    octaves = np.where(pitch > 0, np.log2(np.maximum(pitch, 1e-3)), np.inf)
    nearest = np.abs(np.log2(frequency)[:, None] - octaves).argmin(axis=1)
    return nearest.astype(np.int32), (frequency / pitch[nearest]).astype(np.float32)


def energy(tensors: Tensors) -> np.ndarray:
    """The energy of the modes of each resonance and layer as it is first heard, all variants: (R, L)."""
    frequency, decay, size, phase = (
        np.asarray(tensors[name], np.float64) for name in ("frequency", "decay", "amplitude", "phase")
    )
    real, imaginary = size * np.cos(phase), size * np.sin(phase)
    sums = np.zeros(size.shape[:2])
    for r, layer, e in np.ndindex(*size.shape[:3]):
        at = r, layer, e
        sums[r, layer] += modes_energy(frequency[at], decay[at], real[at], imaginary[at], LOUDNESS_DECAY)
    return sums


def mode_clusters(tensors: Tensors) -> tuple[np.ndarray, np.ndarray]:
    """How strong each mode is together with those that almost coincide, and how fast they decay.

    Amplitudes (R, L, E, J), and geometric means of decays in 1/s. Two modes that beat against each other may nearly
    cancel; what they amount to in another dynamic is seen only when they are counted as one.
    """
    frequency, decay, size = (np.asarray(tensors[name], np.float64) for name in ("frequency", "decay", "amplitude"))
    power = size**2 + 1e-30
    width = np.maximum(CLUSTER_RATIO * frequency, MIN_CLUSTER_HZ)
    swell, linger = np.empty_like(power), np.empty_like(power)
    for at in np.ndindex(*size.shape[:3]):
        apart = (frequency[at][None] - frequency[at][:, None]) / width[at][:, None]
        crowd = np.exp(-0.5 * apart**2) * power[at]
        swell[at] = np.sqrt(crowd.sum(axis=1))
        linger[at] = np.exp(crowd @ np.log(decay[at]) / crowd.sum(axis=1))
    return swell, linger


def learned_keys(tensors: Tensors, resonances: int) -> np.ndarray:
    """What a key sends to each resonance when it is played as learned: (128, R)."""
    if "map_keys" not in tensors:
        return np.zeros((128, resonances), np.float32)
    return np.ascontiguousarray(tensors["map_keys"].T.astype(np.float32) @ tensors["router"].astype(np.float32))
