"""The ringing of a note as damped modes, found band by band.

In each band the note is moved to 0 Hz, filtered and thinned out; ESPRIT (Roy & Kailath 1989) finds the modes,
least squares in frequency and decay with projected amplitudes (Golub & Pereyra 1973) sharpens them.
The error is weighed by the height of the sound at each moment, so that the soft end of a note counts
like its loud beginning, as far as it stands above the recording's noise.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.signal import firwin

from .onset import Span

WIDTH = 150.0
"""Hz: about how wide a band is; a pitched note gets a whole number of bands per partial."""
TOP = 16000.0
"""Hz: above this nothing rings long enough to matter."""
ROWS = 72
"""Rows of the Hankel matrix of ESPRIT."""
REACH = 2.0
"""How far, in time constants, a mode may be followed back from where its band is clear to the onset."""
SLOWEST = 0.15
"""1/s: the smallest decay; what stays longer is hum."""
EVEN = 0.35
"""How much softer moments are lifted in the fit: 0 not at all, 0.5 to the same height as loud ones."""


@dataclass(frozen=True)
class Modes:
    """J damped modes: y[n] = Re Σ amplitude·exp((2πi·frequency − decay)·n / rate), amplitude complex (J,) or (C, J).
    """

    frequency: np.ndarray
    decay: np.ndarray
    amplitude: np.ndarray

    def __len__(self) -> int:
        return len(self.frequency)

    def take(self, chosen: np.ndarray) -> "Modes":
        """Only these, in this order."""
        return Modes(self.frequency[chosen], self.decay[chosen], self.amplitude[..., chosen])


def ring(modes: Modes, frames: int, rate: float) -> np.ndarray:
    """The sound (frames,) of modes with amplitudes (J,)."""
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    block = 512
    rows = -(-frames // block)
    coarse = np.exp(pole[:, None] * (block * np.arange(rows))) * modes.amplitude[:, None]
    fine = np.exp(pole[:, None] * np.arange(block))
    table = coarse.real.T @ fine.real - coarse.imag.T @ fine.imag
    return np.asarray(table.reshape(-1)[:frames])


def find(samples: np.ndarray, rate: float, span: Span, pitch: float) -> Modes:
    """All modes of the note `span` of samples (T,) that stand above its noise; pitch in Hz, 0 for none."""
    note = samples[span.onset : span.end].astype(np.float64)
    width = pitch / max(round(pitch / WIDTH), 1) if pitch else WIDTH
    bands = _Bands(note, rate, width, span.noise)
    found = [bands.fit(number) for number in range(1, int(min(TOP, 0.45 * rate) / width))]
    parts = [part for part in found if len(part)]
    if not parts:
        return Modes(np.zeros(0), np.zeros(0), np.zeros(0, complex))
    return Modes(*(np.concatenate([getattr(part, name) for part in parts])
                   for name in ("frequency", "decay", "amplitude")))


def strengths(modes: Modes) -> np.ndarray:
    """(J,) how much each mode matters: its energy, what the ear hears badly below 500 Hz and above 8 kHz counting less."""
    f = modes.frequency
    ear = f**2 / (f**2 + 300.0**2) * 8000.0**2 / (f**2 + 8000.0**2)
    energy = np.abs(np.atleast_2d(modes.amplitude)) ** 2
    return np.asarray(energy.sum(axis=0) / modes.decay * ear)


def amplitudes(note: np.ndarray, rate: float, modes: Modes, skip: int, ridge: float = 1e-4) -> np.ndarray:
    """Complex amplitudes (C, J) that modes have in note (C, T), all at once, without its first `skip` samples.

    Weighted least squares like in the bands: the softer a moment, the more it is lifted.
    """
    size, count = 4096, len(modes)
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    fine = np.exp(pole[:, None] * np.arange(size))
    square, right = np.zeros((2 * count, 2 * count)), np.zeros((2 * count, len(note)))
    for start in range(skip, note.shape[1], size):
        part = note[:, start : start + size]
        weight = (float((part**2).mean()) + 1e-12) ** (-2 * EVEN)
        table = fine[:, : part.shape[1]] * np.exp(pole * start)[:, None]
        both = np.concatenate([table.real, -table.imag])
        square += weight * both @ both.T
        right += weight * both @ part.T
    diagonal = np.diag(square).copy()
    both = np.linalg.solve(square + np.diag(ridge * diagonal + 1e-12 * diagonal.max()), right)
    return np.asarray((both[:count] + 1j * both[count:]).T)


class _Bands:
    """A note's spectrum, from which bands are cut as short complex signals."""

    def __init__(self, note: np.ndarray, rate: float, width: float, noise: np.ndarray) -> None:
        self.rate, self.width, self.noise = rate, width, noise
        self.taps = firwin(int(6 * rate / width) | 1, 0.8 * width, fs=rate, window=("kaiser", 5.0))
        self.step = max(int(rate / (2 * width)), 1)
        self.frames = len(note)
        size = -(-(len(note) + len(self.taps)) // self.step) * self.step
        self.size = size
        self.spectrum = np.fft.fft(note, size)
        self.filter = np.fft.fft(self.taps, size)

    def cut(self, centre: float) -> tuple[np.ndarray, int]:
        """The band around centre Hz at rate / step, valid part, and the sample at which its first value lies."""
        shift = round(centre * self.size / self.rate)
        moved = np.roll(self.spectrum, -shift) * self.filter
        folded = moved.reshape(self.step, -1).sum(axis=0) / self.step
        band = 2 * np.fft.ifft(folded)
        first = -(-(len(self.taps) - 1) // self.step)
        return band[first : self.frames // self.step], first * self.step

    def fit(self, number: int) -> Modes:
        """The modes within half a width of band `number`."""
        nothing = Modes(np.zeros(0), np.zeros(0), np.zeros(0, complex))
        shift = round(number * self.width * self.size / self.rate)
        centre = shift * self.rate / self.size
        band, begin = self.cut(centre)
        place = centre / (self.rate / 2) * (len(self.noise) - 1)
        density = float(np.interp(place, np.arange(len(self.noise)), self.noise))
        floor = 4 * density * (self.taps**2).sum() + 1e-16
        band = band[: _heard(band, floor)]
        if len(band) < 12:
            return nothing
        poles, amplitudes = _modes_of(band, floor)
        pole = np.log(poles) * self.rate / self.step
        frequency, decay = pole.imag / (2 * np.pi), -pole.real
        # Undo the filter and go back to the onset.
        n = np.arange(len(self.taps))
        response = np.array([(self.taps * np.exp(-p * n / self.rate)).sum() for p in pole])
        amplitude = amplitudes / response * np.exp(-pole * begin / self.rate)
        far = decay * begin / self.rate > REACH
        kept = (np.abs(frequency) <= 0.5 * self.width) & (decay > SLOWEST) & ~far
        return Modes((frequency + centre)[kept], decay[kept], amplitude[kept])


def _heard(band: np.ndarray, floor: float) -> int:
    """How many values of the band stand above its noise power: up to where its smoothed power meets it."""
    power = np.abs(band) ** 2
    smooth = np.convolve(power, np.ones(9) / 9, "same") if len(power) >= 9 else power
    if len(smooth) == 0 or smooth[: max(len(smooth) // 4, 12)].max() < 10 * floor:
        return 0
    above = np.flatnonzero(smooth > 2.5 * floor)
    below = np.flatnonzero(smooth[int(np.argmax(smooth)) :] < 1.5 * floor)
    stop = int(np.argmax(smooth)) + int(below[0]) if len(below) else int(above[-1]) + 1
    return min(max(stop, 16), len(band))


def _modes_of(band: np.ndarray, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Poles and amplitudes (P,) of a band (T,), as few as explain it."""
    weight = (_smooth(np.abs(band) ** 2) + floor) ** -EVEN
    best = None
    for order in (1, 2, 3, 4):
        if len(band) < 8 * order:
            break
        poles = _sharpen(band, weight, _esprit(band, order))
        amplitudes, left = _project(band, weight, poles)
        error = float((np.abs(left * weight) ** 2).sum())
        if best is None or error < 0.7 * best[2]:
            best = (poles, amplitudes, error)
    assert best is not None
    return best[0], best[1]


def _esprit(band: np.ndarray, order: int) -> np.ndarray:
    """Poles (order,) of a sum of damped exponentials (T,)."""
    rows = int(np.clip(len(band) // 2, order + 1, ROWS))
    hankel = np.lib.stride_tricks.sliding_window_view(band, rows).T
    _, vectors = np.linalg.eigh(hankel @ hankel.conj().T)
    space = vectors[:, -order:]
    poles = np.linalg.eigvals(np.linalg.lstsq(space[:-1], space[1:], rcond=None)[0])
    return _inside(poles)


def _sharpen(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> np.ndarray:
    """Poles moved to the least weighted error."""
    order = len(poles)

    def poles_of(values: np.ndarray) -> np.ndarray:
        return np.exp(-np.exp(np.clip(values[:order], -14, 1)) + 1j * values[order:])

    def error(values: np.ndarray) -> np.ndarray:
        left = weight * _project(band, weight, poles_of(values))[1]
        return np.concatenate([left.real, left.imag])

    start = np.concatenate([np.log(-np.log(np.abs(poles))), np.angle(poles)])
    return poles_of(least_squares(error, start, method="lm", max_nfev=30 * order, xtol=1e-5, ftol=1e-5).x)


def _project(band: np.ndarray, weight: np.ndarray, poles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes (P,) of poles in a band (T,) by weighted least squares, and what is left of it (T,)."""
    table = np.exp(np.log(poles)[:, None] * np.arange(len(band)))
    weighted = (table * weight**2).conj()
    square = weighted @ table.T
    square += 1e-9 * np.trace(square).real * np.eye(len(poles))
    amplitudes = np.linalg.solve(square, weighted @ band)
    return amplitudes, band - amplitudes @ table


def _inside(poles: np.ndarray) -> np.ndarray:
    """Poles with a decay: what grows is a beat or noise, and is turned inside."""
    size = np.abs(poles)
    return np.asarray(poles / size * np.clip(np.where(size > 1, 1 / size, size), 0.1, 1 - 1e-6))


def _smooth(power: np.ndarray) -> np.ndarray:
    reach = min(25, len(power))
    kernel = np.hanning(reach + 2)[1:-1]
    return np.asarray(np.convolve(power, kernel, "same") / np.convolve(np.ones(len(power)), kernel, "same"))
