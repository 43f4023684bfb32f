"""One recorded note as an instrument's resonance: modes that ring, a knock, a little noise."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import fftconvolve

from . import knock as attack
from . import onset, partials, pitch
from .modes import Modes, amplitudes, ring, strengths
from .onset import Span

TOUCH = 0.03
"""Seconds that a plectrum or a finger may rest on the string, audibly, before it lets go."""


@dataclass(frozen=True)
class Note:
    """What is learned from one recording at a rate in Hz.

    modes: J of them, strongest first, amplitude (J,). place: (J,) −1 left … 1 right.
    knock: (Q,). hiss, blur: (A,) envelopes over `attack` samples of the noise beside and into the modes.
    pitch: Hz, 0 for none.
    """

    rate: float
    pitch: float
    modes: Modes
    place: np.ndarray
    knock: np.ndarray
    hiss: np.ndarray
    blur: np.ndarray
    attack: int

    def scaled(self, gain: float) -> "Note":
        """The same note, louder or softer."""
        modes = Modes(self.modes.frequency, self.modes.decay, self.modes.amplitude * gain)
        return replace(self, modes=modes, knock=self.knock * gain, hiss=self.hiss * gain)


def fit(samples: np.ndarray, rate: float, count: int = 64, near: float | None = None, pitched: bool = True) -> Note:
    """The note in samples (C, T) with at most `count` modes; near: Hz of the pitch that it should have.

    What is not pitched is called by its strongest mode. ValueError if nothing rings above the noise.
    """
    mono, span, found = _heard(samples, rate, near, pitched)
    modes = partials.find(mono, rate, span, found, count)
    if len(modes) == 0:
        raise ValueError("no partial stands above the noise")
    modes = modes.take(np.argsort(-strengths(modes)))
    return _whole(samples, rate, span, found or float(modes.frequency[0]), modes)


def fit_like(samples: np.ndarray, rate: float, leader: Note, pitched: bool = True) -> Note:
    """Another dynamic of the same key: its mode j is the same partial as mode j of `leader`."""
    mono, span, found = _heard(samples, rate, leader.pitch, pitched)
    modes = partials.follow(mono, rate, span, found, leader.modes, found / leader.pitch if pitched else 1.0)
    return _whole(samples, rate, span, found or leader.pitch, modes)


def render(note: Note, frames: int, seed: int | None = 0) -> np.ndarray:
    """What a note sounds like (frames,), the plain way; seed None leaves the noise out."""
    response = ring(note.modes, frames, note.rate)
    sound = response.copy()
    if seed is not None:
        noise = np.random.default_rng(seed).uniform(-1, 1, note.attack)
        sound += fftconvolve(response, attack.stretch(note.blur, note.attack) * noise)[:frames]
        direct = (attack.stretch(note.hiss, note.attack) * noise)[:frames]
        sound[: len(direct)] += direct
    sound[: len(note.knock)] += note.knock[:frames]
    return np.asarray(sound)


def _heard(samples: np.ndarray, rate: float, near: float | None, pitched: bool) -> tuple[np.ndarray, Span, float]:
    """Samples (C, T) as one channel, the span of the note in it, and its pitch in Hz or 0."""
    mono = samples.mean(axis=0).astype(np.float64)
    span = onset.find(mono, rate)
    return mono, span, pitch.detect(mono[span.onset : span.end], rate, near).frequency if pitched else 0.0


def _whole(samples: np.ndarray, rate: float, span: Span, found: float, modes: Modes) -> Note:
    """The note of span in samples (C, T) whose modes are known: their amplitudes, and what they leave."""
    note = samples[:, span.onset : span.end].astype(np.float64)
    begin = _release(note.mean(axis=0), ring(modes, note.shape[1], rate), rate)
    note, modes = note[:, begin:], modes.later(begin / rate)
    sides = amplitudes(note, rate, modes)
    modes = Modes(modes.frequency, modes.decay, sides.mean(axis=0))
    rest = note.mean(axis=0) - ring(modes, note.shape[1], rate)
    knock = attack.knock(rest, rate, span.noise)
    rest[: len(knock)] -= knock[: len(rest)]
    return Note(
        rate,
        found,
        modes,
        _places(sides),
        knock,
        attack.hiss(rest, rate, span.noise),
        attack.blur(rate),
        int(attack.HISS * rate),
    )


def _release(note: np.ndarray, modes: np.ndarray, rate: float) -> int:
    """When the string is let go: the sample of note (T,) from which its modes (T,) explain it best.

    A finger touches the string up to 30 ms before; whoever plays a key should not wait for that.
    """
    reach = min(int(TOUCH * rate), len(note))
    silent = np.cumsum(note[:reach] ** 2)
    missed = np.cumsum((note[:reach] - modes[:reach])[::-1] ** 2)[::-1]
    best = int(np.argmin(silent + missed))
    low = max(best - int(0.001 * rate), 0)
    return low + int(np.argmin(np.abs(note[low : best + 1])))


def _places(sides: np.ndarray) -> np.ndarray:
    """Place (J,) of modes with amplitudes (C, J): the angle between the two channels; one channel is the centre."""
    if len(sides) < 2:
        return np.zeros(sides.shape[1])
    left, right = np.abs(sides[0]), np.abs(sides[1])
    return np.asarray(np.clip(np.arctan2(right, left) * 4 / np.pi - 1, -1, 1))
