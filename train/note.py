"""One recorded note as an instrument's resonance: modes that ring, a knock, a little noise."""

from dataclasses import dataclass

import numpy as np

from . import attack, onset, partials, pitch
from .partials import Modes

SKIP = 0.004
"""Seconds after the onset that the modes need not explain: the plectrum or the hammer is still there."""


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
        return Note(self.rate, self.pitch, modes, self.place, self.knock * gain, self.hiss * gain, self.blur, self.attack)


def fit(samples: np.ndarray, rate: float, count: int = 64, near: float | None = None, pitched: bool = True) -> Note:
    """The note in samples (C, T): at most `count` modes; near: Hz of the pitch that it should have."""
    mono = samples.mean(axis=0).astype(np.float64)
    span = onset.find(mono, rate)
    note = samples[:, span.onset : span.end].astype(np.float64)
    found = pitch.detect(mono[span.onset : span.end], rate, near).frequency if pitched else 0.0
    modes = partials.find(mono, rate, span, found)
    modes = modes.take(np.argsort(-partials.strengths(modes))[:count])
    sides = partials.amplitudes(note, rate, modes, int(SKIP * rate))
    modes = Modes(modes.frequency, modes.decay, sides.mean(axis=0))
    modes = modes.take(np.argsort(-partials.strengths(modes)))
    rest = note.mean(axis=0) - partials.ring(modes, note.shape[1], rate)
    knock = attack.knock(rest, rate, span.noise)
    left = rest.copy()
    left[: len(knock)] -= knock
    return Note(rate, found, modes, _places(sides), knock, attack.hiss(left, rate, span.noise),
                attack.blur(rate), int(attack.HISS * rate))


def render(note: Note, frames: int, seed: int | None = 0) -> np.ndarray:
    """What a note sounds like (frames,), the plain way; seed None leaves the noise out."""
    noise = np.zeros(note.attack) if seed is None else np.random.default_rng(seed).uniform(-1, 1, note.attack)
    response = partials.ring(note.modes, frames, note.rate)
    sound = response.copy()
    driven = np.convolve(response, attack.stretch(note.blur, note.attack) * noise)[:frames] if seed is not None else 0
    sound += driven
    sound[: len(note.knock)] += note.knock[:frames]
    direct = (attack.stretch(note.hiss, note.attack) * noise)[:frames]
    sound[: len(direct)] += direct
    return sound


def _places(sides: np.ndarray) -> np.ndarray:
    """Place (J,) of modes with amplitudes (C, J): the angle between the two channels; one channel is the centre."""
    if len(sides) < 2:
        return np.zeros(sides.shape[1])
    left, right = np.abs(sides[0]), np.abs(sides[1])
    return np.asarray(np.clip(np.arctan2(right, left) * 4 / np.pi - 1, -1, 1))
