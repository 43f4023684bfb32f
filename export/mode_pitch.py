"""The pitch of a set of modes, and which resonances of many are notes."""

import numpy as np

HARMONICS = 12
FADING = 0.84  # what a harmonic counts for, relative to the one below it
GAP = 0.5  # what it costs, in strongest harmonics, if all below the strongest are missing
FAINT = 4.0  # a harmonic of so small a part of the strongest is not missing
WIDTH = 25.0  # cents that a mode may lie beside a harmonic before it counts for little
LOWEST, HIGHEST = 25.0, 5000.0  # Hz
CLEAR = 0.55  # part of the energy of a resonance that must belong to its pitch, if it shall sound on the keys
SHORT = 0.35  # what rings for a smaller part of the time that is usual for notes is none
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


def pitches(frequency: np.ndarray, decay: np.ndarray, residue: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pitch of each resonance (R,) in Hz, 0 where it is no note, and how much each mode (R, E, J) belongs to it.

    From modes (R, E, J), decays in 1/s. Keys should play notes: what rings in a piece is a mixture as a rule, so only
    the clearest resonances get a pitch. A single resonance is one body: all its modes belong together, and without a
    pitch it is called by its strongest mode.
    """
    energy = np.abs(residue) ** 2 / decay
    if len(frequency) == 1:
        known = pitch(frequency.ravel(), energy.ravel()) or frequency.flat[energy.argmax()]
        return np.array([known]), np.ones_like(frequency)
    found = np.array([pitch(f.ravel(), e.ravel()) for f, e in zip(frequency, energy, strict=True)])
    harmonic = np.stack(
        [_harmonics(p, f)[0] if p else np.ones_like(f) for p, f in zip(found, frequency, strict=True)]
    )
    clear = (harmonic * energy).sum((1, 2)) / energy.sum((1, 2)) * (found > 0)
    found = np.where(clear >= min(CLEAR, clear.max(initial=0.0)), found, 0.0)
    return np.where(_rings(energy, decay, found > 0), found, 0.0), harmonic


def _rings(energy: np.ndarray, decay: np.ndarray, pitched: np.ndarray) -> np.ndarray:
    """Whether each resonance (R,) rings like a note, beside those that are pitched (R,).

    Noises of attacks and keys have a pitch at times, but die away long before the notes do.
    """
    ringing = (energy / decay).sum((1, 2)) / energy.sum((1, 2))
    notes = ringing[pitched]
    return ringing >= SHORT * np.median(notes) if len(notes) else np.ones_like(pitched)


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
