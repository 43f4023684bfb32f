"""The pitch of sets of modes, and which resonances have one."""

import numpy as np

from engine.pitch_and_frequency import cents_of

HARMONICS = 12
MAX_PEAKS = 40  # of a spectrum
HARMONIC_WEIGHT = 0.84  # weight of a harmonic, relative to the one below it
GAP_COST = 0.5  # cost, in strongest harmonics, if all harmonics below the strongest are missing
PRESENCE_GAIN = 4.0  # inverse of the amplitude, relative to the strongest, from which a harmonic counts as present
WIDTH_CENTS = 25.0  # standard deviation of a mode's distance to a harmonic
MIN_HZ, MAX_HZ = 25.0, 5000.0  # range of pitches
MIN_CLARITY = 0.55  # minimum share of a resonance's energy at its pitch, for it to sound on the keys
MIN_RING_RATIO = 0.35  # minimum ring time relative to the median of the pitched resonances
MIN_HARMONIC_SHARE = 0.4  # minimum share of the energy in the harmonics of a pitch


def estimate_pitch(frequency: np.ndarray, energy: np.ndarray) -> float:
    """Pitch in Hz of modes (M,) with energies (M,), 0 if none explains them.

    Every strong mode is tried as one of the first harmonics. The best candidate has most amplitude in its harmonics,
    low ones weighted more, and lacks none; the result is the energy-weighted mean of the pitches of its lowest three.
    """
    strong = np.argsort(-energy)[:8]
    candidates = (frequency[strong][:, None] / np.arange(1, 5)).ravel()
    candidates = candidates[(candidates >= MIN_HZ) & (candidates <= MAX_HZ)]
    if len(candidates) == 0 or energy.sum() <= 0:
        return 0.0
    best = max(candidates, key=lambda each: _salience(each, frequency, energy))
    closeness, order = _harmonics(best, frequency)
    if (closeness * energy).sum() < MIN_HARMONIC_SHARE * energy.sum():
        return 0.0
    weight = closeness * energy * (order <= 3)
    return float((weight * frequency / order).sum() / weight.sum()) if weight.sum() > 0 else float(best)


def estimate_pitches(frequency: np.ndarray, decay: np.ndarray, residue: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch of each resonance (R,) in Hz, 0 where it is no note, and harmonicity of each mode (R, E, J).

    From modes (R, E, J), decays in 1/s. Most resonances of a piece are mixtures, so only the clearest get a
    pitch. All modes of a single resonance belong together; without a pitch, it gets the frequency of its strongest
    mode.
    """
    energy = np.abs(residue) ** 2 / decay
    if len(frequency) == 1:
        pitch = estimate_pitch(frequency.ravel(), energy.ravel()) or frequency.flat[energy.argmax()]
        return np.array([pitch]), np.ones_like(frequency)
    found = np.array([estimate_pitch(f.ravel(), e.ravel()) for f, e in zip(frequency, energy, strict=True)])
    harmonic = np.stack(
        [_harmonics(p, f)[0] if p else np.ones_like(f) for p, f in zip(found, frequency, strict=True)]
    )
    clarity = (harmonic * energy).sum((1, 2)) / energy.sum((1, 2)) * (found > 0)
    found = np.where(clarity >= min(MIN_CLARITY, clarity.max(initial=0.0)), found, 0.0)
    return np.where(_decays_like_note(energy, decay, found > 0), found, 0.0), harmonic


def spectral_peaks(sound: np.ndarray, rate: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and energies of the highest peaks of a sound's spectrum of `size` samples."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)) ** 2 + 1e-20
    peaks = np.flatnonzero((power[1:-1] > power[:-2]) & (power[1:-1] >= power[2:])) + 1
    peaks = peaks[np.argsort(-power[peaks])][:MAX_PEAKS]
    return peaks * rate / size, power[peaks]


def _decays_like_note(energy: np.ndarray, decay: np.ndarray, pitched: np.ndarray) -> np.ndarray:
    """Whether each resonance (R,) lasts as long as a note, compared with those that are pitched (R,).

    Noises of attacks and keys may have a pitch, but decay long before the notes do.
    """
    ring_time = (energy / decay).sum((1, 2)) / energy.sum((1, 2))
    notes = ring_time[pitched]
    return ring_time >= MIN_RING_RATIO * np.median(notes) if len(notes) else np.ones_like(pitched)


def _salience(candidate: float, frequency: np.ndarray, energy: np.ndarray) -> float:
    """Amplitude in the harmonics of a candidate, minus a cost for those missing below the strongest."""
    closeness, order = _harmonics(candidate, frequency)
    amplitude = closeness * np.sqrt(energy)
    amplitudes = np.array([amplitude[order == k].max(initial=0.0) for k in range(1, HARMONICS + 1)])
    strongest = int(amplitudes.argmax())
    if amplitudes[strongest] <= 0:
        return 0.0
    missing = 1 - np.minimum(PRESENCE_GAIN * amplitudes[: strongest + 1] / amplitudes[strongest], 1)
    return float(
        amplitudes @ HARMONIC_WEIGHT ** np.arange(HARMONICS) - GAP_COST * missing.mean() * amplitudes[strongest]
    )


def _harmonics(candidate: float, frequency: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Closeness of each mode (M,) to a harmonic, 0…1, and the order of that harmonic."""
    order = np.clip(np.round(frequency / candidate), 1, HARMONICS)
    cents = cents_of(np.maximum(frequency, 1e-3) / (order * candidate))
    return np.exp(-0.5 * (cents / WIDTH_CENTS) ** 2), order
