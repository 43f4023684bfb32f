"""A decoded instrument of random weights, and a score of one note, as files."""

from pathlib import Path

import mido

from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, write


def write_instrument_and_score(folder: Path) -> None:
    """Write drawn.luthier and score.mid."""
    header, tensors = random_preset(taps=800)
    write(folder / "drawn.luthier", Preset({**header, "level": -24.0}, tensors))
    notes = [mido.Message("note_on", note=69, velocity=90, time=0), mido.Message("note_off", note=69, time=240)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(folder / "score.mid")
