"""What samplers write into WAV files: key, tuning and velocities, in the chunks `smpl` and `inst`."""

import struct
from dataclasses import dataclass
from pathlib import Path

MAX_CHUNKS = 1000
"""Chunks of a file that are looked at."""

_SMPL = struct.Struct("<3I2I")
"""Manufacturer, product, nanoseconds per sample, MIDI key, fraction of a semitone / 2³²."""
_INST = struct.Struct("<BbbBBBB")
"""MIDI key, cents, decibels, lowest and highest key, lowest and highest velocity."""


@dataclass(frozen=True)
class SamplerChunks:
    """MIDI key of a recording, the cents by which its pitch is above that, and its lowest and highest velocity."""

    key: int
    cents: float = 0.0
    velocities: tuple[int, int] = (1, 127)


def read_sampler_chunks(path: Path) -> SamplerChunks | None:
    """What a file says of itself; None where it says nothing, or is no WAV file."""
    try:
        chunks = _read_chunks(path)
    except (OSError, struct.error):
        return None
    key, cents = None, 0.0
    if len(chunks.get(b"smpl", b"")) >= _SMPL.size:
        *_, key, fraction = _SMPL.unpack_from(chunks[b"smpl"])
        cents = 100 * fraction / 2**32
    velocities = (1, 127)
    if len(chunks.get(b"inst", b"")) >= _INST.size:
        base, tuning, _, _, _, low, high = _INST.unpack_from(chunks[b"inst"])
        key, cents = (base, -float(tuning)) if key is None else (key, cents)
        velocities = (low, high) if 0 <= low <= high <= 127 else velocities
    return SamplerChunks(key, cents, velocities) if key is not None and key <= 127 else None


def _read_chunks(path: Path) -> dict[bytes, bytes]:
    """The contents of the chunks `smpl` and `inst`; other chunks are passed over."""
    found: dict[bytes, bytes] = {}
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
            return found
        for _ in range(MAX_CHUNKS):
            header = file.read(8)
            if len(header) < 8:
                break
            name, size = struct.unpack("<4sI", header)
            if name in (b"smpl", b"inst"):
                found[name] = file.read(min(size, 64))
                file.seek(max(size - 64, 0) + size % 2, 1)
            else:
                file.seek(size + size % 2, 1)
    return found
