"""Questions that the window asks while everything else goes on: none holds up the music, nor who wants to leave.

Where files are asked for, the folder is the one of the last answer of that kind, also of another evening.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QFileDialog, QInputDialog, QWidget

RECORDINGS, ROOMS, EXPORTS = "recordings", "rooms", "written"
folders: dict[str, str] = {}  # by the kind of file


def ask_name(parent: QWidget, title: str, words: str, suggestion: str, take: Callable[[str], object]) -> None:
    """Ask for a name; one of blanks is none."""
    dialogue = QInputDialog(parent)
    dialogue.setLabelText(words)
    dialogue.setTextValue(suggestion)
    dialogue.textValueSelected.connect(lambda given: take(given.strip()) if given.strip() else None)
    _show(dialogue, title)


def ask_files(
    parent: QWidget, title: str, kind: str, filter: str, take: Callable[[list[Path]], object], several: bool = False
) -> None:
    """Ask for a file that there is, or for several. kind: of `folders`. filter: as Qt writes it."""
    dialogue = QFileDialog(parent, title, folders.get(kind, ""), filter)
    dialogue.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    dialogue.filesSelected.connect(lambda found: folders.update({kind: str(Path(found[0]).parent)}))
    dialogue.filesSelected.connect(lambda found: take([Path(path) for path in found]))
    _show(dialogue, title)


def ask_destination(
    parent: QWidget, title: str, suggestion: str, kinds: Sequence[tuple[str, str]], take: Callable[[Path], object]
) -> None:
    """Ask where a file goes. kinds: what it can be in words, and the ending of each, the suggestion's first."""
    dialogue = QFileDialog(parent, title, folders.get(EXPORTS, ""))
    dialogue.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    endings = {f"{words} (*{ending})": ending for words, ending in kinds}
    dialogue.setNameFilters(list(endings))
    dialogue.setDefaultSuffix(kinds[0][1])
    dialogue.filterSelected.connect(lambda chosen: dialogue.setDefaultSuffix(endings[chosen]))
    dialogue.selectFile(suggestion)
    dialogue.fileSelected.connect(lambda path: folders.update({EXPORTS: str(Path(path).parent)}))
    dialogue.fileSelected.connect(lambda path: take(Path(path)))
    _show(dialogue, title)


def _show(dialogue: QDialog, title: str) -> None:
    """Ask, in place of a question of this kind that still waits for its answer."""
    parent = dialogue.parent()
    assert isinstance(parent, QWidget)
    for other in parent.findChildren(type(dialogue)):
        if other.isVisible():
            other.close()
    dialogue.setWindowTitle(title)
    dialogue.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialogue.show()
