"""The shell for pages: as it was built, or built once into the folder of compiled code."""

import os
from pathlib import Path

from export.page.page import SHELL_NAME
from export.shell_file import find_shell
from shell.build import SOURCES, build_wasm


def browser_shell() -> Path:
    """The folder of the shell; minutes where it has to be compiled."""
    try:
        return find_shell(SHELL_NAME).parent
    except FileNotFoundError:
        import numba  # noqa: F401 - its import sets the folder

        stamp = max(path.stat().st_mtime_ns for path in SOURCES.iterdir())
        folder = Path(os.environ["NUMBA_CACHE_DIR"]) / f"built-shells-{stamp}"
        if not (folder / SHELL_NAME).exists():
            build_wasm(folder)
        return folder
