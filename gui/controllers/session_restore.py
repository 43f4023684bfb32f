"""Restoring and storing of the session: window, instrument, controllers and favourites."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QByteArray, QObject, QTimer, pyqtSignal

from engine.foreign import is_foreign, parse
from engine.foreign.scan import find_title
from engine.preset import library
from gui import preferences
from gui.controllers.plugins.crash_question import CrashQuestion, plugins_of
from gui.dialogs import name_and_file_prompts
from gui.engine_translation import translate_message
from gui.main_window import MainWindow
from gui.preferences import Preferences
from session.crash_marker import LoadingMarker
from session.patch import Patch, chain_from_json

from .entry_files import EntryFiles
from .midi_learn import MidiLearn
from .parameters import ParameterController

FIRST_INSTRUMENT = "guitar"  # what plays at the very first start
AUTOSAVE_MS = 4000  # between two looks whether the session has changed: a crash loses less than 10 s of it


class SessionRestore(QObject):
    """Volume, tuning and devices are stored by their own controllers."""

    notified = pyqtSignal(str, bool)

    def __init__(
        self, stored: Preferences, window: MainWindow, parameters: ParameterController, entry_files: EntryFiles,
        midi_learn: MidiLearn, question: CrashQuestion,
    ) -> None:  # fmt: skip
        super().__init__()
        self._question = question
        self._preferences, self._window, self._parameters = stored, window, parameters
        self._preset_files, self._midi_learn = entry_files, midi_learn
        self._candidates: list[Patch] = []  # that may play at the start, the best first
        self._missing: Path | None = None  # the plugin that played last and could not be loaded
        self._tried: Path | None = None  # the last of them that was loaded
        self._substitute: Patch | None = None  # what plays in its place, as it was loaded
        self._saved: dict[str, Any] = {}  # the session as it was stored last
        self._problem = ""  # why it could not be; told once
        entry_files.moved.connect(self._follow_move)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._save_changes)
        self._timer.start(AUTOSAVE_MS)

    def restore_window(self) -> None:
        """Restore geometry, favourites and folders, before the engine is ready."""
        self._preset_files.favourites = set(self._preferences.favourites)
        name_and_file_prompts.folders.update(self._preferences.folders)
        if self._preferences.geometry:
            self._window.restoreGeometry(QByteArray.fromHex(self._preferences.geometry.encode()))
        self._window.fit_to_screen()
        self._preset_files.scan()

    def restore_controls(self) -> None:
        """Restore learned controllers and view, when the engine is ready."""
        learned = {(str(each[0]), str(each[1])): each[2] for each in self._preferences.learned}
        self._midi_learn.set_learned(learned)
        self._window.views.show_view(self._preferences.view)

    def restore_instrument(self, marker: LoadingMarker) -> bool:
        """Load what played last; where it is gone, or crashed the last start, the first instrument that does not.

        Plugins that crashed it are left out, and their places kept. False if there is nothing.
        """
        crashed, last = self._question.leave_out_crashed(), preferences.last_instrument(self._preferences)
        crashed_on = "" if crashed else marker.path()
        marker.clear()
        known = library.all_presets()
        paths = dict.fromkeys(known[name] for name in (FIRST_INSTRUMENT, *known) if name in known)
        self._candidates = [Patch(path) for path in paths if str(path) != crashed_on]
        if last is not None and str(last) != crashed_on:
            self._add_candidate(last)
        if crashed_on:
            self._tell_crash(Path(crashed_on).name)
        elif unknown := [name for name in crashed if not self._has_stored(name)]:
            self._tell_crash(", ".join(find_title(name) for name in unknown))
        elif last is None and self._candidates:
            words = self.tr(
                "Play on the keys below, the computer's or a MIDI keyboard; click an instrument to change"
            )
            self.notified.emit(words, False)
        return self.restore_next()

    def _add_candidate(self, last: Path) -> None:
        """Try first what played last; if it is left out, the next start tries again, unless something else plays."""
        chain = chain_from_json(self._preferences.chain) if self._preferences.chain else None
        patch = Patch(last, self._preferences.values, chain)
        if self._question.stands_for(patch):
            self._missing = last
        else:
            self._candidates.insert(0, patch)

    def _has_stored(self, name: str) -> bool:
        """Whether a plugin from elsewhere is in the session that was stored."""
        stored = [self._preferences.preset, *plugins_of(chain_from_json(self._preferences.chain))]
        return name in [str(parse(each)) for each in stored if each]

    def _tell_crash(self, names: str) -> None:
        words = self.tr("The last start did not survive {0}; this one begins without it")
        self.notified.emit(words.format(names), True)

    def restore_next(self) -> bool:
        """Load the next of what may play at the start; False if there is none."""
        if not self._candidates:
            return False
        patch = self._candidates.pop(0)
        if self._tried is not None and is_foreign(self._tried):
            self._missing = self._tried
        self._tried = patch.path
        self._parameters.recall(patch)
        return True

    def reload(self) -> None:
        """Load what played, into another engine."""
        patch = self._parameters.patch
        self._tried = patch.path if patch is not None else None
        self._parameters.reload()

    def save(self) -> None:
        """Store the session as it is now."""
        now = self.current()
        error = preferences.save(now)
        if error is None:
            self._saved, self._problem = asdict(now), ""
        elif (words := translate_message(error)) != self._problem:
            self._problem = words
            self.notified.emit(self.tr("The session could not be saved: {0}").format(words), True)

    def close(self) -> None:
        """Store the session, for the last time."""
        self._timer.stop()
        self.save()

    def _save_changes(self) -> None:
        """Store the session if it has changed; not while an instrument is being loaded, which may fail."""
        if not self._parameters.is_loading and asdict(self.current()) != self._saved:
            self.save()

    def _follow_move(self, before: Path, after: Path) -> None:
        """Store at once that what plays has another name: the next start would not find it under the old one."""
        if self._saved.get("preset") == str(before):
            stored = Preferences(**{**self._saved, "preset": str(after)})
            if preferences.save(stored) is None:
                self._saved = asdict(stored)

    def _stands_in(self, patch: Patch) -> bool:
        """Whether a patch plays in place of a plugin that is missing, unchanged: the next start tries that again."""
        if self._missing is None or patch.path == self._missing:
            return False
        if self._substitute is None and not self._parameters.is_loading:
            self._substitute = patch
        return self._substitute in (None, patch)

    def current(self) -> Preferences:
        """The session as it is now."""
        now, patch = self._preferences, self._parameters.patch
        if patch is not None and not self._stands_in(patch):
            self._missing = None
            now.preset, now.values = str(patch.path), dict(patch.values)
            now.chain = patch.chain.plain() if patch.chain is not None else {}
            now.instrument = "" if self._parameters.is_loading else str(self._parameters.instrument or "")
        now.geometry = bytes(self._window.saveGeometry().toHex().data()).decode()
        now.view = self._window.views.view
        now.folders = dict(name_and_file_prompts.folders)
        now.favourites = sorted(self._preset_files.favourites)
        now.learned = [[*key, controller] for key, controller in self._midi_learn.learned.items()]
        return now
