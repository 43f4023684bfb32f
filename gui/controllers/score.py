"""The score controller: connects the score bar to the score player."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from gui.engine_bridge import EngineBridge
from gui.panels.score_bar import ScoreBar
from session.engine_thread import EngineThread

from .undo_stack import UndoStack

TEMPO = "the tempo"  # its name in the undo stack, which no parameter has


class ScoreController(QObject):
    """Tempo and repetition are undoable."""

    notified = pyqtSignal(str, bool)

    def __init__(self, engine: EngineThread, bridge: EngineBridge, undo_stack: UndoStack, bar: ScoreBar) -> None:
        super().__init__()
        self._engine, self._undo_stack, self._bar = engine, undo_stack, bar
        self._tempo = 1.0
        bar.play_clicked.connect(self._toggle)
        bar.loop_toggled.connect(self.set_loop)
        bar.seek_requested.connect(self._seek)
        bar.tempo_edited.connect(self.set_tempo)
        bar.editing_finished.connect(undo_stack.close_step)
        bar.close_clicked.connect(self.close)
        bridge.polled.connect(self._show)

    def open(self, path: Path) -> None:
        """Play a MIDI file."""
        self._engine.request(lambda: self._engine.transport.open_score(path), self._opened)

    def close(self) -> None:
        """Stop the score, and hide the bar."""
        self._bar.hide()
        self._engine.submit(self._engine.transport.close_score)

    def set_loop(self, loop: bool) -> None:
        """Repeat the score, or do not, undoably."""
        self._set_loop(loop)
        self._undo_stack.push_state(self.tr("repetition of the score"), not loop, loop, self._set_loop)

    def set_tempo(self, tempo: float) -> None:
        """Play `tempo` times as fast as the score says, undoably."""
        before = self._tempo
        if tempo != before:
            self._set_tempo(TEMPO, tempo)
            self._undo_stack.push_value(self.tr("change of tempo"), TEMPO, (before, tempo), self._set_tempo)

    def _set_tempo(self, _: str, tempo: float) -> None:
        score = self._engine.transport.score
        self._tempo = tempo
        self._bar.set_tempo(tempo)
        if score is not None:
            self._engine.submit(lambda: score.set_tempo(tempo))

    def _set_loop(self, loop: object) -> None:
        score = self._engine.transport.score
        self._bar.set_loop(bool(loop))
        if score is not None:
            score.loop = bool(loop)

    def _opened(self, _: object) -> None:
        score = self._engine.transport.score
        if score is not None:
            self._tempo = score.tempo
            self._bar.open(score.path.stem)
            for fault in score.faults[:1]:
                self.notified.emit(self.tr("{0}: {1}").format(score.path.name, fault), True)

    def _toggle(self) -> None:
        score = self._engine.transport.score
        if score is not None:
            self._engine.submit(score.play if score.position is None else score.stop)

    def _seek(self, seconds: float) -> None:
        score = self._engine.transport.score
        if score is not None:
            self._engine.submit(lambda: score.seek(seconds))

    def _show(self) -> None:
        score = self._engine.transport.score
        if score is not None and self._bar.isVisible():
            self._bar.show_position(score.position, score.seconds, score.next_start)
