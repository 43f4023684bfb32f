"""What the window remembers from one evening to the next, and what it must not try again."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from platformdirs import user_config_path


def folder() -> Path:
    """Where it is kept; it may not exist yet."""
    return user_config_path("luthier", appauthor=False)


def recall(name: str) -> dict[str, Any]:
    """A JSON object that was kept under a name; an empty one when there is none that can be read."""
    try:
        found = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(name: str, values: dict[str, Any]) -> None:
    """Keep a JSON object, whole or not at all; a folder that cannot be written keeps nothing."""
    with contextlib.suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        draft = folder() / f".{name}.{os.getpid()}"
        draft.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(draft, folder() / f"{name}.json")


class Loading:
    """A mark that stands while a preset is loaded: who finds it at the start knows what the last start died of."""

    def begin(self, path: Path) -> None:
        """Set the mark."""
        keep("loading", {"path": str(path)})

    def done(self) -> None:
        """Take it away."""
        with contextlib.suppress(OSError):
            (folder() / "loading.json").unlink(missing_ok=True)

    def left(self) -> str:
        """The preset whose loading has not come to its end, or nothing."""
        return str(recall("loading").get("path", ""))
