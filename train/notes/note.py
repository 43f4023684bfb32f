"""One recorded note as a resonance: modes, a deterministic attack (knock), and noise."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import fftconvolve

from . import mode_search, note_span, pitch, residual
from .mode_search import BandFits
from .mode_set import Modes, audible_energy, fit_amplitudes, render_modes
from .note_span import Span

MAX_TOUCH_SECONDS = 0.03
"""Maximum time for which a plectrum or a finger touches the string audibly before the release."""


@dataclass(frozen=True)
class Note:
    """Model of one recording at a rate in Hz.

    modes: J, strongest first, amplitude (J,). place: stereo positions (J,), −1 left … 1 right.
    knock: (Q,). hiss, blur: envelopes (A,) over `attack` samples of the noise beside the modes, and of the noise that
    excites them.
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
        """The note with all amplitudes multiplied by a gain."""
        modes = Modes(self.modes.frequency, self.modes.decay, self.modes.amplitude * gain)
        return replace(self, modes=modes, knock=self.knock * gain, hiss=self.hiss * gain)


def fit(
    samples: np.ndarray,
    rate: float,
    count: int = 64,
    near: float | None = None,
    pitched: bool = True,
    fits: list[BandFits] | None = None,
) -> Note:
    """Fit a note to samples (C, T) with at most `count` modes; near: Hz, approximate pitch.

    fits: of all its bands, where `fit_bands` was called before. An unpitched note gets the frequency of its strongest
    mode. ValueError if no partial is above the noise.
    """
    samples, peak = _normalized(samples)
    mono, span, pitch_hz = _analyze(samples, rate, near, pitched)
    fits = mode_search.fit_bands(mono, rate, span, pitch_hz) if fits is None else fits
    modes = mode_search.find_modes(fits, pitch_hz, count)
    if len(modes) == 0:
        raise ValueError("no partial stands above the noise")
    modes = modes.take(np.argsort(-audible_energy(modes)))
    return _model(samples, rate, span, pitch_hz or float(modes.frequency[0]), modes).scaled(peak)


def fit_bands(samples: np.ndarray, rate: float, near: float | None, pitched: bool, chosen: slice) -> list[BandFits]:
    """Fit the chosen bands of a note in samples (C, T), as `fit` does; near: Hz, approximate pitch."""
    mono, span, pitch_hz = _analyze(_normalized(samples)[0], rate, near, pitched)
    return mode_search.fit_bands(mono, rate, span, pitch_hz, chosen)


def fit_like(samples: np.ndarray, rate: float, reference: Note, pitched: bool = True) -> Note:
    """Fit another dynamic of the same key: its mode j is the same partial as mode j of `reference`."""
    samples, peak = _normalized(samples)
    mono, span, pitch_hz = _analyze(samples, rate, reference.pitch, pitched)
    modes = mode_search.find_matching_modes(
        mono, rate, span, pitch_hz, reference.modes, pitch_hz / reference.pitch if pitched else 1.0
    )
    return _model(samples, rate, span, pitch_hz or reference.pitch, modes).scaled(peak)


def render(note: Note, frames: int, seed: int | None = 0) -> np.ndarray:
    """Render a note: (frames,); seed None leaves the noise out."""
    response = render_modes(note.modes, frames, note.rate)
    sound = response.copy()
    if seed is not None:
        noise = np.random.default_rng(seed).uniform(-1, 1, note.attack)
        sound += fftconvolve(response, residual.interpolate_envelope(note.blur, note.attack) * noise)[:frames]
        direct = (residual.interpolate_envelope(note.hiss, note.attack) * noise)[:frames]
        sound[: len(direct)] += direct
    sound[: len(note.knock)] += note.knock[:frames]
    return np.asarray(sound)


def _normalized(samples: np.ndarray) -> tuple[np.ndarray, float]:
    """Samples (C, T) with a peak of 1, so that the same note is found at any level; and the peak they had."""
    peak = float(np.abs(samples).max(initial=0.0))
    return (samples / peak, peak) if peak > 0 else (samples, 1.0)


def _analyze(samples: np.ndarray, rate: float, near: float | None, pitched: bool) -> tuple[np.ndarray, Span, float]:
    """Mix samples (C, T) to one channel; find the span of the note in it, and its pitch in Hz or 0."""
    mono = samples.mean(axis=0).astype(np.float64)
    span = note_span.find_span(mono, rate)
    return mono, span, pitch.detect(mono[span.onset : span.end], rate, near).frequency if pitched else 0.0


def _model(samples: np.ndarray, rate: float, span: Span, pitch_hz: float, modes: Modes) -> Note:
    """The note of span in samples (C, T) with known modes: fit their amplitudes and model the residual."""
    note = samples[:, span.onset : span.end].astype(np.float64)
    release = _release(note.mean(axis=0), render_modes(modes, note.shape[1], rate), rate)
    note, modes = note[:, release:], modes.advanced(release / rate)
    channel_amplitudes = fit_amplitudes(note, rate, modes)
    modes = Modes(modes.frequency, modes.decay, channel_amplitudes.mean(axis=0))
    remainder = note.mean(axis=0) - render_modes(modes, note.shape[1], rate)
    knock = residual.estimate_knock(remainder, rate, span.noise)
    remainder[: len(knock)] -= knock[: len(remainder)]
    return Note(
        rate,
        pitch_hz,
        modes,
        _positions(channel_amplitudes),
        knock,
        residual.estimate_hiss(remainder, rate, span.noise),
        residual.make_blur(rate),
        int(residual.HISS_SECONDS * rate),
    )


def _release(note: np.ndarray, modes: np.ndarray, rate: float) -> int:
    """Sample of note (T,) at which the string is released: from there its modes (T,) explain it best.

    A finger touches the string up to 30 ms before, which would delay the note when it is played.
    """
    searched = min(int(MAX_TOUCH_SECONDS * rate), len(note))
    energy_before = np.cumsum(note[:searched] ** 2)
    error_after = np.cumsum((note[:searched] - modes[:searched])[::-1] ** 2)[::-1]
    best = int(np.argmin(energy_before + error_after))
    low = max(best - int(0.001 * rate), 0)
    return low + int(np.argmin(np.abs(note[low : best + 1])))


def _positions(channel_amplitudes: np.ndarray) -> np.ndarray:
    """Stereo positions (J,) of modes, by the ratio of their amplitudes (C, J) in two channels; else 0."""
    if len(channel_amplitudes) < 2:
        return np.zeros(channel_amplitudes.shape[1])
    left, right = np.abs(channel_amplitudes[0]), np.abs(channel_amplitudes[1])
    return np.asarray(np.clip(np.arctan2(right, left) * 4 / np.pi - 1, -1, 1))
