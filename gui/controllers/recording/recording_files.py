"""The files of a finished recording: play, rename and show them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QWidget

from engine.preset.instrument_name import check_name
from engine.preset.preset_file import PresetError
from gui.dialogs import name_and_file_prompts
from gui.engine_translation import translate_message
from gui.widgets.notice_bar import NoticeAction


class RecordingFiles(QObject):
    """Offers in the notice bar what can be done with new sound files, and does it."""

    notified = pyqtSignal(str, bool)
    offered = pyqtSignal(str, list)  # text, and NoticeActions
    playback_requested = pyqtSignal(object)  # Path

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window

    def offer(self, text: str, paths: Sequence[Path]) -> None:
        """Show a text, and offer to play the first of these files, to rename all of them, and to show their folder.

        The name of each begins with that of the first.
        """
        actions = [
            NoticeAction(self.tr("▶ Play"), partial(self.playback_requested.emit, paths[0]), closes=False),
            NoticeAction(self.tr("Rename…"), partial(self._ask_name, paths)),
            NoticeAction(self.tr("Show in folder"), partial(self._show_folder, paths[0]), closes=False),
        ]
        self.offered.emit(text, actions)

    def rename(self, paths: Sequence[Path], name: str) -> None:
        """Give files another name; none is renamed where one of the new names is invalid or taken."""
        begin = paths[0].stem
        paths = [path for path in paths if path.exists()]
        try:
            name = check_name(name, paths[0].parent, paths[0].suffix)
        except (IndexError, PresetError) as error:
            gone = isinstance(error, IndexError)
            self.notified.emit(self.tr("The recording is gone") if gone else translate_message(error), True)
            return
        after = [path.with_name(name + path.stem.removeprefix(begin) + path.suffix) for path in paths]
        taken = next((path for path in after if path.exists() and path not in paths), None)
        if taken is not None:
            self.notified.emit(self.tr("There is a file called {0} already").format(taken.name), True)
            return
        done: list[Path] = []
        try:
            for old, new in zip(paths, after, strict=True):
                done.append(old.rename(new))
        except OSError as error:
            for new, old in zip(done, paths, strict=False):
                new.rename(old)
            reason = error.strerror or error
            self.notified.emit(self.tr("The recording could not be renamed: {0}").format(reason), True)
            return
        self.offer(self.tr("Renamed: {0}").format(", ".join(map(str, after))), after)

    def _ask_name(self, paths: Sequence[Path]) -> None:
        name_and_file_prompts.ask_name(
            self._window, self.tr("Rename"), self.tr("A name for the recording"), paths[0].stem,
            lambda name: self.rename(paths, name) if name != paths[0].stem else None,
        )  # fmt: skip

    def _show_folder(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))):
            self.notified.emit(str(path), False)
