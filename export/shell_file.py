"""The shells that are installed with Luthier, or built from its sources."""

import os
from pathlib import Path

SHELL_FOLDER = "LUTHIER_SHELLS"
"""Environment variable: a folder of shells built elsewhere."""
_FOLDERS = (Path(__file__).parents[1] / "shell" / "binaries",)


def find_shell(name: str) -> Path:
    """The file of a shell. FileNotFoundError, one line, if there is none."""
    folders = [Path(os.environ[SHELL_FOLDER])] if SHELL_FOLDER in os.environ else [*_FOLDERS]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} was not built: a release of Luthier has it; from the sources: make shells")


def check_shell(shell: bytes, name: str, digest: int) -> None:
    """ValueError, one line, for a shell of other sources than those of images with this digest of their records."""
    if digest.to_bytes(8, "little") not in shell:
        raise ValueError(f"{name} was built from other sources than these: build it anew by make shells")
