"""Restoring and storing of the session: window, instrument, controllers and favourites."""

from pathlib import Path

from PyQt6.QtCore import QByteArray, QObject, pyqtSignal

from engine.preset import library
from gui import preferences
from gui.dialogs import name_and_file_prompts
from gui.main_window import MainWindow
from gui.preferences import Preferences
from session.crash_marker import LoadingMarker
from session.patch import Patch, chain_from_json

from .entry_files import EntryFiles
from .midi_learn import MidiLearn
from .parameters import ParameterController

FIRST_INSTRUMENT = "guitar"  # what plays at the very first start


class SessionRestore(QObject):
    """Volume, tuning and devices are stored by their own controllers."""

    notified = pyqtSignal(str, bool)

    def __init__(
        self, stored: Preferences, window: MainWindow, parameters: ParameterController, entry_files: EntryFiles,
        midi_learn: MidiLearn,
    ) -> None:  # fmt: skip
        super().__init__()
        self._preferences, self._window, self._parameters = stored, window, parameters
        self._preset_files, self._midi_learn = entry_files, midi_learn

    def restore_window(self) -> None:
        """Restore geometry, favourites and folders, before the engine is ready."""
        self._preset_files.favourites = set(self._preferences.favourites)
        name_and_file_prompts.folders.update(self._preferences.folders)
        if self._preferences.geometry:
            self._window.restoreGeometry(QByteArray.fromHex(self._preferences.geometry.encode()))
        self._preset_files.scan()

    def restore_controls(self) -> None:
        """Restore learned controllers and view, when the engine is ready."""
        learned = {(str(each[0]), str(each[1])): each[2] for each in self._preferences.learned}
        self._midi_learn.set_learned(learned)
        self._window.views.show_view(self._preferences.view)

    def restore_instrument(self) -> None:
        """Load what played last, or FIRST_INSTRUMENT."""
        path = preferences.last_instrument(self._preferences)
        known = library.all_presets()
        if path is not None:
            chain = chain_from_json(self._preferences.chain)
            self._parameters.recall(Patch(path, self._preferences.values, chain))
        elif known:
            self._parameters.recall(Patch(known.get(FIRST_INSTRUMENT) or next(iter(known.values()))))
            words = self.tr(
                "Play on the keys below, the computer's or a MIDI keyboard; click an instrument to change"
            )
            self.notified.emit(words, False)

    def check_crash(self, marker: LoadingMarker) -> bool:
        """Whether the last start did not crash while loading; a preset that crashed it is not loaded again."""
        crashed_on = marker.path()
        if crashed_on:
            marker.clear()
            words = self.tr("The last start did not survive {0}; this one begins without it")
            self.notified.emit(words.format(Path(crashed_on).name), True)
        return not crashed_on

    def save(self) -> None:
        """Store the session as it is now."""
        preferences.save(self.current())

    def current(self) -> Preferences:
        """The session as it is now."""
        now, patch = self._preferences, self._parameters.patch
        if patch is not None:
            now.preset, now.values, now.chain = str(patch.path), patch.values, self._parameters.chain.plain()
        now.geometry = bytes(self._window.saveGeometry().toHex().data()).decode()
        now.view = self._window.views.view
        now.folders = dict(name_and_file_prompts.folders)
        now.favourites = sorted(self._preset_files.favourites)
        now.learned = [[*key, controller] for key, controller in self._midi_learn.learned.items()]
        return now
