"""Connects the window to the engine: what widgets say goes to the player, what the player hears goes to widgets."""

import time
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication

from gui.browser.catalogue import described
from gui.controllers.ab_compare import Comparing
from gui.controllers.button_midi_learn import Stepping
from gui.controllers.chain import Racking
from gui.controllers.computer_keyboard import Typist
from gui.controllers.devices import Plugging
from gui.controllers.export import Exporting
from gui.controllers.instrument_selection import Choosing
from gui.controllers.learn import Workshop
from gui.controllers.master import Master
from gui.controllers.microphone_recording import Capturing
from gui.controllers.midi_learn import Controllers
from gui.controllers.open_files import Doors
from gui.controllers.parameters import Tuning
from gui.controllers.preset_files import Housekeeping
from gui.controllers.preview import Auditioning
from gui.controllers.recording import Performing
from gui.controllers.restore_session import Evening
from gui.controllers.score import Conducting
from gui.controllers.theme_switch import Lighting
from gui.controllers.touch import Touching
from gui.controllers.undo import Rewinding
from gui.controllers.voice import Singing
from gui.dialogs.shortcuts import Shortcuts
from gui.processes import process
from gui.views.view_stack import PAD, PICTURE, VOICE
from session.engine_thread import EngineThread
from session.messages import Loaded

from .engine_bridge import Player
from .main_window import Window
from .preferences import Memory

PATIENCE = 0.6  # seconds that the engine, and what works beside it, may take to end


class Wiring(QObject):
    """One window and one deck, from the first look to the last."""

    def __init__(self, app: QApplication, window: Window, deck: EngineThread, remembered: Memory) -> None:
        super().__init__()
        self.window, self.deck, self.memory = window, deck, remembered
        self.player = Player(deck)
        self.tuning = Tuning(self.player, window.knobs)
        self.controllers = Controllers(self.player, window.knobs, self.tuning.history)
        self.racking = Racking(self.tuning, window.chain, window.zones)
        self.house = Housekeeping(deck, window.browser, self.tuning.history)
        self.choosing = Choosing(window.browser, self.player, self.tuning, self.house)
        self.master = Master(self.player, self.tuning.history, remembered, window.header)
        self.touching = Touching(self.player, self.tuning, window.stage)
        self.singing = Singing(self.player, self.tuning, window.stage.voice)
        self.typist = Typist(app)
        self.performing = Performing(deck, self.player, window)
        self.conducting = Conducting(deck, self.player, self.tuning.history, window.transport)
        self.workshop = Workshop(window, remembered)
        self.doors = Doors(self.tuning, self.conducting, self.workshop)
        self.capturing = Capturing(deck, self.player, self.workshop)
        self.plugging = Plugging(deck, self.player, self.master, remembered, window)
        self.auditioning, self.exporting = Auditioning(deck), Exporting(deck, window)
        self.stepping = Stepping(self.player, self.controllers)
        self.comparing = Comparing(self.tuning)
        self.rewinding = Rewinding(self.tuning.history, self.comparing, window.header)
        self.lighting = Lighting(app, self.tuning.history, remembered)
        self.evening = Evening(remembered, window, self.tuning, self.house, self.controllers)
        self.closed, self.ended = False, True  # whether all is over, and the engine came to its end in time
        self._opening: list[Path] = []
        self._connect_playing()
        self._connect_browsing()
        self._connect_making()
        self._connect_status()
        self._shortcuts()
        self.evening.open()

    def open_first(self, paths: list[Path]) -> None:
        """Files named at the start: opened once the engine can play."""
        self._opening = paths

    def close(self) -> None:
        """Remember everything, be gone from the screen, keep what is recorded, and end the sound; once."""
        if self.closed:
            return
        self.closed, until = True, time.monotonic() + PATIENCE
        self.evening.keep()
        self.window.vanish()
        self.workshop.close()  # first: it has something to keep
        self.typist.release_all()
        self.performing.close()
        self.player.panic()
        self.auditioning.close()
        self.exporting.close()
        self.player.stop()
        self.tuning.history.blockSignals(True)  # it is emptied when it goes
        self.deck.loading.done()  # whatever was being loaded, we have lived to leave it
        self.ended = self.deck.close(until - time.monotonic())
        self.deck.loading.done()  # what it began to load meanwhile
        process.wait(max(until - time.monotonic(), 0.0))

    def _connect_playing(self) -> None:
        window, player = self.window, self.player
        for source in (window.keyboard, self.typist):
            source.pressed.connect(player.press)
            source.released.connect(player.release)
        player.lit.connect(window.keyboard.set_lit)
        player.levels.connect(window.header.meter.set_levels)
        player.compiling.connect(window.stage.show_compiling)
        player.ready.connect(self._begin)
        player.loaded.connect(self._show_instrument)
        player.failed.connect(lambda why: window.notice.say(why, True))
        self.tuning.shown.connect(self.controllers.begin)
        self.typist.moved.connect(lambda: window.keyboard.set_letters(self.typist.letters))
        window.octave_down.clicked.connect(lambda: self.typist.shift(-1))
        window.octave_up.clicked.connect(lambda: self.typist.shift(1))
        window.lock.setChecked(True)
        window.lock.toggled.connect(lambda plays: self.typist.lock(not plays))
        window.keyboard.set_letters(self.typist.letters)

    def _connect_browsing(self) -> None:
        window, header, browser = self.window, self.window.header, self.window.browser
        window.dropped.connect(self.doors.open)
        window.closing.connect(self.close)
        window.stage.voice.wanted.connect(self.choosing.choose_singer)
        browser.demo.connect(self.auditioning.demo)
        browser.beside.connect(lambda entry: self.racking.stand_beside(entry.path))
        browser.export.connect(lambda entry: self.exporting.ask(entry, self.tuning.setting))
        self.auditioning.changed.connect(browser.show_heard)
        self.player.looked.connect(self.auditioning.look)
        self.house.scanned.connect(lambda: self.racking.set_entries(self.house.entries))
        for name, button, way in (("previous", header.before, -1), ("next", header.after, 1)):
            step = partial(browser.step, way)
            button.clicked.connect(step)
            self.stepping.add(name, button, step)
        header.save.clicked.connect(self.choosing.save)
        header.theme.clicked.connect(self.lighting.change)
        header.help.clicked.connect(lambda: Shortcuts(window).show())

    def _connect_making(self) -> None:
        window, workshop = self.window, self.workshop
        workshop.made.connect(self.choosing.take_in)
        workshop.progress.connect(window.browser.show_learning)
        workshop.dialogue.listened.connect(self.auditioning.recording)
        window.browser.learn.clicked.connect(workshop.show)
        window.transport.bounced.connect(lambda: self.performing.bounce(self.tuning.setting, self.memory.a4))

    def _connect_status(self) -> None:
        status, player = self.window.status, self.player
        player.read.connect(status.show_reading)
        player.midi.connect(status.blink)
        status.devices.connect(self.plugging.show)
        status.reset.connect(player.reset_meters)
        status.panic.connect(player.panic)
        self.plugging.tone.connect(self.auditioning.tone)
        for talker in (
            self.choosing, self.house, self.performing, self.workshop, self.doors, self.auditioning, self.exporting,
            self.stepping, self.controllers, self.comparing, self.evening,
        ):  # fmt: skip
            talker.told.connect(self.window.notice.say)

    def _shortcuts(self) -> None:
        window, history = self.window, self.tuning.history
        for keys, work in (
            ("Esc", self.player.panic),
            ("Alt+Up", lambda: window.browser.step(-1)), ("Alt+Down", lambda: window.browser.step(1)),
            ("Ctrl+F", window.browser.search), ("Ctrl+Z", history.undo), ("Ctrl+Shift+Z", history.redo),
            ("Ctrl+B", self.comparing.compare), ("Ctrl+T", self.lighting.change), ("Ctrl+K", window.lock.toggle),
            ("PgDown", lambda: self.typist.shift(-1)), ("PgUp", lambda: self.typist.shift(1)),
            ("Ctrl+1", lambda: window.stage.show_view(PICTURE)), ("Ctrl+2", lambda: window.stage.show_view(PAD)),
            ("Ctrl+3", lambda: window.stage.show_view(VOICE)),
            ("Ctrl+D", window.browser.love), ("Ctrl+R", self.performing.record),
            ("Ctrl+S", self.choosing.save), ("Ctrl+L", self.workshop.show), ("Ctrl+,", self.plugging.show),
            ("F1", lambda: Shortcuts(window).show()), ("Ctrl+Q", window.close),
        ):  # fmt: skip
            window.shortcut(keys, work)

    def _begin(self) -> None:
        """The engine can be played: the first instrument, unless the last start died of it."""
        self.master.restore()
        self.evening.begin()
        self.stepping.show()
        survived = self.evening.survived(self.deck.loading)
        if survived and self._opening:
            self.doors.open(self._opening)
        elif survived:
            self.evening.play()
            self.workshop.recall()

    def _show_instrument(self, now: Loaded) -> None:
        header, keys = now.header, now.header.get("keys", {})
        paths = [now.path] if now.chain.second is None else [now.path, Path(now.chain.second.path)]
        self.window.header.set_instrument(" + ".join(each.stem.capitalize() for each in paths), described(header))
        self.window.keyboard.set_range(keys.get("low", 0), keys.get("high", 127))
        self.window.setWindowTitle(f"{now.path.stem} – Luthier")
        self.evening.keep()
