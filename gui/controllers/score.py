"""Wires the row of a score: it plays on the deck's thread, and is told from here what the player wants of it."""

from pathlib import Path

from PyQt6.QtCore import QObject

from gui.engine_bridge import Player
from gui.panels.score_bar import TransportBar
from session.engine_thread import EngineThread

from .undo_stack import History

TEMPO = "the tempo"  # its name in the history, which no knob has


class Conducting(QObject):
    """Tempo and repetition can be taken back."""

    def __init__(self, deck: EngineThread, player: Player, history: History, bar: TransportBar) -> None:
        super().__init__()
        self._deck, self._history, self._bar = deck, history, bar
        self._tempo = 1.0
        bar.played.connect(self._play)
        bar.looped.connect(self.loop)
        bar.sought.connect(self._seek)
        bar.tempo.connect(self.set_tempo)
        bar.settled.connect(history.settle)
        bar.closed.connect(self._close)
        player.looked.connect(self._show)

    def open(self, path: Path) -> None:
        """Play a MIDI file."""
        self._deck.ask(lambda: self._deck.reels.open_score(path), self._opened)

    def loop(self, again: bool) -> None:
        """Begin anew at the end, or do so no more."""
        self._loop(again)
        self._history.changed(self.tr("repetition of the score"), not again, again, self._loop)

    def set_tempo(self, tempo: float) -> None:
        """Play so many times as fast as the score says."""
        before = self._tempo
        if tempo != before:
            self._go(TEMPO, tempo)
            self._history.turned(self.tr("change of tempo"), TEMPO, (before, tempo), self._go)

    def _go(self, _: str, tempo: float) -> None:
        score = self._deck.reels.score
        self._tempo = tempo
        self._bar.set_tempo(tempo)
        if score is not None:
            self._deck.do(lambda: score.set_tempo(tempo))

    def _loop(self, again: object) -> None:
        score = self._deck.reels.score
        self._bar.set_loop(bool(again))
        if score is not None:
            score.loop = bool(again)

    def _opened(self, _: object) -> None:
        score = self._deck.reels.score
        if score is not None:
            self._tempo = score.tempo
            self._bar.open(score.path.stem)

    def _play(self) -> None:
        score = self._deck.reels.score
        if score is not None:
            self._deck.do(score.play if score.position is None else score.stop)

    def _seek(self, seconds: float) -> None:
        score = self._deck.reels.score
        if score is not None:
            self._deck.do(lambda: score.seek(seconds))

    def _close(self) -> None:
        self._bar.hide()
        self._deck.do(self._deck.reels.close_score)

    def _show(self) -> None:
        score = self._deck.reels.score
        if score is not None and self._bar.isVisible():
            self._bar.show_position(score.position, score.seconds, score.begins)
