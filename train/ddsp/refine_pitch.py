"""A pitch that is nearly right, made exact by the partials of the sound itself.

Each of the lowest partials is turned down to 0 Hz by the pitch as it is known; how fast it still turns is what the
pitch is off by. Partials count by their strength and number: a high one says it more exactly.
"""

import numpy as np
import scipy.signal

PARTIALS = 8
WIDTH = 0.03  # seconds over which a partial is heard
APART = 0.005  # seconds between the two places whose phases are compared
MOST = 0.03  # share of the pitch that one round may correct


def exact(samples: np.ndarray, rate: int, hop: int, pitch: np.ndarray, rounds: int = 2) -> np.ndarray:
    """Pitch (F,) in Hz at j·hop of samples (N,), corrected by at most 3 % a round."""
    places = np.arange(len(samples))
    frequency = np.interp(places, np.arange(len(pitch)) * hop, pitch)
    for _ in range(rounds):
        wrong = _deviation(samples, rate, frequency)
        frequency = frequency + np.clip(wrong, -MOST * frequency, MOST * frequency)
    return frequency[np.minimum(np.arange(len(pitch)) * hop, len(samples) - 1)]


def _deviation(samples: np.ndarray, rate: int, frequency: np.ndarray) -> np.ndarray:
    """Hz (N,) by which the sound lies above a frequency (N,)."""
    window = np.hanning(int(WIDTH * rate) | 1)
    half = max(int(APART * rate / 2), 1)
    phase = 2j * np.pi * np.cumsum(frequency) / rate
    total, weight = np.zeros(len(samples)), np.full(len(samples), 1e-12)
    for k in range(1, PARTIALS + 1):
        slow = scipy.signal.fftconvolve(samples * np.exp(-k * phase), window, "same")
        turning = np.zeros(len(samples), complex)
        turning[half:-half] = slow[2 * half :] * np.conj(slow[: -2 * half])
        strength = k * k * np.abs(turning) * (k * frequency < 0.48 * rate)
        total += strength * np.angle(turning) / k
        weight += strength
    return total / weight * rate / (4 * np.pi * half)
