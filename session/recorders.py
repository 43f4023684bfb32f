"""[deck's thread] What turns beside the music: a performance taken down, the microphone taken down, a score."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .user_message import RECORDING_FAILED, Message

if TYPE_CHECKING:
    from engine.rig import Rig

    from .recorder import Tape
    from .score_player import Scoring


class Reels:
    """At most one of each; `turn` is to be called ten times a second or more often."""

    def __init__(self, fail: Callable[[Message], object]) -> None:
        """fail: where it is said in words why a recording had to end."""
        self.rig: Rig | None = None  # until the engine is there
        self.score: Scoring | None = None
        self._fail = fail
        self._tape: Tape | None = None
        self._heard: Tape | None = None

    def begin_tape(self, path: Path) -> "Tape":
        """Take down what is played from now on."""
        from .recorder import Tape

        assert self.rig is not None
        self.end_tape()
        self._tape = Tape(self.rig, path)
        self.rig.tell()
        return self._tape

    def end_tape(self) -> None:
        """Let the file be whole."""
        tape, self._tape = self._tape, None
        if tape is not None and self.rig is not None:
            self.rig.tell(False)
            tape.stop()

    def begin_listening(self, path: Path) -> Path:
        """Take down what the microphone hears from now on; what plays, plays on."""
        from engine.effects.microphone_input import MicrophoneCapture

        from .recorder import Tape

        assert self.rig is not None
        self.end_listening()
        microphone = MicrophoneCapture()
        self._heard = Tape(self.rig, path, microphone)
        self.rig.arrange([microphone, *self.rig.row])
        return path

    def end_listening(self) -> None:
        """Let that file be whole, and the microphone go."""
        heard, self._heard = self._heard, None
        if heard is not None:
            assert self.rig is not None
            heard.stop()
            self.rig.arrange([plugin for plugin in self.rig.row if plugin is not heard.source])

    def takes_down(self, path: Path) -> bool:
        """[any thread] Whether a recording that was begun at a path goes on."""
        return any(tape is not None and tape.path == path for tape in (self._tape, self._heard))

    def open_score(self, path: Path) -> None:
        """Play a MIDI file."""
        from .score_player import Scoring

        assert self.rig is not None
        score = Scoring(self.rig, path)
        self.close_score()
        self.score = score
        score.play()

    def close_score(self) -> None:
        """End the score."""
        score, self.score = self.score, None
        if score is not None:
            score.close()

    def turn(self) -> None:
        """Write what was played or heard meanwhile."""
        for tape in (self._tape, self._heard):
            if tape is not None:
                self._spool(tape)

    def end(self) -> None:
        """Let every file be whole, and the score end."""
        self.close_score()
        self.end_listening()
        self.end_tape()

    def save(self) -> None:
        """[any thread] Let every file be whole, whatever the deck is busy with."""
        for tape in (self._tape, self._heard):
            if tape is not None:
                _stop(tape)

    def _spool(self, tape: "Tape") -> None:
        """A disk that takes no more ends the recording, not the music."""
        try:
            tape.spool()
        except (OSError, RuntimeError, ValueError) as error:
            self._fail(Message(RECORDING_FAILED, tape.path.name, error))
            _stop(tape)
            assert self.rig is not None
            if tape is self._tape:
                self.rig.tell(False)
            if tape.source in self.rig.row:  # a microphone
                self.rig.arrange([plugin for plugin in self.rig.row if plugin is not tape.source])
            self._tape, self._heard = (None if each is tape else each for each in (self._tape, self._heard))


def _stop(tape: "Tape") -> None:
    """Let the files of a tape be whole, with what can be written."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        tape.stop()
