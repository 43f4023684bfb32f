"""Where a preset that is to be learned will lie: whether it can, and what is there already."""

import os
import sys
import tempfile
from pathlib import Path

from engine.preset import library


def place(name: str, resume: bool) -> Path:
    """The file for a preset, and on stderr what becomes of what is there; ValueError if it could not be written."""
    path = library.destination(name)
    _check(path)
    words = _fate(path, resume)
    if words and os.environ.get("RANK", "0") == "0":
        print(words, file=sys.stderr)
    return path


def working_folder(path: Path) -> Path:
    """The folder beside a preset for what is needed to go on learning it."""
    return path.with_suffix(".learning")


def _check(path: Path) -> None:
    """ValueError if nothing can be written there."""
    folder = working_folder(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder: say a name for the preset, or a file")
    if folder == path or (folder.exists() and not folder.is_dir()):
        raise ValueError(f"{folder} must be free for what is needed to go on: choose another name for the preset")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write {path.name} to")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _fate(path: Path, resume: bool) -> str:
    """What becomes of what is there, in a sentence; nothing where that is plain."""
    folder = working_folder(path)
    begun = (folder / "checkpoint.pt").is_file() or any(folder.glob("*.npz"))
    if resume:
        return "" if begun else f"there is nothing in {folder} to go on from: beginning anew"
    if begun:
        there = " and ".join(str(one) for one in (folder, path) if one.exists())
        return f"beginning anew: {there} will be overwritten (--resume would go on from there)"
    return f"{path} will be replaced" if path.exists() else ""
