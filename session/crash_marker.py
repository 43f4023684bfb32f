"""Marker file that exists while a preset is loaded; the next start finds it after a crash."""

import contextlib
from pathlib import Path

from .config_store import folder, load, save


class LoadingMarker:
    """A file that exists while a preset is loaded: found at the start, it names what the last start crashed on."""

    def set(self, path: Path) -> None:
        """Write the marker."""
        save("loading", {"path": str(path)})

    def clear(self) -> None:
        """Remove the marker."""
        with contextlib.suppress(OSError):
            (folder() / "loading.json").unlink(missing_ok=True)

    def path(self) -> str:
        """The preset whose loading has not ended, or nothing."""
        return str(load("loading").get("path", ""))
