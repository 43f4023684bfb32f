"""Cache of learned notes in files, so that an interrupted run of learning can be resumed."""

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from engine.atomic_write import atomic_path

from .mode_set import Modes
from .note import Note

_MODE_FIELDS = tuple(field.name for field in fields(Modes))
_FIELDS = tuple(field.name for field in fields(Note) if field.name != "modes")


def fingerprint(recordings: Sequence[str], settings: object) -> str:
    """Digest of what determines the notes of a key: the content of its recordings, and the settings."""
    digest = hashlib.sha256(repr(settings).encode())
    for path in recordings:
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]


def save(folder: Path, name: str, notes: Mapping[str, Note]) -> None:
    """Save the notes of one key, by dynamic, under a name."""
    folder.mkdir(parents=True, exist_ok=True)
    values: dict[str, np.ndarray] = {}
    for dynamic, note in notes.items():
        values |= {f"{dynamic}/{part}": np.asarray(getattr(note.modes, part)) for part in _MODE_FIELDS}
        values |= {f"{dynamic}/{part}": np.asarray(getattr(note, part)) for part in _FIELDS}
    with atomic_path(folder / f"{name}.npz") as draft, draft.open("wb") as file:
        np.savez(file, **values)  # type: ignore[arg-type]


def load(folder: Path, name: str) -> dict[str, Note] | None:
    """Load the notes saved under a name; None where the file is missing or damaged."""
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as values:
            values_by_name = {key: values[key] for key in values.files}
        return {
            dynamic: _note(values_by_name, dynamic)
            for dynamic in dict.fromkeys(key.split("/")[0] for key in values_by_name)
        }
    except (OSError, ValueError, KeyError):
        return None


def clear(folder: Path) -> None:
    """Remove all cached notes from a folder, and the folder if it is then empty."""
    for path in [*folder.glob("*.npz"), *folder.glob("*.part")]:
        path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _note(values: Mapping[str, np.ndarray], dynamic: str) -> Note:
    arrays = {part: values[f"{dynamic}/{part}"] for part in _FIELDS}
    fields_by_name: dict[str, Any] = {part: value if value.ndim else value.item() for part, value in arrays.items()}
    return Note(modes=Modes(*(values[f"{dynamic}/{part}"] for part in _MODE_FIELDS)), **fields_by_name)
