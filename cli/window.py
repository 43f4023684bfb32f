"""luthier [FILE...]: the window, with files to open."""

from collections.abc import Sequence
from pathlib import Path


def run(words: Sequence[str]) -> int:
    """Open it until it is closed; the exit status. OSError says why it cannot be opened."""
    from gui import app

    return app.run([Path(word) for word in words])
