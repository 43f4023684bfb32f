"""The panic key: a key typed into the terminal that silences everything."""

import os
import sys
from collections.abc import Callable

PANIC_KEYS = "p "  # silence everything


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


def make_poll(panic: Callable[[], object]) -> Callable[[], None] | None:
    """A function that polls the typed keys and calls `panic` on a panic key; None where stdin is not a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None

    def poll() -> None:
        if any(key in PANIC_KEYS for key in _typed()):
            panic()

    return poll
