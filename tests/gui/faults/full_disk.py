"""A disk without room, as this process finds it: whatever opens a file to be written is refused by the system."""

import builtins
import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

VIRTUAL = ("/dev/", "/proc/", "/sys/")  # files that need no room


@contextmanager
def full_disk() -> Iterator[None]:
    """Refuse to open files for writing, with ENOSPC and the path, as long as the context lasts."""
    os_open, io_open, mkdir = os.open, io.open, os.mkdir

    def is_on_disk(path: Any) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and not os.fsdecode(path).startswith(VIRTUAL)

    def refuse(path: Any) -> OSError:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    def open_file(path: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        if set(mode) & set("wax+") and is_on_disk(path):
            raise refuse(path)
        return io_open(path, mode, *args, **named)

    def open_descriptor(path: Any, flags: int, *args: Any, **named: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and is_on_disk(path):
            raise refuse(path)
        return os_open(path, flags, *args, **named)

    def make_folder(path: Any, *args: Any, **named: Any) -> None:
        if not os.path.isdir(path):
            raise refuse(path)
        mkdir(path, *args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", open_file)
        patch.setattr(builtins, "open", open_file)
        patch.setattr(os, "open", open_descriptor)
        patch.setattr(os, "mkdir", make_folder)
        yield
