"""Plain float64 synthesis of a resonance preset as it was learned.

    sound = as_learned(tensors, header, learned_control(tensors, header), noise)      # (2, F · hop)

Every attack is convolved, every mode is a recurrence, every weight is interpolated; no code is shared with the engine
or the trained model. Slow, and the reference for both.
"""

from typing import Any

import numpy as np

Tensors = dict[str, np.ndarray]


def learned_control(tensors: Tensors, header: dict[str, Any]) -> np.ndarray:
    """The control signal (K, F) that the preset carries."""
    control = np.zeros((header["control"]["dimensions"], header["control"]["frames"]))
    rows, frames = tensors["control_sites"].T
    control[rows, frames] = tensors["control_values"]
    return control


def as_learned(
    tensors: Tensors, header: dict[str, Any], control: np.ndarray, noise: np.ndarray, logits: np.ndarray | None = None
) -> np.ndarray:
    """Both channels (2, F·hop) at the learned rate.

    control: (K, F). noise: (R, attack) in ±1. logits: (E, F), by default the deformation of the preset; without any
    the variants stay at rest.
    """
    t = {name: np.asarray(value, np.float64) for name, value in tensors.items()}
    hop, attack = header["control"]["hop"], header["attack"]
    frames = control.shape[1] * hop
    energy = t["router"].T @ control
    weights = _weights(t, logits, control.shape[1], frames)
    sound = np.zeros((2, frames))
    for r in range(len(energy)):
        pulses = np.zeros(frames)
        pulses[::hop] = energy[r]
        noise_drive = _envelope(t["envelope"][r, 0], attack) * noise[r]
        hiss = _envelope(t["hiss"][r, 0], attack) * noise[r]
        driven = np.convolve(pulses, _sum(t["strike"][r, 0], noise_drive))[:frames]
        sides = np.tile(np.convolve(pulses, hiss)[:frames], (2, 1))
        for side in range(2):
            knock = t["knock"][r, 0] if t["knock"].ndim == 3 else t["knock"][r, 0, side]
            if len(knock):
                sides[side] += np.convolve(pulses, knock)[:frames]
        for e in range(t["frequency"].shape[2]):
            sides += weights[e] * _bank(t, header["rate"], r, e, driven)
        gain = t["gain"][r]
        sound += np.tanh(gain * sides) if gain > 0 else sides
    return sound


def _bank(t: Tensors, rate: float, r: int, e: int, driven: np.ndarray) -> np.ndarray:
    """Response of one variant of one resonance, left and right: (2, N)."""
    pole = np.exp((-t["decay"][r, 0, e] + 2j * np.pi * t["frequency"][r, 0, e]) / rate)
    angle = (t["place"][r, e] + 1) * np.pi / 4
    residue = t["amplitude"][r, 0, e] * np.exp(1j * t["phase"][r, 0, e])
    sides = np.sqrt(2) * np.stack((np.cos(angle), np.sin(angle))) * residue
    state = np.zeros(len(pole), np.complex128)
    out = np.empty((2, len(driven)))
    for n, sample in enumerate(driven):
        state = pole * state + sample
        out[:, n] = (sides @ state).real
    return out


def _weights(t: Tensors, logits: np.ndarray | None, columns: int, frames: int) -> np.ndarray:
    """Weights of the variants at every sample (E, frames): softmax at each column, straight lines between middles."""
    variants = t["frequency"].shape[2]
    if logits is None:
        logits = t.get("deformation", np.zeros((variants, columns)) + (np.arange(variants) == 0)[:, None])
    weights = np.exp(logits - logits.max(0))
    weights /= weights.sum(0)
    middle = (np.arange(frames) + 0.5) * columns / frames - 0.5
    return np.stack([np.interp(middle, np.arange(columns), row) for row in weights])


def _envelope(points: np.ndarray, frames: int) -> np.ndarray:
    """Interpolate an envelope through its points, each in the middle of its share, flat at both ends."""
    return np.interp((np.arange(frames) + 0.5) * len(points) / frames - 0.5, np.arange(len(points)), points)


def _sum(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The sum of two curves, the shorter one padded with zeros."""
    out = np.zeros(max(len(a), len(b)))
    out[: len(a)] += a
    out[: len(b)] += b
    return out
