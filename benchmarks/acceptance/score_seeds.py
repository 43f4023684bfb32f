"""MIDI files to be damaged: the demo, and one with every construct of the format."""

from functools import cache

from engine.preset import library

_SECOND_TRACK = (
    b"\x00\xff\x03\x04harp\x00\xff\x20\x01\x02\x00\xff\x59\x02\xfe\x01\x00\xf0\x05\x7e\x7f\x09\x01\xf7\x00\xc2\x2e"
    b"\x00\x92\x40\x50\x10\x43\x50\x81\x70\x82\x40\x40\x00\x43\x40\x00\xe2\x00\x50\x00\xb2\x40\x7f\x10\xd2\x30\x00\xa2\x40\x20"
    b"\x00\xf7\x02\xf3\x01\x00\xfe\x00\x92\x48\x60\x83\x60\x48\x00\x00\xff\x2f\x00"
)
_TEMPO_TRACK = (
    b"\x00\xff\x58\x04\x03\x02\x18\x08\x00\xff\x51\x03\x07\xa1\x20\x83\x60\xff\x51\x03\x05\x00\x00\x00\xff\x2f\x00"
)


@cache
def score_seeds() -> tuple[bytes, ...]:
    """The bytes of each: formats 0, 1 and 2, in quarter notes and in film frames, alone and in RIFF."""
    made = [_file(kind, division) for kind, division in ((1, 480), (1, 96), (2, 480), (0, 32767), (1, 0xE728))]
    riff = b"RIFF" + (len(made[0]) + 12).to_bytes(4, "little") + b"RMIDdata" + len(made[0]).to_bytes(4, "little")
    return ((library.factory_folder() / "demo.mid").read_bytes(), *made, riff + made[0])


def _file(kind: int, division: int) -> bytes:
    """A file of two tracks, and a chunk of another program between them."""
    header = b"MThd\x00\x00\x00\x06" + kind.to_bytes(2, "big") + b"\x00\x02" + division.to_bytes(2, "big")
    chunks = ((b"MTrk", _TEMPO_TRACK), (b"XFKM", b"abcd"), (b"MTrk", _SECOND_TRACK))
    return header + b"".join(tag + len(content).to_bytes(4, "big") + content for tag, content in chunks)
