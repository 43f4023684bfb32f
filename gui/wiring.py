"""Connects the window to the engine: what widgets say goes to the player, what the player hears goes to widgets."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QByteArray, QObject
from PyQt6.QtWidgets import QApplication

from engine import library
from engine.preset import SUFFIX

from . import memory, saved, theme
from .auditioning import Auditioning
from .capturing import Capturing
from .catalogue import Entry
from .chain import Setting, from_plain
from .controllers import Controllers
from .deck import Deck
from .exporting import Exporting
from .housekeeping import Housekeeping
from .learning import SOUNDS
from .master import Master
from .memory import Memory
from .news import Loaded
from .performing import Performing
from .player import Player
from .plugging import Plugging
from .racking import Racking
from .shortcuts import Shortcuts
from .singing import Singing
from .stage import PAD, PICTURE, VOICE
from .stepping import Stepping
from .touching import Touching
from .tuning import Tuning
from .typist import Typist
from .window import Window
from .workshop import Workshop

FIRST, SUNG = "guitar", "violin"  # what plays when nothing is remembered, and what follows a voice
PATIENCE = 0.9  # seconds that the engine may take to end


class Wiring(QObject):
    """One window and one deck, from the first look to the last."""

    def __init__(self, app: QApplication, window: Window, deck: Deck, remembered: Memory) -> None:
        super().__init__()
        self._app, self.window, self.deck, self.memory = app, window, deck, remembered
        self.player = Player(deck)
        self.tuning = Tuning(self.player, window.knobs)
        self.controllers = Controllers(self.player, window.knobs, self.tuning.history)
        self.tuning.shown.connect(self.controllers.begin)
        self.racking = Racking(self.tuning, window.chain, window.zones)
        self.house = Housekeeping(deck, window.browser, self.tuning.history)
        self.master = Master(self.player, self.tuning.history, remembered, window.header)
        self.touching = Touching(self.player, self.tuning, window.stage)
        self.singing = Singing(self.player, self.tuning, window.stage.voice)
        self.typist = Typist(app)
        self.performing = Performing(deck, self.player, window)
        self.workshop = Workshop(window, remembered)
        self.capturing = Capturing(deck, self.player, self.workshop)
        self.plugging = Plugging(deck, self.player, self.master, remembered, window)
        self.auditioning, self.exporting = Auditioning(deck), Exporting(deck, window)
        self.stepping = Stepping(self.player, self.controllers)
        self.ended = True  # whether the engine came to its end in time
        self._opening: list[Path] = []
        self._connect_playing()
        self._connect_browsing()
        self._connect_status()
        self._shortcuts()
        self._restore()

    def open(self, paths: list[Path]) -> None:
        """Do the obvious thing with files: play an instrument; say why not with others."""
        self._opening = []
        doors = {
            SUFFIX: self.tuning.choose,
            library.ONNX: self.tuning.choose,
            saved.ENDING: self.tuning.choose,
            ".mid": self.performing.open,
            ".midi": self.performing.open,
        }
        recordings = [path for path in paths if path.suffix.lower() in SOUNDS]
        if recordings:
            self.workshop.open(recordings)
        for path in paths:
            door = doors.get(path.suffix.lower())
            if door is not None:
                door(path)
            elif path not in recordings:
                words = self.tr("{0}: only instruments ({1}), scores (.mid) and recordings can be opened")
                self.window.notice.say(words.format(path.name, SUFFIX), True)

    def close(self) -> None:
        """Remember everything, and end the sound."""
        self.typist.release_all()
        self.performing.close()
        self.workshop.close()
        self.auditioning.close()
        self.exporting.close()
        self.player.stop()
        self.tuning.history.blockSignals(True)  # it is emptied when it goes
        memory.keep(self._remember())
        self.ended = self.deck.close(PATIENCE)
        self.deck.loading.done()  # whatever was being loaded, we have lived to leave it

    def change_theme(self) -> None:
        """From dark to light, and back."""
        self.memory.theme = "light" if self.memory.theme == "dark" else "dark"
        theme.apply(self._app, self.memory.theme)

    def _connect_playing(self) -> None:
        window, player = self.window, self.player
        for source in (window.keyboard, self.typist):
            source.pressed.connect(player.press)
            source.released.connect(player.release)
        player.lit.connect(window.keyboard.set_lit)
        player.levels.connect(window.header.meter.set_levels)
        player.compiling.connect(self._show_compiling)
        player.ready.connect(self._begin)
        player.loaded.connect(self._show_instrument)
        player.failed.connect(self._fail)
        player.program.connect(self._change_program)
        self.typist.moved.connect(lambda: window.keyboard.set_letters(self.typist.letters))
        window.octave_down.clicked.connect(lambda: self.typist.shift(-1))
        window.octave_up.clicked.connect(lambda: self.typist.shift(1))
        window.lock.setChecked(True)
        window.lock.toggled.connect(lambda plays: self.typist.lock(not plays))
        window.keyboard.set_letters(self.typist.letters)

    def _connect_browsing(self) -> None:
        window, tuning = self.window, self.tuning
        window.browser.chosen.connect(self._choose)
        window.dropped.connect(self.open)
        window.closing.connect(self.close)
        self.house.told.connect(window.notice.say)
        self.performing.told.connect(window.notice.say)
        self.workshop.told.connect(window.notice.say)
        self.workshop.made.connect(self._take_in)
        self.workshop.progress.connect(window.browser.show_learning)
        window.stage.voice.wanted.connect(self._take_singer)
        window.browser.learn.clicked.connect(self.workshop.show)
        window.browser.demo.connect(self.auditioning.demo)
        window.browser.beside.connect(lambda entry: self.racking.stand_beside(entry.path))
        self.auditioning.changed.connect(window.browser.show_heard)
        self.auditioning.told.connect(window.notice.say)
        self.exporting.told.connect(window.notice.say)
        window.browser.export.connect(self._export)
        self.player.looked.connect(self.auditioning.look)
        self.stepping.told.connect(window.notice.say)
        self.controllers.told.connect(window.notice.say)
        self.plugging.tone.connect(self.auditioning.tone)
        self.workshop.dialogue.listened.connect(self.auditioning.recording)
        self.house.scanned.connect(self._mark)
        self.house.scanned.connect(lambda: self.racking.set_entries(self.house.entries))
        self.house.moved.connect(self._follow)
        tuning.told.connect(window.notice.say)
        header = window.header
        window.transport.bounced.connect(lambda: self.performing.bounce(tuning.setting, self.memory.a4))
        for name, button, way in (("previous", header.before, -1), ("next", header.after, 1)):
            step = partial(window.browser.step, way)
            button.clicked.connect(step)
            self.stepping.add(name, button, step)
        header.undo.clicked.connect(tuning.history.undo)
        header.redo.clicked.connect(tuning.history.redo)
        header.compare.clicked.connect(tuning.compare)
        header.save.clicked.connect(self._save)
        self.house.saved.connect(self._go_on_as)
        header.theme.clicked.connect(self.change_theme)
        header.help.clicked.connect(lambda: Shortcuts(window).show())
        tuning.history.indexChanged.connect(self._show_history)
        self._show_history()

    def _connect_status(self) -> None:
        status, player = self.window.status, self.player
        player.read.connect(status.show_reading)
        player.midi.connect(status.blink)
        status.devices.connect(self.plugging.show)
        status.reset.connect(player.reset_meters)
        status.panic.connect(player.panic)

    def _shortcuts(self) -> None:
        window, history = self.window, self.tuning.history
        for keys, work in (
            ("Esc", self.player.panic),
            ("Alt+Up", lambda: window.browser.step(-1)), ("Alt+Down", lambda: window.browser.step(1)),
            ("Ctrl+F", window.browser.search), ("Ctrl+Z", history.undo), ("Ctrl+Shift+Z", history.redo),
            ("Ctrl+B", self.tuning.compare), ("Ctrl+T", self.change_theme), ("Ctrl+K", window.lock.toggle),
            ("PgDown", lambda: self.typist.shift(-1)), ("PgUp", lambda: self.typist.shift(1)),
            ("Ctrl+1", lambda: window.stage.show_view(PICTURE)), ("Ctrl+2", lambda: window.stage.show_view(PAD)),
            ("Ctrl+3", lambda: window.stage.show_view(VOICE)),
            ("Ctrl+D", window.browser.love), ("Ctrl+R", self.performing.record),
            ("Ctrl+S", self._save), ("Ctrl+L", self.workshop.show), ("Ctrl+,", self.plugging.show),
            ("F1", lambda: Shortcuts(window).show()), ("Ctrl+Q", window.close),
        ):  # fmt: skip
            window.shortcut(keys, work)

    def _restore(self) -> None:
        """The last evening, but for the instrument: that waits for the engine."""
        old = self.memory
        self.house.favourites = set(old.favourites)
        if old.geometry:
            self.window.restoreGeometry(QByteArray.fromHex(old.geometry.encode()))
        self.house.scan()

    def _begin(self) -> None:
        """The engine can be played: the first instrument, unless the last start died of it."""
        self.master.restore()
        self.controllers.set_learned({(str(row[0]), str(row[1])): row[2] for row in self.memory.learned})
        self.stepping.show()
        self.window.stage.show_view(self.memory.view)
        left = self.deck.loading.left()
        if left:
            self.deck.loading.done()
            words = self.tr("The last start did not survive {0}; this one begins without it").format(Path(left).name)
            self.window.notice.say(words, True)
        elif self._opening:
            self.open(self._opening)
        else:
            path = memory.path(self.memory)
            known = library.everything()
            if path is not None:
                self.tuning.recall(Setting(path, self.memory.values, from_plain(self.memory.chain)))
            elif known:
                self.tuning.recall(Setting(known.get(FIRST) or next(iter(known.values()))))
            self.workshop.recall()

    def open_first(self, paths: list[Path]) -> None:
        """Files named at the start: opened once the engine can play."""
        self._opening = paths

    def _remember(self) -> Memory:
        old, setting = self.memory, self.tuning.setting
        if setting is not None:
            old.preset, old.values, old.chain = str(setting.path), setting.values, self.tuning.chain.plain()
        old.geometry = bytes(self.window.saveGeometry().toHex().data()).decode()
        old.view = self.window.stage.view
        old.favourites = sorted(self.house.favourites)
        old.learned = [[*knob, controller] for knob, controller in self.controllers.learned.items()]
        return old

    def _show_compiling(self, number: int, total: int, what: str) -> None:
        words = self.tr("Compiling for this processor, once: {0}").format(what)
        self.window.stage.show_progress(words, number, total)

    def _show_instrument(self, now: Loaded) -> None:
        header, keys = now.header, now.header.get("keys", {})
        self.window.header.set_instrument(now.path.stem.capitalize(), " ".join(header.get("description", "").split()))
        self.window.keyboard.set_range(keys.get("low", 0), keys.get("high", 127))
        self.window.setWindowTitle(f"{now.path.stem} – Luthier")
        self._mark()
        memory.keep(self._remember())

    def _choose(self, entry: Entry) -> None:
        if entry.fault:
            self.window.notice.say(entry.fault, True)
        else:
            self.tuning.choose(entry.path)

    def _save(self) -> None:
        """Keep where the knobs stand, under a name."""
        setting = self.tuning.setting
        if self.player.now is not None and setting is not None:
            self.house.save(self.player.now, setting.values)

    def _export(self, entry: Entry) -> None:
        """Ask where it goes; what plays goes as it does."""
        setting = self.tuning.setting
        plays = setting is not None and setting.path == entry.path
        self.exporting.ask(entry, setting if plays else None)

    def _go_on_as(self, path: Path) -> None:
        """What plays goes on under the name that it was saved as."""
        now = self.tuning.setting
        if now is not None:
            self.tuning.recall(replace(now, path=path))

    def _take_singer(self) -> None:
        """An instrument that follows a voice, the violin rather than another."""
        found = [each for each in self.house.entries if each.kind == "ddsp" and not each.fault]
        if found:
            self._choose(min(found, key=lambda entry: entry.name != SUNG))

    def _take_in(self, path: Path) -> None:
        """What was learned is listed, and plays."""
        self.house.scan()
        self.tuning.choose(path)

    def _change_program(self, number: int) -> None:
        if number < len(self.house.entries):
            self._choose(self.house.entries[number])

    def _mark(self) -> None:
        if self.player.now is not None:
            self.window.browser.set_current(self.player.now.path)

    def _follow(self, before: Path, after: Path) -> None:
        """A file was renamed: what plays goes on under its new name."""
        if self.player.now is not None and self.player.now.path == before:
            self._go_on_as(after)

    def _fail(self, message: str) -> None:
        self.window.notice.say(message, True)
        self._mark()

    def _show_history(self, _: int = 0) -> None:
        header, history = self.window.header, self.tuning.history
        header.undo.setEnabled(history.canUndo())
        header.redo.setEnabled(history.canRedo())
        header.undo.setToolTip(self.tr("Undo {0} (Ctrl+Z)").format(history.undoText()))
        header.redo.setToolTip(self.tr("Redo {0} (Ctrl+Shift+Z)").format(history.redoText()))
        header.compare.setText(self.tuning.compared)
