"""The output path of `luthier learn`: whether it can be written, and what of an earlier run it replaces."""

import os
import sys
import tempfile
from pathlib import Path

from engine.preset import library


def check_output(name: str, resume: bool, replace: bool = False) -> Path:
    """The path for a name or path; what will be replaced is printed.

    ValueError if it cannot be written, or something would be overwritten that `replace` does not allow.
    """
    path = library.destination(name)
    _check(path)
    if os.environ.get("RANK", "0") != "0":  # the first of several processes that learn together checks for all
        return path
    if not replace:
        _check_free(path, resume)
    warning = _warning(path, resume)
    if warning:
        print(warning, file=sys.stderr)
    return path


def working_folder(path: Path) -> Path:
    """The folder beside a preset for the checkpoint and the logs of its run."""
    return path.with_suffix(library.LEARNING_SUFFIX)


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


def _check_free(path: Path, resume: bool) -> None:
    """ValueError if an instrument or an unfinished run would be overwritten."""
    folder, has_run = working_folder(path), _has_checkpoint(path)
    if has_run and not resume:
        existing = " and ".join(str(each) for each in (folder, path) if each.exists())
        raise ValueError(f"{existing} would be overwritten: --resume goes on, --replace begins anew")
    if path.exists() and not has_run:
        raise ValueError(f"{path} exists already: say another name, or --replace")


def _warning(path: Path, resume: bool) -> str:
    """What is overwritten, or missing to resume; empty if there is nothing to say."""
    folder, has_run = working_folder(path), _has_checkpoint(path)
    if resume:
        return "" if has_run else f"there is nothing in {folder} to go on from: beginning anew"
    if has_run:
        existing = " and ".join(str(each) for each in (folder, path) if each.exists())
        return f"beginning anew: {existing} will be overwritten (--resume would go on from there)"
    return f"{path} will be replaced" if path.exists() else ""


def _has_checkpoint(path: Path) -> bool:
    """Whether a run can go on."""
    folder = working_folder(path)
    return (folder / "checkpoint.pt").is_file() or any(folder.glob("*.npz"))
