"""Voice transfer: render a recording of a voice with an instrument, through the chain used for a microphone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.pitch_and_frequency import ratio_of
from engine.voice.offline_tracking import PitchCurves

from .host import Host
from .render import MIN_SILENCE_SECONDS, SILENCE_PEAK, render_frames

MIN_VOICED_SECONDS = 0.1
MAX_OCTAVES = 3  # of the automatic transposition, up or down
MAX_TAIL_SECONDS = 10.0  # after the recording


@dataclass(frozen=True)
class VoiceFit:
    """Transposition in semitones and gain in dB from a voice to an instrument."""

    transpose: float
    gain: float


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
    return VoiceFit(transpose, float(header["features"]["mean"] - np.median(curves.loudness[voiced])))


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
