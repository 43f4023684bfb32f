"""The system's bin: what was thrown into it can be brought back."""

from pathlib import Path

from PyQt6.QtCore import QFile


class Bin:
    """Remembers where in the bin a file went."""

    def __init__(self) -> None:
        self._places: dict[Path, Path] = {}

    def throw(self, path: Path) -> bool:
        """Move a file to the bin; whether it was done."""
        file = QFile(str(path))
        if not file.moveToTrash():
            return False
        self._places[path] = Path(file.fileName())
        return True

    def bring_back(self, path: Path) -> bool:
        """Move a file back that was thrown away, unless something has its place; whether it was done."""
        place = self._places.pop(path, None)
        if place is None or path.exists():
            return False
        try:
            place.rename(path)
            (place.parent.parent / "info" / f"{place.name}.trashinfo").unlink(missing_ok=True)
        except OSError:
            return False
        return True
