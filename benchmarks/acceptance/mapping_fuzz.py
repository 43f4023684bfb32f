"""Damaged mappings of sample libraries, names of recordings made of pieces, and damaged chunks of samplers."""

from pathlib import Path

import numpy as np
import soundfile

from train.mapping.mapping_file import read_mapping
from train.mapping.recordings import note_recordings_of
from train.mapping.region import MappingError
from train.notes.note_recording import NoteRecording, read_note_recordings

from .damage import check, check_one_line, damage_bytes

SFZ = b"""#define $EXT wav
<control> default_path=Notes/ set_cc7=100 octave_offset=0
<global> volume=-3 amp_veltrack=50 <group> lovel=1 hivel=63 pan=-20 // soft
<region> sample=C4 p.$EXT lokey=58 hikey=c#4 pitch_keycenter=60 tune=-5 offset=30
<region> sample=E4 p.$EXT key=64 loop_mode=loop_sustain loop_end=80
<group> lovel=64 #include "part.txt"
<region> sample=C4 f.$EXT lokey=58 hikey=63 pitch_keycenter=60 seq_position=1 locc64=0 hicc64=63
<region> sample=C4 p.$EXT trigger=release key=60 /* a release */
"""
PRESET = b"""<?xml version="1.0"?><DecentSampler><groups volume="-3dB"><group hiVel="60" volume="0.5">
<sample path="Notes/C4 p.wav" rootNote="60" loNote="55" hiNote="62" tuning="0.05" start="10" pan="-30"/></group>
<group loVel="61"><sample path="Notes/C4 f.wav" rootNote="60" loopEnabled="true" loopEnd="500"/></group></groups>
</DecentSampler>"""
NAME_PIECES = (
    "A", "b", "C#", "es", "H", "Do", "sol", "0", "4", "-1", "60", "127", "v1", "v16", "vel", "pp", "FF", "piano",
    "mf", "soft", "rr2", "mic1", "_", "-", " ", ".", "'", ",", "#", "♭", "é", "(", "rel", "close", "Gtr", "💿",
)  # fmt: skip


def damage_mapping(random: np.random.Generator, folder: Path) -> None:
    """Change bytes of a mapping; it must be refused in one line, or its recordings have keys and files."""
    (folder / "Notes").mkdir(exist_ok=True)
    for name in ("C4 p.wav", "E4 p.wav", "C4 f.wav"):
        (folder / "Notes" / name).touch()
    (folder / "part.txt").write_bytes(damage_bytes(b"<region> sample=E4 p.$EXT key=65\n", random))
    suffix, whole = ((".sfz", SFZ), (".dspreset", PRESET))[int(random.integers(2))]
    path = folder / f"damaged{suffix}"
    path.write_bytes(damage_bytes(whole, random))
    try:
        _check_recordings(note_recordings_of(read_mapping(path)))
    except MappingError as error:
        check_one_line(error)


def read_made_names(random: np.random.Generator, folder: Path) -> None:
    """Read the names of files put together from pieces of names, one with a damaged chunk of a sampler."""
    count = int(random.integers(1, 9))
    names = ["".join(random.choice(NAME_PIECES, int(random.integers(1, 9)))) + ".wav" for _ in range(count)]
    paths = [folder / name for name in names]
    soundfile.write(paths[0], np.zeros(8), 8000, format="WAV")
    chunk = damage_bytes(b"smpl\x24\0\0\0" + bytes(12) + b"\x3c" + bytes(23), random)
    paths[0].write_bytes(paths[0].read_bytes() + chunk)
    _check_recordings(read_note_recordings(paths))
    paths[0].unlink()


def _check_recordings(recordings: list[NoteRecording]) -> None:
    """Check keys and frames of recordings."""
    for recorded in recordings:
        check(all(key is None or 0 <= key <= 127 for key in recorded.said.keys), f"keys {recorded.said.keys}")
        check(
            recorded.first >= 0 and np.isfinite([recorded.cents, recorded.decibels, recorded.pan]).all(),
            f"{recorded}",
        )
