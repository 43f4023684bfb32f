"""The folders of shells that tests build, kept beside the texts that they are made of."""

from collections.abc import Iterable
from pathlib import Path

from engine.kernel.text import text_path
from shell.build import SOURCES


def shell_folder(name: str, more_sources: Iterable[Path] = ()) -> Path:
    """A folder for shells of these sources and of this checkout; it may not exist yet."""
    import numba  # noqa: F401 - its import sets the cache folder, see engine.kernel_cache

    stamp = max(path.stat().st_mtime_ns for path in (*more_sources, *SOURCES.iterdir()))
    return text_path(name).parent / f"{name}-{stamp}"
