"""Crash marker: a file that exists only while an instrument is loaded, and that the next start finds."""

import contextlib
from pathlib import Path

from .config_store import folder, load, save


class LoadingMarker:
    """The marker file; found at the start, it names the instrument that was being loaded at the crash."""

    def set(self, path: Path) -> None:
        """Write the marker."""
        save("loading", {"path": str(path)})

    def clear(self) -> None:
        """Remove the marker."""
        with contextlib.suppress(OSError):
            (folder() / "loading.json").unlink(missing_ok=True)

    def path(self) -> str:
        """The path of the instrument whose loading has not ended; empty if there is none."""
        return str(load("loading").get("path", ""))
