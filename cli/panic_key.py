"""What the player types while an instrument plays."""

import os
import sys
from collections.abc import Callable

PANIC = "p "  # keys that silence everything


def listener(panic: Callable[[], object]) -> Callable[[], None] | None:
    """A look at the keys that were typed since the last one; None where nobody can type."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None

    def look() -> None:
        if any(key in PANIC for key in _typed()):
            panic()

    return look


if sys.platform == "win32":
    import msvcrt

    def _typed() -> str:
        """The keys pressed since the last look."""
        keys = ""
        while msvcrt.kbhit():
            keys += msvcrt.getwch()
        return keys

else:
    import select

    def _typed() -> str:
        """The line typed since the last look, once Enter has ended it."""
        ready, _, _ = select.select([sys.stdin], [], [], 0)
        return os.read(sys.stdin.fileno(), 1024).decode(errors="replace") if ready else ""
