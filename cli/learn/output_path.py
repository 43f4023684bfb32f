"""The output path of `luthier learn`: whether it can be written, and what of an earlier run it replaces."""

import os
import sys
import tempfile
from pathlib import Path

from engine.preset import library


def check_output(name: str, resume: bool) -> Path:
    """The path for a name or path; what will be overwritten is printed. ValueError if it cannot be written."""
    path = library.destination(name)
    _check(path)
    warning = _warning(path, resume)
    if warning and os.environ.get("RANK", "0") == "0":
        print(warning, file=sys.stderr)
    return path


def working_folder(path: Path) -> Path:
    """The folder beside a preset for the checkpoint and the logs of its run."""
    return path.with_suffix(".learning")


def _check(path: Path) -> None:
    """ValueError if nothing can be written there."""
    folder = working_folder(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder: say a name for the instrument, or a file")
    if folder == path or (folder.exists() and not folder.is_dir()):
        raise ValueError(f"{folder} must be free for what is needed to go on: choose another name for the instrument")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write {path.name} to")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror or error}") from None


def _warning(path: Path, resume: bool) -> str:
    """What is overwritten, or missing to resume; empty if there is nothing to say."""
    folder = working_folder(path)
    has_checkpoint = (folder / "checkpoint.pt").is_file() or any(folder.glob("*.npz"))
    if resume:
        return "" if has_checkpoint else f"there is nothing in {folder} to go on from: beginning anew"
    if has_checkpoint:
        existing = " and ".join(str(each) for each in (folder, path) if each.exists())
        return f"beginning anew: {existing} will be overwritten (--resume would go on from there)"
    return f"{path} will be replaced" if path.exists() else ""
