"""Pitch of one recorded note, by its spectrum."""

from dataclasses import dataclass

import numpy as np

from engine.pitch_and_frequency import ratio_of

MIN_HZ, MAX_HZ = 50.0, 4400.0
"""Range of the search."""
LOW_PREFERENCE = 0.08
"""Exponent that favours low candidates: a third of a pitch explains what the pitch explains."""
MIN_CLARITY = 0.2
"""Minimum clarity of a reliable pitch."""
MIN_SHARE = 0.5
"""Minimum share of the energy at the partials of a reliable pitch."""
PRIMES = (1, 2, 3, 5, 7, 11)
"""Partials that a pitch must have: of half the pitch only one is present (SWIPE′)."""


@dataclass(frozen=True)
class Pitch:
    """frequency: Hz of the first partial. stretch: B of f_k = k·f·√(1 + B·k²). clarity: 0…1, harmonicity.

    share: fraction of the energy at the partials.
    """

    frequency: float
    stretch: float
    clarity: float
    share: float

    @property
    def is_reliable(self) -> bool:
        """Whether the pitch is reliable: a few of many widely spaced modes can always be taken for partials."""
        return self.clarity >= MIN_CLARITY and self.share >= MIN_SHARE


def detect(note: np.ndarray, rate: float, near: float | None = None) -> Pitch:
    """Pitch of note (T,), which starts at its onset; near: Hz, search only within a quarter-tone of it.

    Harmonics of a candidate are compared with the positions between them in a compressed spectrum (as in SWIPE,
    Camacho & Harris 2008); the peaks of the partials then refine the frequency.
    """
    excerpt = note[int(0.03 * rate) : int(0.9 * rate)]
    size = 1 << 16
    spectrum = np.abs(np.fft.rfft(excerpt * np.hanning(len(excerpt)), size))
    bin_width = rate / size
    low, high = (MIN_HZ, min(MAX_HZ, rate / 5)) if near is None else (near / ratio_of(0.5), near * ratio_of(0.5))
    candidates = low * 2 ** (np.arange(int(np.log2(high / low) * 240) + 1) / 240)
    scores = np.array([_harmonicity(spectrum, bin_width, f) for f in candidates])
    best = int(np.argmax(scores * candidates**-LOW_PREFERENCE))
    frequency, stretch = _refine(spectrum, bin_width, float(candidates[best]))
    share = _share(spectrum, bin_width, frequency, stretch)
    return Pitch(frequency, stretch, float(np.clip(scores[best], 0, 1)), share)


def harmonicity(note: np.ndarray, rate: float, frequency: float) -> float:
    """How well a frequency in Hz explains note (T,), on the scale of `Pitch.clarity`."""
    return detect(note, rate, near=frequency).clarity


def _harmonicity(spectrum: np.ndarray, bin_width: float, frequency: float) -> float:
    """√spectrum at partials against the maximum at halves and thirds, times the coverage of PRIMES.

    Both weighted by 1/√k. 0 where no partial lies in the spectrum.
    """
    count = int(min(12, 9000 / frequency, len(spectrum) * bin_width / frequency - 1))
    if count < 1:
        return 0.0
    k = np.arange(1, count + 1)
    half = max(int(0.012 * frequency / bin_width), 1)
    harmonics = np.sqrt(_peaks(spectrum, np.round(k * frequency / bin_width).astype(int), half))
    positions = [np.round((k - fraction) * frequency / bin_width).astype(int) for fraction in (1 / 2, 1 / 3, 2 / 3)]
    between = np.sqrt(np.max([_peaks(spectrum, position, half) for position in positions], axis=0))
    weight = 1 / np.sqrt(k)
    strongest = np.sqrt(spectrum[int(0.8 * MIN_HZ / bin_width) :].max())
    is_prime = np.isin(k, PRIMES)
    coverage = (weight * harmonics)[is_prime].sum() / weight[is_prime].sum() / strongest
    contrast = (weight * (harmonics - between)).sum() / max((weight * (harmonics + between)).sum(), 1e-30)
    return float(contrast * np.sqrt(coverage))


def _share(spectrum: np.ndarray, bin_width: float, frequency: float, stretch: float) -> float:
    """Fraction of the energy near the first 24 partials."""
    positions = bin_width * np.arange(len(spectrum))
    order = np.clip(np.round(positions / frequency), 1, 24)
    near = np.abs(positions - order * frequency * np.sqrt(1 + stretch * order**2)) < max(0.03 * frequency, 4.0)
    energy = spectrum**2 * (positions > 0.8 * MIN_HZ)
    return float(energy[near].sum() / max(energy.sum(), 1e-30))


def _peaks(spectrum: np.ndarray, centres: np.ndarray, half: int) -> np.ndarray:
    """Maximum of the spectrum within `half` bins of each centre."""
    return np.array([spectrum[max(c - half, 0) : c + half + 1].max(initial=0.0) for c in centres])


def _refine(spectrum: np.ndarray, bin_width: float, frequency: float) -> tuple[float, float]:
    """First partial and stretch from the peaks near k·frequency: least squares in f_k/k = f·(1 + B·k²/2)."""
    stretch = 0.0
    for reach in (4, 8, 16):
        k = np.arange(1, min(reach, int(8000 / frequency) + 1) + 1)
        positions = k * frequency * np.sqrt(1 + stretch * k**2)
        found, heights = zip(
            *(_peak(spectrum, bin_width, position, 0.02 * frequency) for position in positions), strict=True
        )
        height = np.array(heights)
        weight = np.sqrt(height / height.max()) * (height > 0.003 * height.max()) * np.sqrt(k)
        design = np.stack([np.ones(len(k)), k**2 / 2.0], axis=1) * weight[:, None]
        if reach == 4 or (weight > 0).sum() < 3:
            design[:, 1] = 0
        offset, slope = np.linalg.lstsq(design, np.array(found) / k * weight, rcond=None)[0]
        frequency, stretch = float(offset), float(np.clip(slope / offset, 0, 2e-3))
    return frequency, stretch


def _peak(spectrum: np.ndarray, bin_width: float, position: float, reach: float) -> tuple[float, float]:
    """Frequency in Hz and height of the highest bin near a position, by parabolic interpolation of logs."""
    low = max(int((position - reach) / bin_width), 1)
    high = min(int((position + reach) / bin_width) + 2, len(spectrum) - 1)
    top = low + int(np.argmax(spectrum[low:high])) if high > low else min(low, len(spectrum) - 2)
    a, b, c = np.log(spectrum[top - 1 : top + 2] + 1e-20)
    shift = 0.5 * (a - c) / min(a - 2 * b + c, -1e-9)
    return (top + float(np.clip(shift, -0.5, 0.5))) * bin_width, float(spectrum[top])
