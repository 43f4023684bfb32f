"""A note cut into bands, and the modes of each band.

A band is moved to 0 Hz, filtered and thinned out, so that a few poles explain it. The error is weighed by the height
of the sound at each moment: the soft end of a note counts like its loud beginning, as far as it is above the noise.
"""

import numpy as np
from scipy.signal import firwin

from .esprit import bounded, esprit, paired, project, sharpen
from .modes import NOTHING, Modes

ORDERS = (1, 2, 3, 4, 5, 6)
"""How many modes a band may have."""
BETTER = 0.9
"""To what part the error must fall for one more mode."""
EVEN = 0.42
"""How much softer moments of a band are lifted: 0 not at all, 0.5 to the same height as loud ones."""
ALIKE = 0.35
"""How much softer bands are lifted, on the same scale."""
REACH = 2.0
"""How far, in time constants, a mode may be followed back from where its band is clear to the onset."""
BRIDGE = 0.4
"""Seconds that a beat may hide a mode in the noise."""
RUMBLE = 0.6
"""From this part of the lower edge of the first band on, something is heard."""
CLEAR = 10.0
"""Power above the noise, relative to it, at which the level of a band is sure."""
LEAST = 0.7
"""The smallest part of its decay that a mode keeps when a band's level is matched."""
SLOWEST = 0.4
"""1/s: the smallest decay."""


class Bands:
    """A note's spectrum, from which bands are cut as short complex signals."""

    def __init__(self, note: np.ndarray, rate: float, width: float, noise: np.ndarray) -> None:
        self.rate, self.width, self.noise = rate, width, noise
        self.taps = firwin(int(6 * rate / width) | 1, 0.8 * width, fs=rate, window=("kaiser", 5.0))
        self.step = max(int(rate / (2 * width)), 1)
        self.frames = len(note)
        size = -(-(len(note) + len(self.taps)) // self.step) * self.step
        self.size = size
        self.spectrum = np.fft.fft(note, size) * _above_rumble(np.abs(np.fft.fftfreq(size, 1 / rate)), width)
        self.filter = np.fft.fft(self.taps, size)

    def fit(self, number: int) -> list[tuple[Modes, float]]:
        """A ladder of ever more modes within half a width of band `number`, and the error that each leaves.

        The error grows with the power 0.3 of the band's energy, about like loudness, so that bands may be compared.
        """
        centre, band, floor, weight, begin = self._cut(number)
        ladder = [(NOTHING, float((np.abs(band * weight) ** 2).sum()))]
        limits = self._limits(begin)
        best = np.zeros(0, complex)
        for order in ORDERS:
            if len(band) < 8 * order:
                break
            starts = [esprit(band, order, limits)]
            if order > 1:
                starts.append(np.append(best, esprit(project(band, weight, best)[1] * weight, 1, limits)))
            tries = [sharpen(band, weight, poles, limits) for poles in starts]
            error, best, amplitudes = min((_judged(band, weight, poles) for poles in tries), key=lambda one: one[0])
            if error < BETTER * ladder[-1][1]:
                modes = self._unfiltered(_levelled(best, amplitudes, band, floor), amplitudes, centre, begin)
                inside = np.abs(modes.frequency - centre) <= 0.5 * self.width
                ladder.append((modes.take(np.flatnonzero(inside)), error))
        return ladder

    def refit(self, number: int, frequency: np.ndarray, decay: np.ndarray) -> Modes:
        """As many modes in band `number`, each paired with the nearest of these; none if nothing is heard there."""
        centre, band, floor, weight, begin = self._cut(number)
        if len(band) < 3 * len(frequency):
            return NOTHING
        start = np.exp((-decay + 2j * np.pi * (frequency - centre)) * self.step / self.rate)
        tries = [start]
        if len(band) >= 8 * len(start):
            limits = self._limits(begin)
            tries = [start, esprit(band, len(start), limits)]
            tries = [paired(sharpen(band, weight, poles, limits), start) for poles in tries]
        _, poles, amplitudes = min((_judged(band, weight, poles) for poles in tries), key=lambda one: one[0])
        return self._unfiltered(_levelled(poles, amplitudes, band, floor), amplitudes, centre, begin)

    def _cut(self, number: int) -> tuple[float, np.ndarray, float, np.ndarray, int]:
        """Band `number`: centre in Hz, values while they are heard, noise power, weights of the values, first sample.

        Values and weights are at rate / step.
        """
        shift = round(number * self.width * self.size / self.rate)
        centre = shift * self.rate / self.size
        moved = np.roll(self.spectrum, -shift) * self.filter
        band = 2 * np.fft.ifft(moved.reshape(self.step, -1).sum(axis=0) / self.step)
        first = -(-(len(self.taps) - 1) // self.step)
        place = centre / (self.rate / 2) * (len(self.noise) - 1)
        density = float(np.interp(place, np.arange(len(self.noise)), self.noise))
        floor = 4 * density * (self.taps**2).sum() + 1e-16
        band = band[first : self.frames // self.step]
        band = band[: _heard(band, floor, BRIDGE * self.rate / self.step)]
        return centre, band, floor, _weights(band, floor), first * self.step

    def _limits(self, begin: int) -> tuple[float, float]:
        """Smallest and largest decay per value of a band whose first value lies `begin` samples after the onset."""
        return SLOWEST * self.step / self.rate, REACH * self.step / begin

    def _unfiltered(self, poles: np.ndarray, amplitudes: np.ndarray, centre: float, begin: int) -> Modes:
        """Modes at the onset, of poles and amplitudes in a band whose first value lies `begin` samples after it."""
        pole = np.log(poles) * self.rate / self.step
        n = np.arange(len(self.taps))
        response = np.array([(self.taps * np.exp(-p * n / self.rate)).sum() for p in pole])
        amplitude = amplitudes / response * np.exp(-pole * begin / self.rate)
        frequency, decay = pole.imag / (2 * np.pi), -pole.real
        return Modes(frequency + centre, decay, amplitude)


def _above_rumble(frequency: np.ndarray, width: float) -> np.ndarray:
    """Gains at frequencies in Hz: none of what lies below the first band, steps and traffic, which would hide it."""
    edge = 0.5 * width
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip((frequency - RUMBLE * edge) / (edge - RUMBLE * edge), 0, 1)))


def _weights(band: np.ndarray, floor: float) -> np.ndarray:
    """Weights (T,) of a band's moments: high where it is soft, as far as it is above its noise power."""
    if len(band) == 0:
        return np.zeros(0)
    power = np.abs(band) ** 2
    return np.asarray((_smooth(power, 25) + floor) ** -EVEN * power.mean() ** (EVEN - ALIKE))


def _levelled(poles: np.ndarray, amplitudes: np.ndarray, band: np.ndarray, floor: float) -> np.ndarray:
    """Poles slowed or hastened together, so that their level falls as the band's does where that is clear.

    A string that glides, as hard plucked ones do, is not quite a sum of modes: where these have run out of step with
    it, least squares make them softer than it is.
    """
    ours = np.abs(amplitudes @ np.exp(np.log(poles)[:, None] * np.arange(len(band)))) ** 2
    levels = [np.log(_smooth(power, 25) + 1e-30) for power in (np.abs(band) ** 2, ours)]
    clear = np.flatnonzero(levels[0] > np.log(CLEAR * floor))
    if len(clear) < 3 * len(poles) + 12:
        return poles
    slower = np.polyfit(clear, (levels[0] - levels[1])[clear], 1)[0] / 2
    decays = -np.log(np.abs(poles))
    return np.asarray(poles * np.exp(np.minimum(slower, (1 - LEAST) * decays)))


def _judged(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """The weighted squared error that poles leave in a band, the poles, and their amplitudes."""
    amplitudes, left = bounded(band, weight, poles)
    return float((np.abs(left * weight) ** 2).sum()), poles, amplitudes


def _heard(band: np.ndarray, floor: float, bridge: float) -> int:
    """How many values of the band stand above its noise power, beats of up to `bridge` bridged; 0 if none does."""
    if len(band) < 12:
        return 0
    power = _smooth(np.abs(band) ** 2, 49)
    peak = int(np.argmax(power))
    if power[peak] < 10 * floor:
        return 0
    above = np.flatnonzero(power[peak:] > 2 * floor)
    silences = np.flatnonzero(np.diff(above) > bridge)
    last = int(above[silences[0]] if len(silences) else above[-1])
    return min(max(peak + last + 1, 16), len(band))


def _smooth(power: np.ndarray, width: int) -> np.ndarray:
    reach = min(width, len(power))
    kernel = np.hanning(reach + 2)[1:-1]
    return np.asarray(np.convolve(power, kernel, "same") / np.convolve(np.ones(len(power)), kernel, "same"))
