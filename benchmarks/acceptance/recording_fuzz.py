"""Damaged recordings, real ones where they are at hand, through the reader of all commands: time, memory, errors."""

import io
import os
import resource
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from engine.sound_file import reader, suffixes

from .damage import check, check_one_line, damage_bytes

MAX_SECONDS = 10.0  # of reading
MAX_BYTES, MAX_FILE_RATIO = 500 << 20, 4  # of memory: so much, and so many times the file
MAX_RECORDING_BYTES = 3 << 20  # of what is damaged
MAX_RECORDINGS = 100  # of each format
HEAD_BYTES = 256
MAX_MOVED_BYTES = 4096
RESAMPLED_RATE = 44_100  # Hz
MADE = (
    ("WAV", "PCM_24"),
    ("WAV", "FLOAT"),
    ("AIFF", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("OGG", "VORBIS"),
    ("CAF", "ALAC_16"),
)
RATE, SECONDS = 44_100, 1.0  # of those that are made


def damage_recording(random: np.random.Generator, folder: Path) -> None:
    """Change bytes of a recording, move parts of it, or cut it; it is read, or refused in one line."""
    formats = _recordings()
    suffix = list(formats)[int(random.integers(len(formats)))]
    data = formats[suffix][int(random.integers(len(formats[suffix])))]
    data = data if isinstance(data, bytes) else data.read_bytes()
    path = folder / f"damaged{suffix}"
    path.write_bytes(_damage(data, random))
    rate = RESAMPLED_RATE if random.random() < 0.5 else None
    before, start = _reset_peak_bytes(), time.monotonic()
    try:
        sound = reader.read(path, rate)
    except reader.RecordingError as error:
        check_one_line(error)
    else:
        check(sound.samples.ndim == 2 and sound.samples.size > 0, "it has no frames")
        check(np.isfinite(sound.samples).all(), "it has samples that are no numbers")
        check(all("\n" not in notice and notice.startswith(path.name) for notice in sound.notices), "no lines")
    check(time.monotonic() - start < MAX_SECONDS, f"it took {time.monotonic() - start:.1f} s")
    used = _peak_bytes() - before
    check(used < MAX_BYTES + MAX_FILE_RATIO * path.stat().st_size, f"it took {used / 2**20:.0f} MB")


def _damage(data: bytes, random: np.random.Generator) -> bytes:
    """Damage anywhere, in the header, or by parts that change places."""
    match int(random.integers(4)):
        case 0:
            return damage_bytes(data, random)
        case 1:
            return damage_bytes(data[:HEAD_BYTES], random) + data[HEAD_BYTES:]
        case 2:
            return damage_bytes(damage_bytes(data[:HEAD_BYTES], random) + data[HEAD_BYTES:], random)
        case _:
            length = int(random.integers(1, MAX_MOVED_BYTES))
            first, second = sorted(int(random.integers(len(data))) for _ in range(2))
            moved = data[first : first + length]
            return data[:first] + data[first + length : second] + moved + data[second:]


@cache
def _recordings() -> dict[str, list[Path | bytes]]:
    """Recordings by suffix: those in $LUTHIER_DATA, and some that are made."""
    found: dict[str, list[Path | bytes]] = {}
    folder = os.environ.get("LUTHIER_DATA")
    for path in suffixes.find_sound_files(Path(folder)) if folder else []:
        if path.stat().st_size <= MAX_RECORDING_BYTES:
            found.setdefault(path.suffix, []).append(path)
    for kind, subtype in MADE:
        found.setdefault(f".{kind.lower()}", []).append(_made(kind, subtype))
    return {suffix: _spread(files) for suffix, files in sorted(found.items())}


def _spread(files: list[Path | bytes]) -> list[Path | bytes]:
    """Some of the files, from all of them."""
    return files[:: -(-len(files) // MAX_RECORDINGS)]


def _made(kind: str, subtype: str) -> bytes:
    """A decaying tone on two channels."""
    time_ = np.arange(round(SECONDS * RATE)) / RATE
    tone = 0.5 * np.exp(-3 * time_) * np.sin(2 * np.pi * 220 * time_)
    file = io.BytesIO()
    soundfile.write(file, np.stack([tone, 0.8 * tone], axis=1), RATE, subtype, format=kind)
    return file.getvalue()


def _reset_peak_bytes() -> int:
    """The memory that the process takes, from which its peak is counted anew where the system can do that."""
    if sys.platform.startswith("linux"):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak_bytes()


def _peak_bytes() -> int:
    """The most memory that the process has taken."""
    if sys.platform.startswith("linux"):
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
