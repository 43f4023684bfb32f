"""Atomic writing of files: to a temporary file beside the old one, which it then replaces."""

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

_SUFFIX = ".part"


@contextmanager
def atomic_path(path: str | PathLike[str], durable: bool = False) -> Iterator[Path]:
    """Give the path of an empty temporary file; it replaces `path` at the end, and is removed after an error.

    durable: what was written is on the disk before it replaces anything. OSError.
    """
    path = Path(path)
    draft = path.with_name(f"{_prefix(path)}{os.urandom(4).hex()}{_SUFFIX}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the umask applies, unlike in mkstemp
    try:
        yield draft
        if durable:
            _sync(draft)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_bytes(path: str | PathLike[str], data: bytes | bytearray | memoryview, durable: bool = False) -> None:
    """Write a file whole or not at all. OSError."""
    with atomic_path(path, durable) as draft:
        draft.write_bytes(data)


def write_text(path: str | PathLike[str], text: str, durable: bool = False) -> None:
    """Write a UTF-8 text file whole or not at all. OSError."""
    write_bytes(path, text.encode(), durable)


def remove_drafts(path: str | PathLike[str]) -> None:
    """Remove the temporary files of a path whose writers were killed. OSError."""
    path = Path(path)
    for draft in path.parent.glob(glob.escape(_prefix(path)) + "*" + _SUFFIX):
        draft.unlink(missing_ok=True)


def _prefix(path: Path) -> str:
    return f".{path.stem[:40]}-"


def _sync(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
