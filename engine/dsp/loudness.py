"""Loudness as the ear weighs it: the A curve of IEC 61672 at any rate, and the power that passes it.

The level of a frame is the mean square of the weighted signal under a triangle of WINDOW seconds, in dB; a sine of
amplitude 1 at 1 kHz has −3.01 dB. The triangle is two boxes in a row: the ripple of a low tone falls into its zeros,
and half of it, WINDOW / 2, is its delay.
"""

import numpy as np
from numba import njit

WINDOW = 0.02  # seconds
FLOOR = -80.0  # dB: what silence has
SECTIONS = 3
_POLES = (20.598997, 107.65265, 737.86223, 12194.217)  # Hz, IEC 61672-1; the first and the last are double
_UNIT = 1000.0  # Hz, where the curve passes 0 dB
_SMALLEST = 1e-8  # power at FLOOR


def weighting(rate: float) -> np.ndarray:
    """The A curve as biquads (SECTIONS, 5): b0, b1, b2, a1, a2; within 0.2 dB of it from 20 Hz to 0.76 of rate / 2.

    The three low poles are mapped by the bilinear transform, each warped to its place. The highest one lies near or
    beyond half the rate, where that would bend the curve: there a pole and a zero meet its gain at three places.
    """
    first, second, third, last = _POLES
    low = [_rise(pole, rate) for pole in (first, first, second, third)]
    high = _fall(last, rate)
    sections = np.array([_pair(low[0], low[1]), _pair(low[2], low[3]), _pair(high, high)])
    sections[0, :3] /= gain(sections, _UNIT, rate)
    return sections


def gain(sections: np.ndarray, frequency: float | np.ndarray, rate: float) -> np.ndarray:
    """The linear gain of biquads (N, 5) at frequencies in Hz."""
    z = np.exp(-2j * np.pi * np.asarray(frequency, float) / rate)
    total = np.ones_like(z)
    for b0, b1, b2, a1, a2 in sections:
        total = total * (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    return np.abs(total)


def triangle(count: int) -> np.ndarray:
    """Weights (count,) of two boxes in a row over the powers of equal hops; their sum is 1."""
    weights = np.convolve(np.ones((count + 1) // 2), np.ones(count // 2 + 1))
    return weights / weights.sum()


@njit(cache=True, error_model="numpy", fastmath=True)
def energy(sections, memory, samples):
    """The energy of samples (T,) behind biquads (SECTIONS, 5); their memory (SECTIONS, 2) float64 moves on."""
    total = 0.0
    for t in range(samples.shape[0]):
        x = np.float64(samples[t])
        for s in range(SECTIONS):
            y = sections[s, 0] * x + memory[s, 0]
            memory[s, 0] = sections[s, 1] * x - sections[s, 3] * y + memory[s, 1]
            memory[s, 1] = sections[s, 2] * x - sections[s, 4] * y
            x = y
        total += x * x
    return total


@njit(cache=True, error_model="numpy")
def level(powers, newest, weights):
    """Level in dB of powers (N,) in a ring under weights (N,), never below FLOOR.

    newest: the place in the ring written last.
    """
    count = weights.shape[0]
    total = 0.0
    for i in range(count):
        total += weights[i] * powers[(newest - i) % count]
    return 10 * np.log10(max(total + _SMALLEST, _SMALLEST))


def _rise(pole: float, rate: float) -> np.ndarray:
    """The section s / (s + pole), b0, b1, a1."""
    k = np.tan(np.pi * pole / rate)
    return np.array([1.0, -1.0, k - 1]) / (1 + k)


def _fall(pole: float, rate: float) -> np.ndarray:
    """The section pole / (s + pole), b0, b1, a1: its gain is right at 0 and at two more places.

    The squared gain of a section of the first order is (1 + q φ) / (1 + r φ), φ = sin² of half the angle: two linear
    equations; the square roots of its values at φ = 1 are b0 − b1 and 1 − a1, up to a common factor.
    """
    turns = np.minimum((0.25, 0.38), np.array((9000, 18000)) / rate)
    square, phi = 1 / (1 + (turns * rate / pole) ** 2), np.sin(np.pi * turns) ** 2
    q, r = np.linalg.solve(np.stack((phi, -square * phi), axis=1), square - 1)
    above, below = np.sqrt(1 + q), np.sqrt(1 + r)
    return np.array([1 + above, 1 - above, 1 - below]) / (1 + below)


def _pair(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Two sections of the first order as a biquad."""
    top = np.convolve(one[:2], other[:2])
    below = np.convolve([1, one[2]], [1, other[2]])
    return np.concatenate((top, below[1:]))
