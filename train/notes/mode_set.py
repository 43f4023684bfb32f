"""Damped modes: their sound, their audible energy, and their amplitudes in a recording."""

from dataclasses import dataclass

import numpy as np

TIME_WEIGHT_EXPONENT = 0.35
"""Exponent of the weight of quiet moments: 0 none, 0.5 up to the level of loud ones."""
PRIOR_WEIGHT = 1.0
"""Weight of the amplitudes found in bands, relative to the fit of the whole note."""


@dataclass(frozen=True)
class Modes:
    """J damped modes: y[n] = Re Σ amplitude·exp((2πi·frequency − decay)·n / rate), amplitude complex (J,)."""

    frequency: np.ndarray
    decay: np.ndarray
    amplitude: np.ndarray

    def __len__(self) -> int:
        return len(self.frequency)

    def advanced(self, seconds: float) -> "Modes":
        """The modes `seconds` after their start."""
        rotation = np.exp((-self.decay + 2j * np.pi * self.frequency) * seconds)
        return Modes(self.frequency, self.decay, self.amplitude * rotation)

    def take(self, chosen: np.ndarray) -> "Modes":
        """Select modes by index, in the given order."""
        return Modes(self.frequency[chosen], self.decay[chosen], self.amplitude[..., chosen])


NO_MODES = Modes(np.zeros(0), np.zeros(0), np.zeros(0, complex))


def render_modes(modes: Modes, frames: int, rate: float) -> np.ndarray:
    """Sound (frames,) of modes with amplitudes (J,)."""
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    block = 512
    block_count = -(-frames // block)
    coarse = np.exp(pole[:, None] * (block * np.arange(block_count))) * modes.amplitude[:, None]
    fine = np.exp(pole[:, None] * np.arange(block))
    table = coarse.real.T @ fine.real - coarse.imag.T @ fine.imag
    return np.asarray(table.reshape(-1)[:frames])


def audible_energy(modes: Modes) -> np.ndarray:
    """Energy (J,) of each mode, weighted by a hearing curve that falls below 300 Hz and above 8 kHz."""
    f = modes.frequency
    weighting = f**2 / (f**2 + 300.0**2) * 8000.0**2 / (f**2 + 8000.0**2)
    energy = np.abs(np.atleast_2d(modes.amplitude)) ** 2
    return np.asarray(energy.sum(axis=0) / modes.decay * weighting)


def fit_amplitudes(note: np.ndarray, rate: float, modes: Modes, prior_weight: float = PRIOR_WEIGHT) -> np.ndarray:
    """Complex amplitudes (C, J) of modes in note (C, T), fitted together from its first sample on.

    Least squares, weighted as in the bands: quiet moments get more weight.
    prior_weight: weight of the known amplitudes found band by band, modes.amplitude (J,), as a prior.
    """
    size, count = 4096, len(modes)
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    fine = np.exp(pole[:, None] * np.arange(size))
    normal, projection = np.zeros((2 * count, 2 * count)), np.zeros((2 * count, len(note)))
    for start in range(0, note.shape[1], size):
        part = note[:, start : start + size]
        weight = (float((part**2).mean()) + 1e-12) ** (-2 * TIME_WEIGHT_EXPONENT)
        table = fine[:, : part.shape[1]] * np.exp(pole * start)[:, None]
        basis = np.concatenate([table.real, -table.imag])
        normal += weight * basis @ basis.T
        projection += weight * basis @ part.T
    prior = np.diag(prior_weight * np.diag(normal) + 1e-12 * np.trace(normal))
    known = np.concatenate([modes.amplitude.real, modes.amplitude.imag])
    basis = np.linalg.solve(normal + prior, projection + (prior @ known)[:, None])
    return np.asarray((basis[:count] + 1j * basis[count:]).T)
