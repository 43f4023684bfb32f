"""Wires what is written while one plays: the performance as it is, and a score as it would sound."""

import contextlib
import time
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from gui.engine_bridge import Player
from gui.main_window import Window
from gui.processes.render import Renderer
from session.engine_thread import EngineThread
from session.offline_render import Job
from session.patch import Setting
from session.recorder import Notes, Tape, name_for


class Performing(QObject):
    """A performance is written on the deck's thread, a score in a process of its own."""

    told = pyqtSignal(str, bool)

    def __init__(self, deck: EngineThread, player: Player, window: Window) -> None:
        super().__init__()
        self._deck, self._player, self._window = deck, player, window
        self._tape: Tape | None = None
        self._notes: Notes | None = None
        self._began = 0.0
        self._ending: Notes | None = None  # what the deck was asked to write
        bar = window.transport
        self._renderer = Renderer(self)
        self._renderer.moved.connect(bar.show_bounce)
        self._renderer.done.connect(self._bounced)
        self._renderer.failed.connect(self._failed)
        window.header.record.clicked.connect(self.record)
        player.events.connect(self._hear)
        player.looked.connect(self._look)

    @property
    def recording(self) -> bool:
        """Whether a performance is taken down."""
        return self._tape is not None

    def record(self) -> None:
        """Begin to take down a performance, or end it."""
        if self._tape is not None:
            self.finish()
        elif self._player.now is not None:
            path = name_for(self._player.now.path.stem.capitalize())
            self._deck.ask(lambda: self._deck.reels.begin_tape(path), self._begin)

    def finish(self) -> None:
        """End the performance; both files are whole when the deck has done it."""
        tape, notes = self._tape, self._notes
        self._tape = self._notes = None
        self._window.header.show_recording(None)
        if tape is None or notes is None:
            return
        self._end(notes)
        self._ending = notes

        def work() -> list[Path]:
            try:
                self._deck.reels.end_tape()
            finally:
                notes.write()
            return tape.paths

        self._deck.ask(work, self._recorded)

    def bounce(self, setting: Setting | None, a4: float) -> None:
        """Write the score to a sound file as the instrument would play it, or do so no more."""
        score = self._deck.reels.score
        if self._renderer.busy:
            self._renderer.cancel()
            self._window.transport.show_bounce(None)
            return
        if score is None or setting is None or self._player.hands is None:
            return
        path = name_for(f"{setting.path.stem.capitalize()} – {score.path.stem}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._failed(str(error))
            return
        chain = setting.chain.plain() if setting.chain is not None else None
        rate = self._player.hands.rig.rate
        self._window.transport.show_bounce(0.0)
        self._renderer.begin(
            Job(str(setting.path), str(path), str(score.path), score.tempo, rate, a4, dict(setting.values), chain)
        )

    def close(self) -> None:
        """Let what was taken down be whole, whatever the deck is busy with; what is being written is given up."""
        notes = self._notes or self._ending
        self._tape = self._notes = None
        self._deck.reels.save()
        with contextlib.suppress(OSError):
            if notes is not None:
                self._end(notes)
                notes.write()
        self._renderer.cancel()

    def _end(self, notes: Notes) -> None:
        if self._player.hands is not None and not notes.ended:
            notes.ended = self._player.hands.rig.frame

    def _recorded(self, paths: list[Path]) -> None:
        self._ending = None
        self.told.emit(self.tr("Recorded: {0}").format(", ".join(map(str, paths))), False)

    def _bounced(self, path: str) -> None:
        self._window.transport.show_bounce(None)
        self.told.emit(self.tr("Written: {0}").format(path), False)

    def _failed(self, why: str) -> None:
        self._window.transport.show_bounce(None)
        self.told.emit(self.tr("The file could not be written: {0}").format(why), True)

    def _begin(self, tape: Tape) -> None:
        self._tape = tape
        self._notes = Notes(tape.path.with_suffix(".mid"), tape.rates)
        self._began = time.monotonic()

    def _look(self) -> None:
        if self._tape is not None and not self._deck.reels.takes_down(self._tape.path):
            self.finish()  # the disk took no more, which was said
        if self._tape is not None:
            self._window.header.show_recording(time.monotonic() - self._began)

    def _hear(self, events: Any) -> None:
        if self._notes is not None and self._player.hands is not None:
            self._notes.hear(events, self._player.hands.rig.interpreter.channels)
