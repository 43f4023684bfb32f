"""Notes that are learned already, kept in files until the whole instrument is, so that learning can go on later."""

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from .modes import Modes
from .note import Note

_MODES = tuple(field.name for field in fields(Modes))
_REST = tuple(field.name for field in fields(Note) if field.name != "modes")


def mark(recordings: Sequence[str], what: object) -> str:
    """What decides the notes of a key, in a few letters: its recordings, to the last byte, and the settings."""
    found = hashlib.sha256(repr(what).encode())
    for path in recordings:
        found.update(Path(path).read_bytes())
    return found.hexdigest()[:16]


def save(folder: Path, name: str, notes: Mapping[str, Note]) -> None:
    """Keep the notes of one key, by dynamic, under a name."""
    folder.mkdir(parents=True, exist_ok=True)
    values: dict[str, np.ndarray] = {}
    for dynamic, note in notes.items():
        values |= {f"{dynamic}/{part}": np.asarray(getattr(note.modes, part)) for part in _MODES}
        values |= {f"{dynamic}/{part}": np.asarray(getattr(note, part)) for part in _REST}
    with (folder / f"{name}.part").open("wb") as file:
        np.savez(file, **values)  # type: ignore[arg-type]
    (folder / f"{name}.part").replace(folder / f"{name}.npz")


def load(folder: Path, name: str) -> dict[str, Note] | None:
    """The notes kept under a name; None where there are none, or not whole ones."""
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as values:
            found = {key: values[key] for key in values.files}
        return {dynamic: _note(found, dynamic) for dynamic in dict.fromkeys(key.split("/")[0] for key in found)}
    except (OSError, ValueError, KeyError):
        return None


def forget(folder: Path) -> None:
    """Remove all that is kept in a folder, and the folder if that was all."""
    for path in [*folder.glob("*.npz"), *folder.glob("*.part")]:
        path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _note(values: Mapping[str, np.ndarray], dynamic: str) -> Note:
    rest = {part: values[f"{dynamic}/{part}"] for part in _REST}
    plain: dict[str, Any] = {part: value if value.ndim else value.item() for part, value in rest.items()}
    return Note(modes=Modes(*(values[f"{dynamic}/{part}"] for part in _MODES)), **plain)
