"""Subband fit: a note is split into frequency bands, and damped modes are fitted in each.

A band is shifted to 0 Hz, low-pass filtered and decimated, so that a few poles describe it. The squared error is
weighted by the inverse level at each moment, so that the quiet end of a note counts like its loud start, as far as
it is above the noise.
"""

import numpy as np
from scipy.signal import firwin

from .esprit import esprit, match_poles, refine_poles, solve_amplitudes, solve_bounded
from .mode_set import NO_MODES, Modes

MODE_COUNTS = (1, 2, 3, 4, 5, 6)
"""Numbers of modes that are tried in a band."""
MAX_ERROR_RATIO = 0.9
"""Factor by which the error must fall for a further mode to be accepted."""
TIME_WEIGHT_EXPONENT = 0.42
"""Exponent of the weight of quiet moments of a band: 0 none, 0.5 up to the level of loud ones."""
BAND_WEIGHT_EXPONENT = 0.35
"""Exponent of the weight of quiet bands, on the same scale."""
MAX_EXTRAPOLATION_TIME_CONSTANTS = 2.0
"""Time constants by which a mode may be extrapolated back to the onset from where its band is clear."""
MAX_DIP_SECONDS = 0.4
"""Longest dip into the noise, by beating, that does not end a band."""
RUMBLE_EDGE_RATIO = 0.6
"""Fraction of the first band's lower edge at which the high-pass filter starts to pass."""
CLEAR_POWER_RATIO = 10.0
"""Power relative to the noise above which the level of a band is reliable."""
MIN_DECAY_RATIO = 0.7
"""Smallest fraction of its decay that a mode keeps when it is matched to the level of its band."""
MIN_DECAY_PER_SECOND = 0.4
"""Smallest decay of a mode."""


class Bands:
    """Spectrum of a note, from which bands are cut as short complex signals."""

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
        """Fit 0, 1, 2, … modes within half a width of band `number`; return each set with the error that it leaves.

        The error grows with the power 0.3 of the band's energy, roughly like loudness, so that bands can be compared.
        """
        centre, band, floor, weight, start = self._cut(number)
        fits = [(NO_MODES, float((np.abs(band * weight) ** 2).sum()))]
        limits = self._limits(start)
        best = np.zeros(0, complex)
        for order in MODE_COUNTS:
            if len(band) < 8 * order:
                break
            initial_poles = [esprit(band, order, limits)]
            if order > 1:
                initial_poles.append(
                    np.append(best, esprit(solve_amplitudes(band, weight, best)[1] * weight, 1, limits))
                )
            candidates = [refine_poles(band, weight, poles, limits) for poles in initial_poles]
            error, best, amplitudes = min(
                (_evaluate(band, weight, poles) for poles in candidates), key=lambda candidate: candidate[0]
            )
            if error < MAX_ERROR_RATIO * fits[-1][1]:
                modes = self._to_onset(_match_level(best, amplitudes, band, floor), amplitudes, centre, start)
                in_band = np.abs(modes.frequency - centre) <= 0.5 * self.width
                fits.append((modes.take(np.flatnonzero(in_band)), error))
        return fits

    def refit(self, number: int, frequency: np.ndarray, decay: np.ndarray) -> Modes:
        """Fit as many modes in band `number` as given, each paired with the nearest; none if the band is silent."""
        centre, band, floor, weight, first_sample = self._cut(number)
        if len(band) < 3 * len(frequency):
            return NO_MODES
        start = np.exp((-decay + 2j * np.pi * (frequency - centre)) * self.step / self.rate)
        candidates = [start]
        if len(band) >= 8 * len(start):
            limits = self._limits(first_sample)
            candidates = [start, esprit(band, len(start), limits)]
            candidates = [match_poles(refine_poles(band, weight, poles, limits), start) for poles in candidates]
        _, poles, amplitudes = min(
            (_evaluate(band, weight, poles) for poles in candidates), key=lambda candidate: candidate[0]
        )
        return self._to_onset(_match_level(poles, amplitudes, band, floor), amplitudes, centre, first_sample)

    def _cut(self, number: int) -> tuple[float, np.ndarray, float, np.ndarray, int]:
        """Cut out band `number`: centre in Hz, values above the noise, noise power, weights, first sample.

        Values and weights are at rate / step.
        """
        shift = round(number * self.width * self.size / self.rate)
        centre = shift * self.rate / self.size
        moved = np.roll(self.spectrum, -shift) * self.filter
        band = 2 * np.fft.ifft(moved.reshape(self.step, -1).sum(axis=0) / self.step)
        first = -(-(len(self.taps) - 1) // self.step)
        position = centre / (self.rate / 2) * (len(self.noise) - 1)
        density = float(np.interp(position, np.arange(len(self.noise)), self.noise))
        floor = 4 * density * (self.taps**2).sum() + 1e-16
        band = band[first : self.frames // self.step]
        band = band[: _audible_length(band, floor, MAX_DIP_SECONDS * self.rate / self.step)]
        return centre, band, floor, _weights(band, floor), first * self.step

    def _limits(self, start: int) -> tuple[float, float]:
        """Smallest and largest decay per value of a band whose first value is `start` samples after the onset."""
        return MIN_DECAY_PER_SECOND * self.step / self.rate, MAX_EXTRAPOLATION_TIME_CONSTANTS * self.step / start

    def _to_onset(self, poles: np.ndarray, amplitudes: np.ndarray, centre: float, start: int) -> Modes:
        """Modes at the onset, from poles and amplitudes of a band that starts `start` samples after it."""
        pole = np.log(poles) * self.rate / self.step
        n = np.arange(len(self.taps))
        response = np.array([(self.taps * np.exp(-p * n / self.rate)).sum() for p in pole])
        amplitude = amplitudes / response * np.exp(-pole * start / self.rate)
        frequency, decay = pole.imag / (2 * np.pi), -pole.real
        return Modes(frequency + centre, decay, amplitude)


def _above_rumble(frequency: np.ndarray, width: float) -> np.ndarray:
    """Gains of a high-pass filter at frequencies in Hz; footsteps and traffic would mask the first band."""
    edge = 0.5 * width
    return np.asarray(
        0.5
        - 0.5
        * np.cos(np.pi * np.clip((frequency - RUMBLE_EDGE_RATIO * edge) / (edge - RUMBLE_EDGE_RATIO * edge), 0, 1))
    )


def _weights(band: np.ndarray, floor: float) -> np.ndarray:
    """Weights (T,) of a band's values: high where it is quiet, as far as it is above its noise power."""
    if len(band) == 0:
        return np.zeros(0)
    power = np.abs(band) ** 2
    return np.asarray(
        (_smooth(power, 25) + floor) ** -TIME_WEIGHT_EXPONENT
        * power.mean() ** (TIME_WEIGHT_EXPONENT - BAND_WEIGHT_EXPONENT)
    )


def _match_level(poles: np.ndarray, amplitudes: np.ndarray, band: np.ndarray, floor: float) -> np.ndarray:
    """Scale the decays of all poles together, so that their level falls like the band's where that is clear.

    A gliding string, as after a hard pluck, is not exactly a sum of modes: where the modes run out of phase with it,
    least squares underestimates their level.
    """
    model_power = np.abs(amplitudes @ np.exp(np.log(poles)[:, None] * np.arange(len(band)))) ** 2
    levels = [np.log(_smooth(power, 25) + 1e-30) for power in (np.abs(band) ** 2, model_power)]
    clear = np.flatnonzero(levels[0] > np.log(CLEAR_POWER_RATIO * floor))
    if len(clear) < 3 * len(poles) + 12:
        return poles
    slope = np.polyfit(clear, (levels[0] - levels[1])[clear], 1)[0] / 2
    decays = -np.log(np.abs(poles))
    return np.asarray(poles * np.exp(np.minimum(slope, (1 - MIN_DECAY_RATIO) * decays)))


def _evaluate(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Evaluate poles in a band: the weighted squared error that they leave, the poles, and their amplitudes."""
    amplitudes, residual = solve_bounded(band, weight, poles)
    return float((np.abs(residual * weight) ** 2).sum()), poles, amplitudes


def _audible_length(band: np.ndarray, floor: float, max_dip: float) -> int:
    """Number of values of the band above its noise power, dips of up to `max_dip` values included; 0 if none is."""
    if len(band) < 12:
        return 0
    power = _smooth(np.abs(band) ** 2, 49)
    peak = int(np.argmax(power))
    if power[peak] < 10 * floor:
        return 0
    above = np.flatnonzero(power[peak:] > 2 * floor)
    silences = np.flatnonzero(np.diff(above) > max_dip)
    last = int(above[silences[0]] if len(silences) else above[-1])
    return min(max(peak + last + 1, 16), len(band))


def _smooth(power: np.ndarray, width: int) -> np.ndarray:
    """Power smoothed by a Hann window, normalized at the edges."""
    size = min(width, len(power))
    kernel = np.hanning(size + 2)[1:-1]
    return np.asarray(np.convolve(power, kernel, "same") / np.convolve(np.ones(len(power)), kernel, "same"))
