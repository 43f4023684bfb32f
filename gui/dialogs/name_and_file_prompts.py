"""Non-blocking prompts for names and files.

File prompts open in the folder last used for that kind of file, which is kept between starts.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtWidgets import QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

RECORDINGS, ROOMS, EXPORTS = "recordings", "rooms", "written"
folders: dict[str, str] = {}  # last used, by kind of file


def ask_name(parent: QWidget, title: str, text: str, suggestion: str, accept: Callable[[str], object]) -> None:
    """Ask for a name, and call accept with it; blanks are no name."""
    dialog = QInputDialog(parent)
    dialog.setLabelText(text)
    dialog.setTextValue(suggestion)
    dialog.textValueSelected.connect(lambda name: accept(name.strip()) if name.strip() else None)
    _show(dialog, title)


def ask_about_taken_name(
    parent: QWidget, title: str, text: str, replace: Callable[[], object], keep_both: Callable[[], object]
) -> None:
    """Ask what to do where a name is taken, and call `replace` or `keep_both`, or neither."""
    dialog = QMessageBox(parent)
    dialog.setTextFormat(Qt.TextFormat.PlainText)
    dialog.setText(text)
    words = QCoreApplication.translate("Prompt", "Replace"), QCoreApplication.translate("Prompt", "Keep both")
    replacing = dialog.addButton(words[0], QMessageBox.ButtonRole.DestructiveRole)
    keeping = dialog.addButton(words[1], QMessageBox.ButtonRole.AcceptRole)
    dialog.addButton(QMessageBox.StandardButton.Cancel)
    dialog.setDefaultButton(keeping)
    dialog.setModal(False)
    for button, action in ((replacing, replace), (keeping, keep_both)):
        if button is not None:
            button.clicked.connect(lambda _, action=action: action())
    _show(dialog, title)


def ask_files(
    parent: QWidget, title: str, kind: str, filter: str, accept: Callable[[list[Path]], object], several: bool = False
) -> None:
    """Ask for an existing file, or several. kind: key of `folders`. filter: in the notation of Qt."""
    dialog = QFileDialog(parent, title, folders.get(kind, ""), filter)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    dialog.filesSelected.connect(lambda paths: folders.update({kind: str(Path(paths[0]).parent)}))
    dialog.filesSelected.connect(lambda paths: accept([Path(path) for path in paths]))
    _show(dialog, title)


def ask_destination(
    parent: QWidget, title: str, suggestion: str, kinds: Sequence[tuple[str, str]], accept: Callable[[Path], object]
) -> None:
    """Ask for the path of a new file. kinds: description and suffix of each format, the suggestion's first."""
    dialog = QFileDialog(parent, title, folders.get(EXPORTS, ""))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    suffixes = {f"{description} (*{suffix})": suffix for description, suffix in kinds}
    dialog.setNameFilters(list(suffixes))
    dialog.setDefaultSuffix(kinds[0][1])
    dialog.filterSelected.connect(lambda selected: dialog.setDefaultSuffix(suffixes[selected]))
    dialog.selectFile(suggestion)
    dialog.fileSelected.connect(lambda path: folders.update({EXPORTS: str(Path(path).parent)}))
    dialog.fileSelected.connect(lambda path: accept(Path(path)))
    _show(dialog, title)


def _show(dialog: QDialog, title: str) -> None:
    """Show a dialog, and close one of the same type that is still open."""
    parent = dialog.parent()
    assert isinstance(parent, QWidget)
    for other in parent.findChildren(type(dialog)):
        if other.isVisible():
            other.close()
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
