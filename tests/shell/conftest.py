"""A shell for this processor, built once from the texts of the kernels."""

import os
import tempfile
from pathlib import Path

import pytest

from shell.build import SOURCES, build_native
from tests.support.shell_library import Library


@pytest.fixture(scope="session")
def library() -> Library:
    """The runtime of the shell, with the functions of the engine as numba compiles them here."""
    import numba  # noqa: F401 - its import sets the folder

    stamp = max(int(path.stat().st_mtime_ns) for path in SOURCES.iterdir())
    folder = Path(os.environ["NUMBA_CACHE_DIR"]) / "shell"
    path = folder / f"runtime-{stamp}.so"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as draft:
            os.replace(build_native(Path(draft)), path)
    return Library(path)
