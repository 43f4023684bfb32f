"""[main thread] Tables by key and mode: the nearest resonance, energies, clusters of modes."""

import numpy as np

from engine.dsp.modal_energy import impulse_response_energy
from engine.pitch_and_frequency import frequency_of

from .excitation_tables import LOUDNESS_DECAY, Tensors

CLUSTER_RATIO, MIN_CLUSTER_HZ = 0.01, 10.0  # width of a cluster of modes: of the frequency, but at least in Hz


def nearest_resonances(pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The resonance nearest in pitch to each key, (128,) int32, and the frequency ratio between them, (128,) float32.

    pitch: (R,) Hz, 0 for none. The resonances of an instrument without any pitch are assigned to the keys in
    turn, at a ratio of 1.
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
        sums[r, layer] += impulse_response_energy(frequency[at], decay[at], real[at], imaginary[at], LOUDNESS_DECAY)
    return sums


def mode_clusters(tensors: Tensors) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude of each mode together with those of almost the same frequency, and their mean decay.

    Amplitudes (R, L, E, J), and geometric means of decays in 1/s. Two modes that beat may nearly cancel: dynamics can
    only be compared by the amplitude of both together.
    """
    frequency, decay, size = (np.asarray(tensors[name], np.float64) for name in ("frequency", "decay", "amplitude"))
    power = size**2 + 1e-30
    width = np.maximum(CLUSTER_RATIO * frequency, MIN_CLUSTER_HZ)
    cluster_amplitude, cluster_decay = np.empty_like(power), np.empty_like(power)
    for at in np.ndindex(*size.shape[:3]):
        apart = (frequency[at][None] - frequency[at][:, None]) / width[at][:, None]
        weight = np.exp(-0.5 * apart**2) * power[at]
        cluster_amplitude[at] = np.sqrt(weight.sum(axis=1))
        cluster_decay[at] = np.exp(weight @ np.log(decay[at]) / weight.sum(axis=1))
    return cluster_amplitude, cluster_decay


def learned_keys(tensors: Tensors, resonances: int) -> np.ndarray:
    """The energy that a key sends to each resonance when played as learned: (128, R)."""
    if "map_keys" not in tensors:
        return np.zeros((128, resonances), np.float32)
    return np.ascontiguousarray(tensors["map_keys"].T.astype(np.float32) @ tensors["router"].astype(np.float32))
