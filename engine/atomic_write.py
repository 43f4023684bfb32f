"""Atomic writing of files: to a temporary file beside the old one, which it then replaces."""

import contextlib
import errno
import glob
import os
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

_SUFFIX = ".part"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFullError(OSError):
    """A file for which there is no room left; the text is one line for the user."""

    def __init__(self, path: str | PathLike[str], reason: int = errno.ENOSPC) -> None:
        name, folder = Path(path).name, Path(path).absolute().parent
        text = f"the disk is full: no room for {name} in {folder}"
        super().__init__(
            reason, f"{name} is larger than a file may be in {folder}" if reason == errno.EFBIG else text
        )

    def __str__(self) -> str:
        return str(self.strerror)


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room on the disk."""
    return isinstance(error, OSError) and error.errno in _FULL


def error_line(error: BaseException) -> str:
    """One line about an error for the user, without the number of an error of the system."""
    if not isinstance(error, OSError) or isinstance(error, DiskFullError):
        return str(error)
    if is_full(error):
        return (
            str(DiskFullError(error.filename)) if error.filename else "the disk is full: nothing more can be written"
        )
    return f"{os.fsdecode(error.filename)}: {error.strerror}" if error.filename and error.strerror else str(error)


@contextlib.contextmanager
def atomic_path(path: str | PathLike[str], durable: bool = False) -> Iterator[Path]:
    """Give the path of an empty temporary file; it replaces `path` at the end, and is removed after an error.

    durable: what was written is on the disk before it replaces anything. OSError, of these DiskFullError.
    """
    path = Path(path)
    with contextlib.suppress(FileNotFoundError):
        path.lstat()  # a name that is too long is an error now, and not when all is written
    draft = path.with_name(f"{_prefix(path)}{os.urandom(4).hex()}{_SUFFIX}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))  # the umask applies, unlike in mkstemp
        yield draft
        if durable:
            _sync(draft)
        os.replace(draft, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        if is_full(error) and not isinstance(error, DiskFullError):
            raise DiskFullError(path, getattr(error, "errno", errno.ENOSPC)) from error
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
