"""Damped modes: what they sound like, how much each matters, and how strong they are in a recording."""

from dataclasses import dataclass

import numpy as np

EVEN = 0.35
"""How much softer moments are lifted: 0 not at all, 0.5 to the same height as loud ones."""
TRUST = 1.0
"""Weight of the amplitudes found in bands against those of the whole."""


@dataclass(frozen=True)
class Modes:
    """J damped modes: y[n] = Re Σ amplitude·exp((2πi·frequency − decay)·n / rate), amplitude complex (J,)."""

    frequency: np.ndarray
    decay: np.ndarray
    amplitude: np.ndarray

    def __len__(self) -> int:
        return len(self.frequency)

    def later(self, seconds: float) -> "Modes":
        """The same modes, seconds after they began."""
        turn = np.exp((-self.decay + 2j * np.pi * self.frequency) * seconds)
        return Modes(self.frequency, self.decay, self.amplitude * turn)

    def take(self, chosen: np.ndarray) -> "Modes":
        """Only these, in this order."""
        return Modes(self.frequency[chosen], self.decay[chosen], self.amplitude[..., chosen])


NOTHING = Modes(np.zeros(0), np.zeros(0), np.zeros(0, complex))


def ring(modes: Modes, frames: int, rate: float) -> np.ndarray:
    """The sound (frames,) of modes with amplitudes (J,)."""
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    block = 512
    rows = -(-frames // block)
    coarse = np.exp(pole[:, None] * (block * np.arange(rows))) * modes.amplitude[:, None]
    fine = np.exp(pole[:, None] * np.arange(block))
    table = coarse.real.T @ fine.real - coarse.imag.T @ fine.imag
    return np.asarray(table.reshape(-1)[:frames])


def strengths(modes: Modes) -> np.ndarray:
    """(J,) how much each mode matters: its energy, less where the ear is dull: below 300 Hz and above 8 kHz."""
    f = modes.frequency
    ear = f**2 / (f**2 + 300.0**2) * 8000.0**2 / (f**2 + 8000.0**2)
    energy = np.abs(np.atleast_2d(modes.amplitude)) ** 2
    return np.asarray(energy.sum(axis=0) / modes.decay * ear)


def amplitudes(note: np.ndarray, rate: float, modes: Modes, trust: float = TRUST) -> np.ndarray:
    """Complex amplitudes (C, J) that modes have in note (C, T), all at once and from its first sample on.

    Least squares, weighted like in the bands: the softer a moment, the more it is lifted.
    trust: how much the amplitudes found band by band, modes.amplitude (J,), weigh against it.
    """
    size, count = 4096, len(modes)
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    fine = np.exp(pole[:, None] * np.arange(size))
    square, right = np.zeros((2 * count, 2 * count)), np.zeros((2 * count, len(note)))
    for start in range(0, note.shape[1], size):
        part = note[:, start : start + size]
        weight = (float((part**2).mean()) + 1e-12) ** (-2 * EVEN)
        table = fine[:, : part.shape[1]] * np.exp(pole * start)[:, None]
        both = np.concatenate([table.real, -table.imag])
        square += weight * both @ both.T
        right += weight * both @ part.T
    pull = np.diag(trust * np.diag(square) + 1e-12 * np.trace(square))
    known = np.concatenate([modes.amplitude.real, modes.amplitude.imag])
    both = np.linalg.solve(square + pull, right + (pull @ known)[:, None])
    return np.asarray((both[:count] + 1j * both[count:]).T)
