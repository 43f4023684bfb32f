"""The shell for pages: as it was built, or built once into the folder of compiled code."""

from pathlib import Path

from export.page.page import SHELL_NAME
from export.shell_file import find_shell
from shell.build import build_wasm
from tests.support.shell.shell_folder import shell_folder


def browser_shell() -> Path:
    """The folder of the shell; minutes where it has to be compiled."""
    try:
        return find_shell(SHELL_NAME).parent
    except FileNotFoundError:
        folder = shell_folder("built-shells")
        if not (folder / SHELL_NAME).exists():
            build_wasm(folder)
        return folder
