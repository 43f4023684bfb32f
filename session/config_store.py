"""JSON files in the user's configuration folder."""

import json
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from engine.atomic_write import write_text


def folder() -> Path:
    """The configuration folder; it may not exist yet."""
    return user_config_path("luthier", appauthor=False)


def load(name: str) -> dict[str, Any]:
    """The JSON object that was saved under a name; empty where none can be read."""
    try:
        found = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save(name: str, values: dict[str, Any]) -> OSError | None:
    """Save a JSON object, whole or not at all; the error where the folder cannot be written."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        write_text(folder() / f"{name}.json", json.dumps(values, ensure_ascii=False, indent=1))
    except OSError as error:
        return error
    return None
