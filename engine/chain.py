"""The row that a preset is played with: the instrument, the room around it, and what may follow a voice for it."""

import os
from collections.abc import Sequence
from pathlib import Path

from engine.effects.convolution_reverb import Room
from engine.instruments import Instrument, make
from engine.instruments.ddsp.instrument import Ddsp
from engine.plugin import Plugin
from engine.preset.library import ONNX, find
from engine.preset.preset_file import Preset, read

from .impulse_response import NONE, of_preset
from .impulse_response import room as room_of


def make_row(
    preset: Preset | str | os.PathLike[str], seed: int = 0, room: str | os.PathLike[str] | None = None
) -> list[Plugin]:
    """[main thread] The instrument of a preset, first, and its room, if any.

    preset: read already, or a name or path, also of a decoder made elsewhere (.onnx). seed: decides its noise.
    room: "none", a sound file, or a preset whose room it shall be; the preset's own otherwise. PresetError,
    ValueError or OSError say in one line what is wrong.
    """
    if isinstance(preset, Preset):
        instrument: Instrument = make(preset, seed)
    else:
        instrument = _load(find(preset), seed)
        preset = instrument.preset
    if room == NONE:
        return [instrument]
    response = of_preset(preset) if room is None else room_of(room)
    if response is None or (response.dry == 1 and not response.samples.any()):
        return [instrument]
    return [instrument, Room(response.samples, response.rate, response.dry)]


def follow(row: Sequence[Plugin]) -> list[Plugin]:
    """[main thread] A row with a tracker at its head, so that its instrument is sung; ValueError if it cannot be."""
    if not isinstance(row[0], Ddsp):
        raise ValueError(
            f"{row[0].name} instruments cannot follow a voice; those of kind ddsp can, as violin and flute"
        )
    from engine.voice.tracker_plugin import Voice

    return [Voice(row[0].preset.header["features"]["mean"]), *row]


def _load(path: Path, seed: int) -> Instrument:
    """The instrument of a file."""
    if path.suffix.lower() == ONNX:
        from engine.instruments.ddsp.onnx_decoder import Foreign

        return Foreign(path).instrument(seed)
    return make(read(path), seed)
