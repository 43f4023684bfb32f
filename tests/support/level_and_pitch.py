"""The level and the pitch of recorded sound."""

import numpy as np


def level(sound: np.ndarray) -> float:
    """dB, root mean square."""
    return float(10 * np.log10(np.mean(sound**2) + 1e-20))


def pitch(sound: np.ndarray, low: float = 60.0, high: float = 1500.0) -> float:
    """The fundamental in Hz that explains most of a sound: of its spectrum, by the sum over eight harmonics."""
    mono = sound.mean(axis=0) * np.hanning(sound.shape[1])
    size = 1 << 18
    spectrum = np.log1p(1e3 * np.abs(np.fft.rfft(mono, size)))
    candidates = np.geomspace(low, high, 2000)
    places = np.outer(np.arange(1, 9), candidates) * size / 48_000
    between = np.round(places - np.outer(np.arange(1, 9), candidates) / 2 * size / 48_000 / np.arange(1, 9)[:, None])
    score = spectrum[np.round(places).astype(int)].sum(axis=0) - spectrum[between.astype(int)].sum(axis=0)
    return float(candidates[score.argmax()])
