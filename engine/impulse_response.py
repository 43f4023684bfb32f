"""Impulse responses of rooms: those of presets and of sound files, and their export to a sound file."""

from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path

import numpy as np

from engine.preset.library import find
from engine.preset.preset_file import Preset, PresetError, read
from engine.sound_file import reader
from engine.sound_file.suffixes import READABLE_SUFFIXES, begins_as_sound
from engine.sound_file.writer import sound_writer

NO_ROOM = "none"  # the option that means no room
MAX_SECONDS = 30.0  # of a sound file
CHANNELS = (1, 2, 4)  # of one


@dataclass(frozen=True)
class ImpulseResponse:
    """Impulse response (C, taps) at a rate in Hz; dry: gain of the direct sound.

    C = 1, 2 (left and right), or 4 for true stereo: left to left, left to right, right to left, right to right.
    """

    samples: np.ndarray
    rate: float
    dry: float = 1.0


def find_room(name: str | PathLike[str]) -> ImpulseResponse:
    """The room of a sound file, or of a preset given by name or path; ValueError or OSError if there is none."""
    if Path(name).suffix.lower() in READABLE_SUFFIXES or begins_as_sound(Path(name)):
        return read_recording(Path(name))
    path = find(name if isinstance(name, str) else fspath(name))
    learned = learned_room(read(path))
    if learned is None:
        raise PresetError(f"{path.stem} has no room: only instruments that were learned together with one do")
    return learned


def learned_room(preset: Preset) -> ImpulseResponse | None:
    """The room that a preset was learned with; None where it has none."""
    samples = preset.tensors.get("room")
    if samples is None:
        return None
    return ImpulseResponse(
        np.atleast_2d(samples.astype(np.float32)), float(preset.header["rate"]), preset.header["dry"]
    )


def read_recording(path: Path) -> ImpulseResponse:
    """The room of a sound file; one that is louder than the dry sound is scaled to be as loud."""
    sound = reader.read(path, seconds=MAX_SECONDS + 1, is_mixed=False)
    if sound.seconds > MAX_SECONDS:
        raise ValueError(f"{path.name} is longer than {MAX_SECONDS:g} s; a room lasts up to that")
    if len(sound.samples) not in CHANNELS:
        count = len(sound.samples)
        raise ValueError(
            f"{path.name} has {count} channels; a room has one, two, or four (from each side to left and right)"
        )
    if not sound.samples.any():
        raise ValueError(f"{path.name} is silent")
    powers = (sound.samples.astype(np.float64) ** 2).sum(axis=1)
    power = (powers[:2] + powers[2:]).max() if len(powers) == CHANNELS[-1] else powers.max()
    return ImpulseResponse(sound.samples / np.float32(max(np.sqrt(power), 1.0)), float(sound.rate))


def write_room(preset: Preset, path: str | PathLike[str]) -> ImpulseResponse:
    """Write the learned impulse response to a sound file, and return it. PresetError if there is none."""
    learned = learned_room(preset)
    if learned is None:
        raise PresetError(f"{preset.header['name']} has no room to write to a sound file")
    float32 = Path(path).suffix.lower() == ".wav"
    with sound_writer(path, learned.rate, float32) as write:
        write(np.repeat(learned.samples, 2, axis=0) if len(learned.samples) == 1 else learned.samples)
    return learned
