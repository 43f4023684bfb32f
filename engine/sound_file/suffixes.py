"""Suffixes of sound files, and the sound files of a folder."""

import os
from pathlib import Path

SOUND_SUFFIXES = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".aif", ".aiff", ".aifc", ".ogg", ".oga", ".opus", ".mp3",
    ".mp2", ".caf", ".au", ".snd", ".sd2", ".svx", ".8svx", ".iff", ".voc", ".sf", ".ircam", ".paf", ".fap", ".pvf",
    ".xi", ".htk", ".sds", ".avr", ".wve", ".mpc2k", ".irs", ".nist", ".sph", ".mat", ".mat4", ".mat5",
)  # fmt: skip
"""Of files that libsndfile reads; the first ones are the usual ones."""
AV_SUFFIXES = (
    ".m4a", ".aac", ".mp4", ".m4b", ".m4v", ".mov", ".3gp", ".3g2", ".caf", ".webm", ".mkv", ".mka", ".wma", ".wmv",
    ".avi", ".mpg", ".mpeg", ".mts", ".flv", ".amr", ".ac3", ".eac3", ".ape", ".wv", ".tta", ".dsf", ".alac",
)  # fmt: skip
"""Of files that PyAV reads, where it is installed."""
READABLE_SUFFIXES = tuple(dict.fromkeys((*SOUND_SUFFIXES, *AV_SUFFIXES)))
_MAGICS = (
    b"RIFF",
    b"RIFX",
    b"RF64",
    b"BW64",
    b"fLaC",
    b"FORM",
    b"OggS",
    b"ID3",
    b"caff",
    b".snd",
    b"\xff\xfb",
    b"\xff\xf3",
)
SYSTEM_FOLDERS = ("__MACOSX", "$RECYCLE.BIN", "System Volume Information")
"""Passed over like hidden ones."""


def is_sound_file(path: Path) -> bool:
    """Whether a file is meant to be heard: not hidden, and named as sound, or without suffix and with sound."""
    if path.name.startswith("."):
        return False
    return path.suffix.lower() in READABLE_SUFFIXES or (not path.suffix and begins_as_sound(path))


def begins_as_sound(path: Path) -> bool:
    """Whether the first bytes of a file are those of a sound file; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4).startswith(_MAGICS)
    except OSError:
        return False


def find_sound_files(folder: Path) -> list[Path]:
    """All sound files of a folder and of the folders in it, sorted; hidden ones are passed over.

    Links are followed, but not to a folder above.
    """
    found: list[Path] = []
    visited = {(status.st_dev, status.st_ino) for status in map(os.stat, folder.resolve().parents)}
    for parent, folders, names in os.walk(folder, followlinks=True):
        status = os.stat(parent)
        if (status.st_dev, status.st_ino) in visited:
            folders.clear()
            continue
        visited.add((status.st_dev, status.st_ino))
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SYSTEM_FOLDERS]
        paths = (Path(parent) / name for name in names)
        found += [path for path in paths if path.is_file() and is_sound_file(path)]
    return sorted(found)
