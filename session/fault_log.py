"""Fault log: traces of errors that nothing handled, in a file of the user's state folder."""

import contextlib
import time
import traceback
from pathlib import Path

from platformdirs import user_state_path

import engine

MAX_BYTES = 1_000_000  # after which a new file is begun; the last one is kept
REPEAT_SECONDS = 1.0  # for which the same fault is not told again
_last_times: dict[str, float] = {}  # in s, monotonic, by kind and line of the program


def path() -> Path:
    """The file; it may not exist yet."""
    return user_state_path("luthier", appauthor=False) / "faults.log"


def write(error: BaseException) -> bool:
    """[any thread] Append the trace of an error; False if the same fault was told less than REPEAT_SECONDS ago.

    Nothing is written where the folder cannot be.
    """
    trace = "".join(traceback.format_exception(error))
    frames, now = traceback.extract_tb(error.__traceback__), time.monotonic()
    where = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}" if frames else trace
    if now - _last_times.get(where, -REPEAT_SECONDS) < REPEAT_SECONDS:
        return False
    _last_times[where] = now
    with contextlib.suppress(OSError):
        _append(f"{time.strftime('%Y-%m-%d %H:%M:%S')} Luthier {engine.VERSION}\n{trace}\n")
    return True


def _append(text: str) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_file() and file.stat().st_size > MAX_BYTES:
        file.replace(file.with_suffix(".1.log"))
    with file.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text)
