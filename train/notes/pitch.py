"""The pitch of one recorded note, and whether its name says the same."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LOWEST, HIGHEST = 50.0, 4400.0
"""Hz: where a pitch is looked for."""
LOWER = 0.08
"""How much a lower candidate is preferred: a third of a pitch explains what the pitch explains."""
SURE = 0.2
"""Clarity above which a pitch counts as one,"""
MOST = 0.5
"""if so much of the energy belongs to it."""
PRIMES = (1, 2, 3, 5, 7, 11)
"""Partials that a pitch must cover: of half a pitch only one of them is there (SWIPE′)."""
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAME = re.compile(r"(?<![A-Za-z0-9])([A-Ga-g])(s|#|♯|b|♭)?(-?\d)(?![A-Za-z0-9])")
_LOUD = ("pianissimo", "piano", "mezzo-piano", "mezzo-forte", "forte", "fortissimo")


@dataclass(frozen=True)
class Pitch:
    """frequency: Hz of the first partial. stretch: B of f_k = k·f·√(1 + B·k²). clarity: 0 … 1, how harmonic it is.

    share: of the energy, what lies at the partials.
    """

    frequency: float
    stretch: float
    clarity: float
    share: float

    @property
    def is_sure(self) -> bool:
        """Whether it counts as a pitch: a few of many modes that lie far apart can always be taken for partials."""
        return self.clarity >= SURE and self.share >= MOST


def detect(note: np.ndarray, rate: float, near: float | None = None) -> Pitch:
    """Pitch of note (T,), which begins at its onset; near: Hz, look only within a quarter-tone of it.

    Harmonic and in-between places of a compressed spectrum are weighed against each other
    (the idea of SWIPE, Camacho & Harris 2008); the partials' own peaks then say it to the cent.
    """
    part = note[int(0.03 * rate) : int(0.9 * rate)]
    size = 1 << 16
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
    bin_width = rate / size
    low, high = (LOWEST, min(HIGHEST, rate / 5)) if near is None else (near / 2 ** (1 / 24), near * 2 ** (1 / 24))
    candidates = low * 2 ** (np.arange(int(np.log2(high / low) * 240) + 1) / 240)
    scores = np.array([_harmonicity(spectrum, bin_width, f) for f in candidates])
    best = int(np.argmax(scores * candidates**-LOWER))
    frequency, stretch = _refine(spectrum, bin_width, float(candidates[best]))
    share = _share(spectrum, bin_width, frequency, stretch)
    return Pitch(frequency, stretch, float(np.clip(scores[best], 0, 1)), share)


def harmonicity(note: np.ndarray, rate: float, frequency: float) -> float:
    """How well one frequency in Hz explains note (T,), on the scale of `Pitch.clarity`."""
    return detect(note, rate, near=frequency).clarity


def key_of(frequency: float) -> float:
    """MIDI note, with fraction, of a frequency in Hz; A4 = 69 = 440 Hz."""
    return float(69 + 12 * np.log2(frequency / 440))


def frequency_of(key: float) -> float:
    """Hz of a MIDI note."""
    return float(440 * 2 ** ((key - 69) / 12))


def key_in_name(path: str | Path) -> int | None:
    """MIDI note that a file name tells (`guitar_As3_forte.mp3`: A♯3, middle C = C4 = 60), or None."""
    found = _NAME.search(Path(path).stem.replace("_", " "))
    if not found:
        return None
    letter, sign, octave = found.groups()
    return _STEPS[letter.upper()] + {"s": 1, "#": 1, "♯": 1, "b": -1, "♭": -1}.get(sign, 0) + 12 * (int(octave) + 1)


def dynamic_in_name(path: str | Path) -> str | None:
    """The dynamic that a file name tells, `pianissimo` … `fortissimo`, or None."""
    words = re.split(r"[_\s.]+", Path(path).stem.lower())
    return next((word for word in words if word in _LOUD), None)


def name_of(key: int) -> str:
    """`A♯3` for 58."""
    return ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")[key % 12] + str(key // 12 - 1)


def _harmonicity(spectrum: np.ndarray, bin_width: float, frequency: float) -> float:
    """√spectrum at partials against the highest at halves and thirds, times what part of the PRIMES it covers.

    Both weighted by 1/√k.
    """
    count = int(min(12, 9000 / frequency, len(spectrum) * bin_width / frequency - 1))
    k = np.arange(1, count + 1)
    half = max(int(0.012 * frequency / bin_width), 1)
    at = np.sqrt(_peaks(spectrum, np.round(k * frequency / bin_width).astype(int), half))
    places = [np.round((k - part) * frequency / bin_width).astype(int) for part in (1 / 2, 1 / 3, 2 / 3)]
    between = np.sqrt(np.max([_peaks(spectrum, place, half) for place in places], axis=0))
    weight = 1 / np.sqrt(k)
    strongest = np.sqrt(spectrum[int(0.8 * LOWEST / bin_width) :].max())
    telling = np.isin(k, PRIMES)
    coverage = (weight * at)[telling].sum() / weight[telling].sum() / strongest
    contrast = (weight * (at - between)).sum() / (weight * (at + between)).sum()
    return float(contrast * np.sqrt(coverage))


def _share(spectrum: np.ndarray, bin_width: float, frequency: float, stretch: float) -> float:
    """Part of the energy that lies near the first two dozen partials."""
    places = bin_width * np.arange(len(spectrum))
    order = np.clip(np.round(places / frequency), 1, 24)
    near = np.abs(places - order * frequency * np.sqrt(1 + stretch * order**2)) < max(0.03 * frequency, 4.0)
    energy = spectrum**2 * (places > 0.8 * LOWEST)
    return float(energy[near].sum() / max(energy.sum(), 1e-30))


def _peaks(spectrum: np.ndarray, centres: np.ndarray, half: int) -> np.ndarray:
    return np.array([spectrum[max(c - half, 0) : c + half + 1].max(initial=0.0) for c in centres])


def _refine(spectrum: np.ndarray, bin_width: float, frequency: float) -> tuple[float, float]:
    """First partial and stretch from the peaks near k·frequency: least squares in f_k/k = f·(1 + B·k²/2)."""
    stretch = 0.0
    for reach in (4, 8, 16):
        k = np.arange(1, min(reach, int(8000 / frequency) + 1) + 1)
        places = k * frequency * np.sqrt(1 + stretch * k**2)
        found, heights = zip(*(_peak(spectrum, bin_width, place, 0.02 * frequency) for place in places), strict=True)
        height = np.array(heights)
        weight = np.sqrt(height / height.max()) * (height > 0.003 * height.max()) * np.sqrt(k)
        design = np.stack([np.ones(len(k)), k**2 / 2.0], axis=1) * weight[:, None]
        if reach == 4 or (weight > 0).sum() < 3:
            design[:, 1] = 0
        offset, slope = np.linalg.lstsq(design, np.array(found) / k * weight, rcond=None)[0]
        frequency, stretch = float(offset), float(np.clip(slope / offset, 0, 2e-3))
    return frequency, stretch


def _peak(spectrum: np.ndarray, bin_width: float, place: float, reach: float) -> tuple[float, float]:
    """Frequency in Hz and height of the highest bin within reach of a place, by a parabola through logs."""
    low = max(int((place - reach) / bin_width), 1)
    high = min(int((place + reach) / bin_width) + 2, len(spectrum) - 1)
    top = low + int(np.argmax(spectrum[low:high])) if high > low else low
    a, b, c = np.log(spectrum[top - 1 : top + 2] + 1e-20)
    shift = 0.5 * (a - c) / min(a - 2 * b + c, -1e-9)
    return (top + float(np.clip(shift, -0.5, 0.5))) * bin_width, float(spectrum[top])
