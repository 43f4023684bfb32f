"""One evening after another: what is remembered of the last one, and brought back."""

from pathlib import Path

from PyQt6.QtCore import QByteArray, QObject, pyqtSignal

from engine.preset import library
from gui import preferences
from gui.dialogs import prompts
from gui.main_window import MainWindow
from gui.preferences import Preferences
from session.config_store import LoadingMarker
from session.patch import Patch, chain_from_json

from .midi_learn import MidiLearn
from .parameters import ParameterController
from .preset_files import PresetFiles

FIRST = "guitar"  # what plays when nothing is remembered


class SessionRestore(QObject):
    """Volume, tuning and devices are remembered by those that keep them."""

    told = pyqtSignal(str, bool)

    def __init__(
        self, remembered: Preferences, window: MainWindow, parameters: ParameterController, preset_files: PresetFiles, midi_learn: MidiLearn
    ) -> None:
        super().__init__()
        self._memory, self._window, self._parameters = remembered, window, parameters
        self._preset_files, self._midi_learn = preset_files, midi_learn

    def open(self) -> None:
        """The window as it was, before the engine can be played."""
        self._preset_files.favourites = set(self._memory.favourites)
        prompts.folders.update(self._memory.folders)
        if self._memory.geometry:
            self._window.restoreGeometry(QByteArray.fromHex(self._memory.geometry.encode()))
        self._preset_files.scan()

    def begin(self) -> None:
        """Controllers and view as they were; the engine can be played now."""
        self._midi_learn.set_learned({(str(row[0]), str(row[1])): row[2] for row in self._memory.learned})
        self._window.stage.show_view(self._memory.view)

    def play(self) -> None:
        """The instrument that played last, or else the first one."""
        path = preferences.last_instrument(self._memory)
        known = library.all_presets()
        if path is not None:
            self._parameters.recall(Patch(path, self._memory.values, chain_from_json(self._memory.chain)))
        elif known:
            self._parameters.recall(Patch(known.get(FIRST) or next(iter(known.values()))))
            words = self.tr(
                "Play on the keys below, the computer's or a MIDI keyboard; click an instrument to change"
            )
            self.told.emit(words, False)

    def survived(self, loading: LoadingMarker) -> bool:
        """Whether the last start has not died of a preset, which this one leaves alone otherwise."""
        left = loading.left()
        if left:
            loading.done()
            words = self.tr("The last start did not survive {0}; this one begins without it").format(Path(left).name)
            self.told.emit(words, True)
        return not left

    def keep(self) -> None:
        """Remember it as it is now."""
        preferences.save(self.remembered())

    def remembered(self) -> Preferences:
        """The evening so far."""
        now, setting = self._memory, self._parameters.setting
        if setting is not None:
            now.preset, now.values, now.chain = str(setting.path), setting.values, self._parameters.chain.plain()
        now.geometry = bytes(self._window.saveGeometry().toHex().data()).decode()
        now.view = self._window.stage.view
        now.folders = dict(prompts.folders)
        now.favourites = sorted(self._preset_files.favourites)
        now.learned = [[*knob, controller] for knob, controller in self._midi_learn.learned.items()]
        return now
