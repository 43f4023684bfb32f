"""A part of a file behind a header of our own, as a file that libsndfile can read."""

import io
import os
from pathlib import Path
from types import TracebackType


class ByteWindow:
    """Bytes that are written here, then bytes start … end − 1 of a file; read only."""

    def __init__(self, path: Path, header: bytes = b"", start: int = 0, end: int | None = None) -> None:
        """OSError if the file cannot be opened."""
        self._file = path.open("rb", buffering=0)
        self._header, self._start = header, start
        self._size = len(header) + (os.path.getsize(path) if end is None else end) - start
        self._position = 0

    def readinto(self, buffer: memoryview) -> int:
        """Fill a buffer as far as there are bytes; their number."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, count: int = -1) -> bytes:
        """The next bytes; fewer at the end."""
        left = max(self._size - self._position, 0)
        count = left if count < 0 else min(count, left)
        data = self._header[self._position : self._position + count]
        if len(data) < count:
            self._file.seek(self._start + self._position + len(data) - len(self._header))
            data += self._file.read(count - len(data))
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, counted as in any file."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(origin + offset, 0)
        return self._position

    def tell(self) -> int:
        """The position."""
        return self._position

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> "ByteWindow":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
