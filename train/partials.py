"""The ringing of a note as damped modes, found band by band.

In each band the note is moved to 0 Hz, filtered and thinned out; ESPRIT (Roy & Kailath 1989) finds the modes,
least squares in frequency and decay with projected amplitudes (Golub & Pereyra 1973) sharpens them.
The error is weighed by the height of the sound at each moment, so that the soft end of a note counts
like its loud beginning, as far as it stands above the recording's noise.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares, linear_sum_assignment
from scipy.signal import firwin

from .onset import Span

WIDTH = 150.0
"""Hz: about how wide a band is; a pitched note gets a whole number of bands per partial."""
TOP = 16000.0
"""Hz: above this nothing rings long enough to matter."""
ROWS = 72
"""Rows of the Hankel matrix of ESPRIT."""
ORDERS = (1, 2, 3, 4, 5, 6)
"""How many modes a band may have."""
BETTER = 0.9
"""To what part the error must fall for one more mode."""
REACH = 2.0
"""How far, in time constants, a mode may be followed back from where its band is clear to the onset."""
SLOWEST = 0.15
"""1/s: the smallest decay; what stays longer is hum."""
LIFT = 0.7
"""What part of a band's mean decay is taken out before ESPRIT."""
TRUST = 0.3
"""Weight of the amplitudes found in bands against those of the whole."""
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

    def later(self, seconds: float) -> "Modes":
        """The same modes, seconds after they began."""
        turn = np.exp((-self.decay + 2j * np.pi * self.frequency) * seconds)
        return Modes(self.frequency, self.decay, self.amplitude * turn)

    def take(self, chosen: np.ndarray) -> "Modes":
        """Only these, in this order."""
        return Modes(self.frequency[chosen], self.decay[chosen], self.amplitude[..., chosen])


NOTHING = Modes(np.zeros(0), np.zeros(0), np.zeros(0, complex))


def ring(modes: Modes, frames: int, rate: float) -> np.ndarray:
    """The sound (frames,) of modes with amplitudes (J,)."""
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    block = 512
    rows = -(-frames // block)
    coarse = np.exp(pole[:, None] * (block * np.arange(rows))) * modes.amplitude[:, None]
    fine = np.exp(pole[:, None] * np.arange(block))
    table = coarse.real.T @ fine.real - coarse.imag.T @ fine.imag
    return np.asarray(table.reshape(-1)[:frames])


def find(samples: np.ndarray, rate: float, span: Span, pitch: float, count: int = 64) -> Modes:
    """At most `count` modes of the note `span` of samples (T,), above its noise; pitch in Hz, 0 for none."""
    note = samples[span.onset : span.end].astype(np.float64)
    bands = _Bands(note, rate, _width(pitch), span.noise)
    ladders = [bands.fit(number) for number in range(1, int(min(TOP, 0.45 * rate) / bands.width))]
    parts = [NOTHING, *_share(ladders, count)]
    return Modes(*(np.concatenate([getattr(part, name) for part in parts])
                   for name in ("frequency", "decay", "amplitude")))


def follow(samples: np.ndarray, rate: float, span: Span, pitch: float, leader: Modes, ratio: float) -> Modes:
    """The modes of another note of the same key: mode j is the same partial as mode j of `leader`, found anew.

    ratio: how much higher this note is. Where nothing stands above the noise the amplitude is 0.
    """
    bands = _Bands(samples[span.onset : span.end].astype(np.float64), rate, _width(pitch), span.noise)
    frequency, decay = leader.frequency * ratio, leader.decay.copy()
    amplitude = np.zeros(len(leader), complex)
    numbers = np.round(frequency / bands.width).astype(int)
    for number in np.unique(numbers):
        group = np.flatnonzero(numbers == number)
        found = bands.refit(number, frequency[group], decay[group])
        if len(found):
            frequency[group], decay[group], amplitude[group] = found.frequency, found.decay, found.amplitude
    return Modes(frequency, decay, amplitude)


def _width(pitch: float) -> float:
    """Hz of a band: a whole number of them per partial."""
    return pitch / max(round(pitch / WIDTH), 1) if pitch else WIDTH


def _share(ladders: list[list[tuple[Modes, float]]], count: int) -> list[Modes]:
    """One step of each band's ladder of ever more modes, so that `count` modes in all leave the least error."""
    steps = [0] * len(ladders)
    left = count
    while True:
        best, gain, target = -1, 0.0, 0
        for band, ladder in enumerate(ladders):
            have, error = ladder[steps[band]]
            for step in range(steps[band] + 1, len(ladder)):
                more = len(ladder[step][0]) - len(have)
                if more <= left and (error - ladder[step][1]) / max(more, 0.5) > gain:
                    best, gain, target = band, (error - ladder[step][1]) / max(more, 0.5), step
        if best < 0:
            return [ladder[step][0] for ladder, step in zip(ladders, steps, strict=True)]
        left -= len(ladders[best][target][0]) - len(ladders[best][steps[best]][0])
        steps[best] = target


def strengths(modes: Modes) -> np.ndarray:
    """(J,) how much each mode matters: its energy, what the ear hears badly below 500 Hz and above 8 kHz counting less."""
    f = modes.frequency
    ear = f**2 / (f**2 + 300.0**2) * 8000.0**2 / (f**2 + 8000.0**2)
    energy = np.abs(np.atleast_2d(modes.amplitude)) ** 2
    return np.asarray(energy.sum(axis=0) / modes.decay * ear)


def amplitudes(note: np.ndarray, rate: float, modes: Modes, trust: float = TRUST) -> np.ndarray:
    """Complex amplitudes (C, J) that modes have in note (C, T), all at once and from its first sample on.

    Least squares, weighted like in the bands: the softer a moment, the more it is lifted.
    trust: how much the amplitudes found band by band, modes.amplitude (J,), weigh against it.
    """
    size, count = 4096, len(modes)
    pole = (-modes.decay + 2j * np.pi * modes.frequency) / rate
    fine = np.exp(pole[:, None] * np.arange(size))
    square, right = np.zeros((2 * count, 2 * count)), np.zeros((2 * count, len(note)))
    for start in range(0, note.shape[1], size):
        part = note[:, start : start + size]
        weight = (float((part**2).mean()) + 1e-12) ** (-2 * EVEN)
        table = fine[:, : part.shape[1]] * np.exp(pole * start)[:, None]
        both = np.concatenate([table.real, -table.imag])
        square += weight * both @ both.T
        right += weight * both @ part.T
    pull = np.diag(trust * np.diag(square) + 1e-12 * np.trace(square))
    known = np.concatenate([modes.amplitude.real, modes.amplitude.imag])
    both = np.linalg.solve(square + pull, right + (pull @ known)[:, None])
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

    def fit(self, number: int) -> list[tuple[Modes, float]]:
        """A ladder of ever more modes within half a width of band `number`, and the error that each leaves.

        The error grows with the power 0.3 of the band's energy, about like loudness, so that bands may be compared.
        """
        centre, band, weight, begin = self._cut(number)
        ladder = [(NOTHING, float((np.abs(band * weight) ** 2).sum()))]
        for order in ORDERS:
            if len(band) < 8 * order:
                break
            poles = _sharpen(band, weight, _esprit(band, order))
            amplitudes, left = _project(band, weight, poles)
            error = float((np.abs(left * weight) ** 2).sum())
            if error < BETTER * ladder[-1][1]:
                modes = self._unfiltered(poles, amplitudes, centre, begin)
                inside = np.abs(modes.frequency - centre) <= 0.5 * self.width
                clear = (modes.decay > SLOWEST) & (modes.decay * begin / self.rate < REACH)
                ladder.append((modes.take(np.flatnonzero(inside & clear)), error))
        return ladder

    def refit(self, number: int, frequency: np.ndarray, decay: np.ndarray) -> Modes:
        """As many modes in band `number`, each paired with the nearest of these; none if nothing is heard there."""
        centre, band, weight, begin = self._cut(number)
        if len(band) < 3 * len(frequency):
            return NOTHING
        start = np.exp((-decay + 2j * np.pi * (frequency - centre)) * self.step / self.rate)
        tries = [start]
        if len(band) >= 8 * len(start):
            tries = [_sharpen(band, weight, start), _sharpen(band, weight, _esprit(band, len(start)))]
            tries = [_paired(poles, start, np.exp(-REACH * self.step / begin)) for poles in tries]
        errors = [float((np.abs(_project(band, weight, poles)[1] * weight) ** 2).sum()) for poles in tries]
        poles = tries[int(np.argmin(errors))]
        return self._unfiltered(poles, _project(band, weight, poles)[0], centre, begin)

    def _cut(self, number: int) -> tuple[float, np.ndarray, np.ndarray, int]:
        """Band `number`: its centre in Hz, its values at rate / step while they are heard, their weights, and where they begin."""
        shift = round(number * self.width * self.size / self.rate)
        centre = shift * self.rate / self.size
        moved = np.roll(self.spectrum, -shift) * self.filter
        band = 2 * np.fft.ifft(moved.reshape(self.step, -1).sum(axis=0) / self.step)
        first = -(-(len(self.taps) - 1) // self.step)
        place = centre / (self.rate / 2) * (len(self.noise) - 1)
        density = float(np.interp(place, np.arange(len(self.noise)), self.noise))
        floor = 4 * density * (self.taps**2).sum() + 1e-16
        band = band[first : self.frames // self.step]
        band = band[: _heard(band, floor)]
        weight = (_smooth(np.abs(band) ** 2, 25) + floor) ** -EVEN if len(band) else np.zeros(0)
        return centre, band, weight, first * self.step

    def _unfiltered(self, poles: np.ndarray, amplitudes: np.ndarray, centre: float, begin: int) -> Modes:
        """Modes at the onset, of poles and amplitudes in a band whose first value lies `begin` samples after it."""
        pole = np.log(poles) * self.rate / self.step
        n = np.arange(len(self.taps))
        response = np.array([(self.taps * np.exp(-p * n / self.rate)).sum() for p in pole])
        amplitude = amplitudes / response * np.exp(-pole * begin / self.rate)
        frequency, decay = pole.imag / (2 * np.pi), -pole.real
        return Modes(frequency + centre, decay, amplitude)


def _heard(band: np.ndarray, floor: float) -> int:
    """How many values of the band stand above its noise power, beats bridged; 0 if none does."""
    if len(band) < 12:
        return 0
    power = _smooth(np.abs(band) ** 2, 49)
    peak = int(np.argmax(power))
    if power[peak] < 10 * floor:
        return 0
    below = np.flatnonzero(power[peak:] < 2 * floor)
    return min(max(peak + int(below[0]) if len(below) else len(band), 16), len(band))


def _esprit(band: np.ndarray, order: int) -> np.ndarray:
    """Poles (order,) of a sum of damped exponentials (T,), which is first held up against its mean decay."""
    n = np.arange(len(band))
    slope = min(float(np.polyfit(n, np.log(np.abs(band) + 1e-12), 1)[0]), 0.0) * LIFT
    rows = int(np.clip(len(band) // 2, order + 1, ROWS))
    hankel = np.lib.stride_tricks.sliding_window_view(band * np.exp(-slope * n), rows).T
    _, vectors = np.linalg.eigh(hankel @ hankel.conj().T)
    space = vectors[:, -order:]
    poles = np.linalg.eigvals(np.linalg.lstsq(space[:-1], space[1:], rcond=None)[0])
    return _inside(poles * np.exp(slope))


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


def _paired(poles: np.ndarray, leaders: np.ndarray, least: float) -> np.ndarray:
    """Poles in the order of the leaders that they are nearest to; what left the band or rings less
    than `least`, the size of a pole, is a leader again.
    """
    cost = np.abs(np.angle(poles[None] / leaders[:, None])) + 0.02 * np.abs(
        np.log(np.log(np.abs(poles[None])) / np.log(np.abs(leaders[:, None])))
    )
    poles = poles[linear_sum_assignment(cost)[1]]
    strayed = (np.abs(np.angle(poles)) > 0.6 * np.pi) | (np.abs(poles) < least)
    return np.where(strayed, leaders, poles)


def _inside(poles: np.ndarray) -> np.ndarray:
    """Poles with a decay: what grows is a beat or noise, and is turned inside."""
    size = np.abs(poles)
    return np.asarray(poles / size * np.clip(np.where(size > 1, 1 / size, size), 0.1, 1 - 1e-6))


def _smooth(power: np.ndarray, width: int) -> np.ndarray:
    reach = min(width, len(power))
    kernel = np.hanning(reach + 2)[1:-1]
    return np.asarray(np.convolve(power, kernel, "same") / np.convolve(np.ones(len(power)), kernel, "same"))
