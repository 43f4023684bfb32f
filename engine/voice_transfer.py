"""Voice transfer: render a recording of a voice with an instrument, through the chain used for a microphone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.pitch_and_frequency import pitch_of, ratio_of
from engine.voice.offline_tracking import PitchCurves
from engine.voice.pitch_tracker.state import MIN_PITCH_HZ

from .host import Host
from .render import MIN_SILENCE_SECONDS, SILENCE_PEAK, render_frames

MIN_VOICED_SECONDS = 0.1
MIN_TONE_SECONDS, MAX_STEP_SEMITONES = 0.08, 0.7  # of a tone that is held, and between two of its frames
MAX_ERROR_SHARE = 0.03  # of the held tones that may be errors of the tracker
LOW_MARGIN_SEMITONES = 2.0  # below the lowest pitch of a voice and an instrument, down to which it is tracked
MAX_OCTAVES = 3  # of the automatic transposition, up or down
MAX_TAIL_SECONDS = 10.0  # after the recording


@dataclass(frozen=True)
class VoiceFit:
    """Transposition in semitones and gain in dB from a voice to an instrument; the lowest pitch to track, in Hz."""

    transpose: float
    gain: float
    low: float


def fit_voice(curves: PitchCurves, header: dict[str, Any], hop: float, transpose: float | None = None) -> VoiceFit:
    """Fit a voice to a preset: octaves that bring most of it into range, gain to the mean loudness in training.

    hop: seconds between the frames of `curves`. transpose: semitones in place of the octaves. ValueError if less than
    MIN_VOICED_SECONDS are voiced.
    """
    voiced = curves.voiced > 0
    if voiced.sum() * hop < MIN_VOICED_SECONDS:
        raise ValueError(f"nothing to follow: only {voiced.sum() * hop:.2f} s of it have a pitch")
    if transpose is None:
        transpose = float(_octave_shift(curves.pitch[voiced], header["pitch"]["low"], header["pitch"]["high"]))
    gain = float(header["features"]["mean"] - np.median(curves.loudness[voiced]))
    low = min(lowest_pitch(curves, hop), header["pitch"]["low"] * ratio_of(-transpose))
    return VoiceFit(transpose, gain, max(float(low * ratio_of(-LOW_MARGIN_SEMITONES)), MIN_PITCH_HZ))


def lowest_pitch(curves: PitchCurves, hop: float) -> float:
    """The lowest pitch in Hz that a voice holds, MIN_PITCH_HZ if it holds none.

    Of the tones of MIN_TONE_SECONDS and more, all but the lowest MAX_ERROR_SHARE: an error of the tracker is short,
    or rare. hop: seconds between the frames of `curves`.
    """
    notes = pitch_of(np.maximum(curves.pitch, 1.0).astype(np.float64))
    edges = np.flatnonzero((np.abs(np.diff(notes)) > MAX_STEP_SEMITONES) | (np.diff(curves.voiced) != 0)) + 1
    held = [
        tone
        for tone in np.split(np.arange(len(notes)), edges)
        if curves.voiced[tone[0]] > 0 and len(tone) * hop >= MIN_TONE_SECONDS
    ]
    if not held:
        return MIN_PITCH_HZ
    return float(np.quantile(curves.pitch[np.concatenate(held)], MAX_ERROR_SHARE))


def render_transfer(
    host: Host, sound: np.ndarray, block: int = 128, tail: float = MAX_TAIL_SECONDS
) -> Iterator[np.ndarray]:
    """Render sound (T,) as microphone input of a host, followed by silence, in blocks (2, frames).

    Ends half a second after the output last exceeded -80 dBFS, or `tail` seconds after the input.
    """
    start, quiet = 0, 0
    while start < len(sound) or min(quiet, start - len(sound)) < MIN_SILENCE_SECONDS * host.rate:
        if start > len(sound) + tail * host.rate:
            return
        microphone = np.zeros((block, int(host.memory["inputs"][0])), np.float32)
        part = sound[start : start + block]
        microphone[: len(part)] = part[:, None]
        audio = render_frames(host, block, microphone)
        quiet = quiet + block if np.abs(audio).max() < SILENCE_PEAK else 0
        start += block
        yield audio


def _octave_shift(pitch: np.ndarray, low: float, high: float) -> int:
    """The smallest shift by octaves, in semitones, that brings most of the pitches between two frequencies."""
    shifts = sorted(range(-12 * MAX_OCTAVES, 12 * MAX_OCTAVES + 1, 12), key=abs)
    inside = [np.mean((pitch * ratio_of(shift) >= low) & (pitch * ratio_of(shift) <= high)) for shift in shifts]
    best = [shift for shift, share in zip(shifts, inside, strict=True) if share >= max(inside) - 0.02]
    return best[0]
