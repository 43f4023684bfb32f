"""A recording played by an instrument: the row that follows a microphone, in file time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.voice.offline_tracking import PitchCurves

from .host import Host
from .render import MIN_SILENCE_SECONDS, SILENCE_PEAK, render_frames

MIN_VOICED_SECONDS = 0.1  # seconds that must have a pitch
MAX_OCTAVES = 3  # that a voice may be moved by itself, up or down
MAX_TAIL_SECONDS = 10.0  # seconds after the recording, at most


@dataclass(frozen=True)
class VoiceFit:
    """How a voice is brought to an instrument: semitones that it is moved by, dB that it is made louder."""

    transpose: float
    gain: float


def fit_voice(heard: PitchCurves, header: dict[str, Any], hop: float, transpose: float | None = None) -> VoiceFit:
    """The octaves that bring most of a voice into the range of a preset, and the gain to the loudness that it knows.

    hop: seconds between the frames of `heard`. transpose: semitones that shall be taken instead. ValueError when next
    to nothing of it has a pitch.
    """
    voiced = heard.voiced > 0
    if voiced.sum() * hop < MIN_VOICED_SECONDS:
        raise ValueError(f"nothing to follow: only {voiced.sum() * hop:.2f} s of it have a pitch")
    if transpose is None:
        transpose = float(_octave(heard.pitch[voiced], header["pitch"]["low"], header["pitch"]["high"]))
    return VoiceFit(transpose, float(header["features"]["mean"] - np.median(heard.loudness[voiced])))


def render_transfer(
    host: Host, sound: np.ndarray, block: int = 128, tail: float = MAX_TAIL_SECONDS
) -> Iterator[np.ndarray]:
    """What a host makes of sound (T,) at its microphone, block by block (2, frames), and then of silence.

    It ends half a second after it last was above -80 dBFS, or `tail` seconds after the sound.
    """
    start, quiet = 0, 0
    while start < len(sound) or min(quiet, start - len(sound)) < MIN_SILENCE_SECONDS * host.rate:
        if start > len(sound) + tail * host.rate:
            return
        heard = np.zeros((block, int(host.memory["inputs"][0])), np.float32)
        part = sound[start : start + block]
        heard[: len(part)] = part[:, None]
        audio = render_frames(host, block, heard)
        quiet = quiet + block if np.abs(audio).max() < SILENCE_PEAK else 0
        start += block
        yield audio


def _octave(pitch: np.ndarray, low: float, high: float) -> int:
    """The semitones, whole octaves, that bring most of some pitches between two; the fewest of the best."""
    moves = sorted(range(-12 * MAX_OCTAVES, 12 * MAX_OCTAVES + 1, 12), key=abs)
    inside = [np.mean((pitch * 2 ** (move / 12) >= low) & (pitch * 2 ** (move / 12) <= high)) for move in moves]
    near = [move for move, share in zip(moves, inside, strict=True) if share >= max(inside) - 0.02]
    return near[0]
