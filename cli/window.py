"""luthier [FILE...]: open the window, and files in it."""

from collections.abc import Sequence
from pathlib import Path


def run(arguments: Sequence[str]) -> int:
    """Run the window; the exit status. OSError says why it cannot be opened."""
    from gui import app

    return app.run([Path(argument) for argument in arguments])
