"""The system's trash, for files of the user that are thrown away or replaced."""

import os
import shutil
from pathlib import Path

from PyQt6.QtCore import QFile

REPLACED_FOLDER = ".replaced"  # beside files that are about to be replaced


class Trash:
    """Remembers where in it each file went; of several from the same path the last one comes back first."""

    def __init__(self) -> None:
        self._trashed: dict[Path, list[Path]] = {}

    def move(self, path: Path) -> bool:
        """Move a file or a folder to the trash; whether it was done."""
        file = QFile(str(path))
        if not file.moveToTrash():
            return False
        self._trashed.setdefault(path, []).append(Path(file.fileName()))
        return True

    def restore(self, path: Path) -> bool:
        """Move back what was moved last from a path, unless the path is taken; whether it was done."""
        trashed = self._trashed.get(path)
        if not trashed or path.exists():
            return False
        return _move_back(trashed.pop(), path)

    def swap(self, path: Path) -> bool:
        """Move back what was moved last from a path, and what is there now to the trash; whether it was done."""
        trashed = self._trashed.get(path)
        if not trashed:
            return False
        last = trashed.pop()
        if path.exists() and not self.move(path):
            trashed.append(last)
            return False
        return _move_back(last, path)


class ReplacedFile:
    """Keeps a file until its successor, made by another program, is there; then the old one goes to the trash.

    What is kept lies in a hidden folder beside the file, and outlives the program.
    """

    def __init__(self, path: Path, trash: Trash) -> None:
        self._path, self._trash = path, trash
        self._kept = path.parent / REPLACED_FOLDER / path.name

    def keep(self) -> None:
        """Keep the file as it is now, if there is one. OSError."""
        self.discard()
        if not self._path.is_file():
            return
        self._kept.parent.mkdir(exist_ok=True)
        try:
            os.link(self._path, self._kept)
        except OSError:  # there are file systems without links
            shutil.copyfile(self._path, self._kept)

    def discard(self) -> None:
        """Keep nothing: there is no successor. OSError."""
        self._kept.unlink(missing_ok=True)

    def finish(self) -> bool:
        """The successor is there: move what was kept to the trash; whether it was done, or nothing was kept."""
        if not self._kept.is_file():
            return True
        successor = self._kept.with_name("new")
        try:
            self._path.rename(successor)
            self._kept.rename(self._path)  # so that the trash notes where it was
            is_done = self._trash.move(self._path)
            successor.replace(self._path)
        except OSError:
            if successor.is_file():
                successor.replace(self._path)
            return False
        return is_done


def _move_back(trashed: Path, path: Path) -> bool:
    """Move a file out of the trash, and remove what the trash noted about it; whether it was done."""
    try:
        trashed.rename(path)
        (trashed.parent.parent / "info" / f"{trashed.name}.trashinfo").unlink(missing_ok=True)
    except OSError:
        return False
    return True
