"""A-weighted loudness (IEC 61672) at any rate.

The level of a frame is the mean square of the weighted signal under a triangle of WINDOW_SECONDS, in dB; a sine of
amplitude 1 at 1 kHz has −3.01 dB. The triangle is a box convolved with itself, whose zeros suppress the ripple of low
tones; its delay is half the window.
"""

import numpy as np

from engine.kernel import njit

WINDOW_SECONDS = 0.02  # seconds
FLOOR_DB = -80.0  # level of silence
SECTIONS = 3
_POLES = (20.598997, 107.65265, 737.86223, 12194.217)  # Hz, IEC 61672-1; the first and the last are double
_REFERENCE_HZ = 1000.0  # where the curve is 0 dB
_MIN_POWER = 1e-8  # at FLOOR_DB


def a_weighting(rate: float) -> np.ndarray:
    """The A curve as biquads (SECTIONS, 5): b0, b1, b2, a1, a2; within 0.2 dB from 20 Hz to 0.76 of rate / 2.

    The three low poles are mapped by the bilinear transform, each prewarped. The highest one lies near or beyond half
    the rate, where that would distort the curve: there a pole and a zero match its gain at three frequencies.
    """
    first, second, third, last = _POLES
    low = [_high_pass_section(pole, rate) for pole in (first, first, second, third)]
    high = _low_pass_section(last, rate)
    sections = np.array([_biquad(low[0], low[1]), _biquad(low[2], low[3]), _biquad(high, high)])
    sections[0, :3] /= biquad_gain(sections, _REFERENCE_HZ, rate)
    return sections


def biquad_gain(sections: np.ndarray, frequency: float | np.ndarray, rate: float) -> np.ndarray:
    """The linear gain of biquads (N, 5) at frequencies in Hz."""
    z = np.exp(-2j * np.pi * np.asarray(frequency, float) / rate)
    total = np.ones_like(z)
    for b0, b1, b2, a1, a2 in sections:
        total = total * (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    return np.abs(total)


def triangle(count: int) -> np.ndarray:
    """Triangular weights (count,) of sum 1 for the powers of successive hops."""
    weights = np.convolve(np.ones((count + 1) // 2), np.ones(count // 2 + 1))
    return weights / weights.sum()


@njit(cache=True, error_model="numpy", fastmath=True)
def filtered_energy(sections, memory, samples):
    """The energy of samples (T,) filtered by biquads (SECTIONS, 5), whose memory (SECTIONS, 2) float64 is updated."""
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
def windowed_level(powers, newest, weights):
    """Level in dB of powers (N,) in a ring under weights (N,), at least FLOOR_DB; newest: index written last."""
    count = weights.shape[0]
    total = 0.0
    for i in range(count):
        total += weights[i] * powers[(newest - i) % count]
    return 10 * np.log10(max(total + _MIN_POWER, _MIN_POWER))


def _high_pass_section(pole: float, rate: float) -> np.ndarray:
    """The section s / (s + pole), b0, b1, a1."""
    k = np.tan(np.pi * pole / rate)
    return np.array([1.0, -1.0, k - 1]) / (1 + k)


def _low_pass_section(pole: float, rate: float) -> np.ndarray:
    """The section pole / (s + pole), b0, b1, a1: its gain is exact at 0 and at two more frequencies.

    The squared gain of a section of the first order is (1 + q φ) / (1 + r φ), φ = sin² of half the angle: two linear
    equations; the square roots of its values at φ = 1 are b0 − b1 and 1 − a1, up to a common factor.
    """
    turns = np.minimum((0.25, 0.38), np.array((9000, 18000)) / rate)
    square, phi = 1 / (1 + (turns * rate / pole) ** 2), np.sin(np.pi * turns) ** 2
    q, r = np.linalg.solve(np.stack((phi, -square * phi), axis=1), square - 1)
    above, below = np.sqrt(1 + q), np.sqrt(1 + r)
    return np.array([1 + above, 1 - above, 1 - below]) / (1 + below)


def _biquad(first_section: np.ndarray, second_section: np.ndarray) -> np.ndarray:
    """Combine two first-order sections to a biquad."""
    top = np.convolve(first_section[:2], second_section[:2])
    below = np.convolve([1, first_section[2]], [1, second_section[2]])
    return np.concatenate((top, below[1:]))
