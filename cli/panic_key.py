"""The panic key: `p` or space, typed while an instrument plays."""

import os
import sys
from collections.abc import Callable

PANIC = "p "  # keys that silence everything


def listener(panic: Callable[[], object]) -> Callable[[], None] | None:
    """A function that polls the typed keys and panics if one says so; None where stdin is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None

    def poll() -> None:
        if any(key in PANIC for key in _typed()):
            panic()

    return poll


if sys.platform == "win32":
    import msvcrt

    def _typed() -> str:
        """The keys typed since the last call."""
        keys = ""
        while msvcrt.kbhit():
            keys += msvcrt.getwch()
        return keys

else:
    import select

    def _typed() -> str:
        """The line typed since the last call, once Enter has ended it."""
        ready, _, _ = select.select([sys.stdin], [], [], 0)
        return os.read(sys.stdin.fileno(), 1024).decode(errors="replace") if ready else ""
