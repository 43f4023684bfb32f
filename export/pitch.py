"""The pitch of a set of modes."""

import numpy as np

HARMONICS = 12
FADING = 0.84  # what a harmonic counts for, relative to the one below it
GAP = 0.5  # what it costs, in strongest harmonics, if all below the strongest are missing
FAINT = 4.0  # a harmonic of so small a part of the strongest is not missing
WIDTH = 25.0  # cents that a mode may lie beside a harmonic before it counts for little
LOWEST, HIGHEST = 25.0, 5000.0  # Hz
PITCHED = 0.4  # part of the energy that the harmonics of a pitch must have


def pitch(frequency: np.ndarray, energy: np.ndarray) -> float:
    """The pitch in Hz of modes (M,) with energies (M,), 0 if none explains them.

    Every strong mode is tried as one of the first harmonics. The best candidate has most amplitude in its harmonics,
    low ones counting more, and lacks none; the answer is the mean of what its lowest three say, weighted by energy.
    """
    strong = np.argsort(-energy)[:8]
    candidates = (frequency[strong][:, None] / np.arange(1, 5)).ravel()
    candidates = candidates[(candidates >= LOWEST) & (candidates <= HIGHEST)]
    if len(candidates) == 0 or energy.sum() <= 0:
        return 0.0
    best = max(candidates, key=lambda each: _salience(each, frequency, energy))
    near, order = _harmonics(best, frequency)
    if (near * energy).sum() < PITCHED * energy.sum():
        return 0.0
    weight = near * energy * (order <= 3)
    return float((weight * frequency / order).sum() / weight.sum()) if weight.sum() > 0 else float(best)


def _salience(candidate: float, frequency: np.ndarray, energy: np.ndarray) -> float:
    """Amplitude in the harmonics of a candidate, less what is missing below the strongest of them."""
    near, order = _harmonics(candidate, frequency)
    heard = near * np.sqrt(energy)
    loudest = np.array([heard[order == k].max(initial=0.0) for k in range(1, HARMONICS + 1)])
    strongest = int(loudest.argmax())
    if loudest[strongest] <= 0:
        return 0.0
    missing = 1 - np.minimum(FAINT * loudest[: strongest + 1] / loudest[strongest], 1)
    return float(loudest @ FADING ** np.arange(HARMONICS) - GAP * missing.mean() * loudest[strongest])


def _harmonics(candidate: float, frequency: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How near each mode (M,) is to a harmonic, 0 … 1, and to which."""
    order = np.clip(np.round(frequency / candidate), 1, HARMONICS)
    cents = 1200 * np.log2(np.maximum(frequency, 1e-3) / (order * candidate))
    return np.exp(-0.5 * (cents / WIDTH) ** 2), order
