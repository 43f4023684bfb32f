"""The main controller: makes the controllers of a window, and connects the signals that concern several of them."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication

from engine.foreign import parse
from gui.browser.catalogue import describe, display_name
from gui.controllers.ab_comparison import ABComparison
from gui.controllers.button_midi_learn import ButtonMidiLearn
from gui.controllers.chain import ChainController
from gui.controllers.computer_keyboard import ComputerKeyboard
from gui.controllers.devices import DeviceController
from gui.controllers.entry_files import EntryFiles
from gui.controllers.file_opener import FileOpener
from gui.controllers.global_settings import GlobalSettings, ThemeSwitch
from gui.controllers.instrument_export import ExportController
from gui.controllers.instrument_selection import InstrumentSelection
from gui.controllers.learn import LearnController
from gui.controllers.microphone_recording import MicrophoneRecording
from gui.controllers.midi_learn import MidiLearn
from gui.controllers.parameters import ParameterController
from gui.controllers.performance_recording import RecordingController
from gui.controllers.plugins.crash_question import CrashQuestion
from gui.controllers.plugins.plugin_faults import PluginFaults
from gui.controllers.plugins.plugin_list import PluginController
from gui.controllers.plugins.plugin_presets import PresetController
from gui.controllers.preview import PreviewController
from gui.controllers.score import ScoreController
from gui.controllers.session_restore import SessionRestore
from gui.controllers.touch import TouchController
from gui.controllers.undo_buttons import UndoController
from gui.controllers.voice import VoiceController
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.processes import process_lifetime
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from session import fault_log
from session.engine_messages import Loaded
from session.engine_thread import EngineThread

from .engine_bridge import EngineBridge
from .error_hook import ErrorHook
from .main_window import MainWindow
from .preferences import Preferences

CLOSE_SECONDS = 0.6  # that the engine and the child processes may take to end


class MainController(QObject):
    """One window and its engine thread."""

    def __init__(self, app: QApplication, window: MainWindow, engine: EngineThread, preferences: Preferences) -> None:
        super().__init__()
        self.window, self.engine, self.preferences = window, engine, preferences
        self.bridge = EngineBridge(engine)
        self.parameters = ParameterController(self.bridge, window.knobs)
        self.undo_stack = self.parameters.undo_stack
        self.midi_learn = MidiLearn(self.bridge, window.knobs, self.undo_stack)
        self.plugin_faults = PluginFaults(self.bridge)
        self.plugin_presets = PresetController(self.bridge, self.parameters, window.chain_bar)
        self.chain = ChainController(
            self.parameters, self.plugin_faults, self.plugin_presets, window.chain_bar, window.split_bar
        )
        self.entry_files = EntryFiles(engine, window.browser, self.undo_stack)
        self.selection = InstrumentSelection(window.browser, self.bridge, self.parameters, self.entry_files)
        self.global_settings = GlobalSettings(self.bridge, self.undo_stack, preferences, window.top_bar)
        self.touch = TouchController(self.bridge, self.parameters, window.views)
        self.voice = VoiceController(self.bridge, self.parameters, window.views.voice)
        self.computer_keyboard = ComputerKeyboard(app)
        self.recording = RecordingController(engine, self.bridge, window)
        self.score = ScoreController(engine, self.bridge, self.undo_stack, window.score_bar)
        self.learn = LearnController(window, preferences)
        self.opener = FileOpener(self.parameters, self.score, self.learn)
        self.microphone = MicrophoneRecording(engine, self.bridge, self.learn)
        self.devices = DeviceController(engine, self.bridge, self.global_settings, preferences, window)
        self.preview, self.export = PreviewController(engine), ExportController(engine, window)
        self.button_midi_learn = ButtonMidiLearn(self.bridge, self.midi_learn)
        self.comparison = ABComparison(self.parameters)
        self.plugins = PluginController(engine, window.plugins, self.parameters, self.chain, self.entry_files)
        self.undo = UndoController(self.undo_stack, self.comparison, window.top_bar)
        self.theme = ThemeSwitch(app, self.undo_stack, preferences)
        self.crash_question = CrashQuestion(self.parameters, engine.loading_marker)
        self.session_restore = SessionRestore(
            preferences, window, self.parameters, self.entry_files, self.midi_learn, self.crash_question
        )
        self.error_hook = ErrorHook(self.session_restore.save)
        self.closed, self.ended = False, True  # whether `close` was called, and the engine ended in time
        self._first_paths: list[Path] = []
        self._is_restoring = False  # whether what played last is being loaded, or something in its place
        self._connect_playing()
        self._connect_browser()
        self._connect_learning()
        self._connect_status()
        self._add_shortcuts()
        self.error_hook.install()
        self.session_restore.restore_window()

    def open_first(self, paths: list[Path]) -> None:
        """Open these files once the engine is ready."""
        self._first_paths = paths

    def close(self) -> None:
        """Store the session, hide the window, complete recordings, and stop the engine; once."""
        if self.closed:
            return
        self.closed, until = True, time.monotonic() + CLOSE_SECONDS
        for step in (
            self.session_restore.close, self.window.hide_all,
            self.learn.close,  # before the others: it has something to save
            self.computer_keyboard.release_all, self.recording.close, self.bridge.panic, self.preview.close,
            self.export.close, self.plugins.close, self.bridge.stop,
            partial(self.undo_stack.blockSignals, True),  # it is emptied when it is deleted
            self.engine.loading_marker.clear,
        ):  # fmt: skip
            self._run_last(step)
        self.ended = self.engine.close(until - time.monotonic())
        self.engine.loading_marker.clear()  # set again if it began to load meanwhile
        process_lifetime.wait_all(max(until - time.monotonic(), 0.0))
        self.error_hook.remove()

    def _run_last(self, step: Callable[[], object]) -> None:
        """Run a step of closing; a fault in it is logged, and does not keep the other steps from being done."""
        try:
            step()
        except Exception as error:
            fault_log.write(error)

    def _connect_playing(self) -> None:
        window, bridge, computer_keyboard = self.window, self.bridge, self.computer_keyboard
        for source in (window.keyboard, computer_keyboard):
            source.pressed.connect(bridge.note_on)
            source.released.connect(bridge.note_off)
        bridge.notes_changed.connect(window.keyboard.set_lit)
        bridge.levels_changed.connect(window.top_bar.meter.set_levels)
        bridge.compiling.connect(window.views.show_compiling)
        bridge.ready.connect(self._start)
        bridge.plugin_hung.connect(self._keep_session)
        bridge.restarted.connect(self._play_on)
        bridge.loaded.connect(self._show_instrument)
        bridge.failed.connect(lambda why: window.notice.show_message(why, True))
        bridge.failed.connect(self.crash_question.repeat)
        bridge.failed.connect(self._restore_next)
        self.parameters.shown.connect(self.midi_learn.reset)
        computer_keyboard.letters_changed.connect(lambda: window.keyboard.set_letters(computer_keyboard.letters))
        window.octave_down.clicked.connect(lambda: computer_keyboard.shift(-1))
        window.octave_up.clicked.connect(lambda: computer_keyboard.shift(1))
        window.lock.setChecked(True)
        window.lock.toggled.connect(lambda plays: computer_keyboard.lock(not plays))
        window.keyboard.set_letters(computer_keyboard.letters)

    def _connect_browser(self) -> None:
        window, top_bar, browser = self.window, self.window.top_bar, self.window.browser
        window.dropped.connect(self.opener.open)
        window.closing.connect(self.close)
        window.views.voice.voice_instrument_requested.connect(self.selection.choose_for_voice)
        window.pages.plugins_shown.connect(self.plugins.open)
        self.chain.plugins_requested.connect(window.pages.show_plugins)
        browser.demo_requested.connect(self.preview.demo)
        browser.layer_requested.connect(lambda entry: self.chain.add_layer(entry.path))
        browser.export_requested.connect(lambda entry: self.export.ask_destination(entry, self.parameters.patch))
        self.preview.changed.connect(browser.show_demo)
        self.bridge.polled.connect(self.preview.poll)
        self.entry_files.scanned.connect(lambda: self.chain.set_entries(self.entry_files.entries))
        for name, button, by in (("previous", top_bar.previous, -1), ("next", top_bar.next, 1)):
            step = partial(browser.step, by)
            button.clicked.connect(step)
            self.button_midi_learn.add(name, button, step)
        top_bar.save.clicked.connect(self.selection.save)
        top_bar.theme.clicked.connect(self.theme.toggle)
        top_bar.help.clicked.connect(lambda: ShortcutsDialog(window).show())

    def _connect_learning(self) -> None:
        window, learn = self.window, self.learn
        learn.learned.connect(self.selection.add)
        learn.progress.connect(window.browser.show_learning)
        learn.dialog.playback_requested.connect(self.preview.recording)
        learn.dialog.likeness.compare_requested.connect(self.preview.compare)
        self.recording.files.playback_requested.connect(self.preview.recording)
        window.browser.learn.clicked.connect(learn.show)
        window.score_bar.render_clicked.connect(
            lambda: self.recording.render_score(self.parameters.patch, self.preferences.a4)
        )

    def _connect_status(self) -> None:
        status_bar, bridge = self.window.status_bar, self.bridge
        bridge.status_changed.connect(status_bar.show_status)
        bridge.midi_active.connect(status_bar.blink)
        status_bar.devices_clicked.connect(self.devices.show)
        status_bar.reset_clicked.connect(bridge.reset_meters)
        status_bar.panic_clicked.connect(bridge.panic)
        self.devices.tone.connect(self.preview.tone)
        for controller in (
            self.selection, self.entry_files, self.recording, self.learn, self.opener, self.preview, self.export,
            self.button_midi_learn, self.midi_learn, self.comparison, self.session_restore, self.score,
            self.error_hook, self.plugins, self.plugin_presets,
            self.recording.files, self.microphone.edit,
        ):  # fmt: skip
            controller.notified.connect(self.window.notice.show_message)
        for offering in (self.parameters, self.recording.files, self.crash_question):
            offering.offered.connect(self.window.notice.show_offer)

    def _add_shortcuts(self) -> None:
        window, keyboard = self.window, self.computer_keyboard
        for keys, action in (
            ("Esc", self.bridge.panic),
            ("Alt+Up", lambda: window.browser.step(-1)), ("Alt+Down", lambda: window.browser.step(1)),
            ("Ctrl+F", window.focus_search), ("Ctrl+Z", self.undo_stack.undo),
            ("Ctrl+Shift+Z", self.undo_stack.redo),
            ("Ctrl+B", self.comparison.compare), ("Ctrl+T", self.theme.toggle), ("Ctrl+K", window.lock.toggle),
            ("PgDown", lambda: keyboard.shift(-1)), ("PgUp", lambda: keyboard.shift(1)),
            ("Ctrl+1", lambda: window.views.show_view(INSTRUMENT)), ("Ctrl+2", lambda: window.views.show_view(PAD)),
            ("Ctrl+3", lambda: window.views.show_view(VOICE)),
            ("Ctrl+D", window.pages.toggle_favourite), ("Ctrl+R", self.recording.toggle),
            ("Ctrl+S", self.selection.save), ("Ctrl+L", self.learn.show), ("Ctrl+,", self.devices.show),
            ("F2", self.learn.dialog.likeness.play_other),
            ("F1", lambda: ShortcutsDialog(window).show()), ("Ctrl+Q", window.close),
        ):  # fmt: skip
            window.add_shortcut(keys, action)

    def _start(self) -> None:
        """The engine is ready: restore the session, and open the files that were named at the start on top of it."""
        self.global_settings.restore()
        self.session_restore.restore_controls()
        self.button_midi_learn.show()
        if not self._first_paths:
            self.learn.offer_resume()
        self._is_restoring = self.session_restore.restore_instrument(self.engine.loading_marker)
        if not self._is_restoring:
            self._open_first()

    def _keep_session(self, title: str) -> None:
        """A plugin hangs: store the session and end a recording, before a new engine begins."""
        self.session_restore.save()
        if self.recording.recording:
            self.recording.stop()
        words = self.tr("{0} does not come back; the session is saved, and Luthier plays on without it")
        self.window.notice.show_message(words.format(title), True)

    def _play_on(self) -> None:
        """There is a new engine: load into it what played."""
        self.global_settings.restore()
        self._is_restoring = True  # where the instrument itself hung, something else is to play
        self.session_restore.reload()

    def _restore_next(self) -> None:
        """Something failed: where nothing plays yet, restore something else."""
        if self._is_restoring and self.bridge.now is None and not self.parameters.is_loading:
            self._is_restoring = self.session_restore.restore_next()
            if not self._is_restoring:
                self._open_first()

    def _open_first(self) -> None:
        """Open the files that were named at the start, on top of the session that was restored."""
        paths, self._first_paths = self._first_paths, []
        if paths:
            self.opener.open(paths)

    def _show_instrument(self, now: Loaded) -> None:
        titles = filter(None, [now.title, self.parameters.second_title])
        plugin = self.tr("A plugin ({0})").format(parse(now.instrument).format.upper())
        description = describe(now.header) if now.kind is not None else plugin
        self.window.top_bar.set_instrument(" + ".join(map(display_name, titles)), description)
        self.window.keyboard.set_range(*now.keys)
        self.window.setWindowTitle(f"{now.title} – Luthier")
        self.session_restore.save()
        self._is_restoring = False
        self._open_first()
