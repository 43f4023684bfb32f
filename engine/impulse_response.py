"""Rooms: the one that a preset has learned, or a recorded one from a sound file; and a learned one as a file."""

from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

import numpy as np

from engine.preset.library import find
from engine.preset.preset_file import Preset, PresetError, read

from .sound_file import writing

NONE = "none"  # the word for no room at all
LONGEST = 30.0  # seconds of a sound file
_SOUNDS = (".wav", ".flac", ".aif", ".aiff", ".ogg")


@dataclass(frozen=True)
class Response:
    """What a room answers to one sample: (C, taps), C = 1 or 2, at a rate in Hz; dry: gain of the sound beside it."""

    samples: np.ndarray
    rate: float
    dry: float = 1.0


def room(name: str | PathLike[str]) -> Response:
    """The room of a sound file, or of a preset given by name or path; ValueError or OSError if there is none."""
    if Path(name).suffix.lower() in _SOUNDS:
        return recorded(Path(name))
    path = find(name if isinstance(name, str) else fspath(name))
    learned = of_preset(read(path))
    if learned is None:
        raise PresetError(f"{path.stem} has no room: only instruments that were learned together with one do")
    return learned


def of_preset(preset: Preset) -> Response | None:
    """The room that a preset was learned with; None where it has none."""
    samples = preset.tensors.get("room")
    if samples is None:
        return None
    return Response(np.atleast_2d(samples.astype(np.float32)), float(preset.header["rate"]), preset.header["dry"])


def recorded(path: Path) -> Response:
    """The room of a sound file; one that is louder than the dry sound is turned down to be as loud."""
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise OSError(f"{path.name} cannot be read as sound: {error}") from None
    if not 0 < len(samples) <= LONGEST * rate:
        raise ValueError(f"{path.name} is {len(samples) / rate:g} s long; a room lasts up to {LONGEST:g} s")
    if samples.shape[1] > 2:
        raise ValueError(f"{path.name} has {samples.shape[1]} channels; a room has one or two")
    if not np.isfinite(samples).all() or not samples.any():
        raise ValueError(f"{path.name} is silent, or damaged")
    power = float((samples.astype(np.float64) ** 2).sum(axis=0).max())
    return Response(samples.T / np.float32(max(np.sqrt(power), 1.0)), float(rate))


def save(preset: Preset, path: str | PathLike[str]) -> None:
    """Write the learned room to a sound file: what one hears of a clap in it. ValueError if there is none."""
    learned = of_preset(preset)
    if learned is None:
        raise PresetError(f"{preset.header['name']} has no room to write to a sound file")
    float32 = Path(path).suffix.lower() == ".wav"
    with writing(path, learned.rate, float32) as write:
        write(np.repeat(learned.samples, 2, axis=0) if len(learned.samples) == 1 else learned.samples)
