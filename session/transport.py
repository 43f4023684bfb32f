"""[engine thread] Transport: recording of the performance or the microphone, and playback of a score."""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .translatable_message import RECORDING_FAILED, Message

if TYPE_CHECKING:
    from engine.standard_chain import StandardChain

    from .recorders.sound_recorder import Recorder
    from .score_player import ScorePlayer

WRITE_SECONDS = 0.2  # between two times that a recording is written while the engine thread is busy


class Transport:
    """Runs at most one recorder of the performance, one of the microphone, and one score."""

    def __init__(self, fail: Callable[[Message], object]) -> None:
        """fail: is called with the reason when a recording had to end."""
        self.host: StandardChain | None = None  # until the engine is ready
        self.score: ScorePlayer | None = None
        self._fail = fail
        self._performance: Recorder | None = None
        self._microphone: Recorder | None = None

    def start_performance(self, path: Path) -> "Recorder":
        """Record what is played from now on. OSError."""
        from .recorders.sound_recorder import Recorder

        assert self.host is not None
        self.stop_performance()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._performance = self._start(Recorder(self.host, path))
        self.host.report_midi()
        return self._performance

    def stop_performance(self) -> None:
        """Close its files. OSError or RuntimeError."""
        recorder, self._performance = self._performance, None
        if recorder is not None and self.host is not None:
            self.host.report_midi(False)
            recorder.stop()

    def start_microphone(self, path: Path) -> Path:
        """Record the microphone from now on, while the rack continues to sound. OSError."""
        from engine.effects.capture import MicrophoneCapture

        from .recorders.sound_recorder import Recorder

        assert self.host is not None
        self.stop_microphone()
        path.parent.mkdir(parents=True, exist_ok=True)
        capture = MicrophoneCapture()
        self._microphone = self._start(Recorder(self.host, path, capture))
        self.host.edit_chain([capture, *self.host.chain])
        return path

    def stop_microphone(self) -> None:
        """Close its file, and close the microphone. OSError or RuntimeError."""
        recorder, self._microphone = self._microphone, None
        if recorder is not None:
            assert self.host is not None
            recorder.stop()
            self.host.edit_chain([plugin for plugin in self.host.chain if plugin is not recorder.capture])

    def is_recording(self, path: Path) -> bool:
        """[any thread] Whether the recording that was started at a path goes on."""
        return any(each is not None and each.path == path for each in (self._performance, self._microphone))

    @property
    def microphone_peak(self) -> float:
        """[any thread] The peak, linear, of what was recorded of the microphone last; 0 when it is not."""
        recorder = self._microphone
        return recorder.peak if recorder is not None else 0.0

    def open_score(self, path: Path) -> None:
        """Play a MIDI file."""
        from .score_player import ScorePlayer

        assert self.host is not None
        score = ScorePlayer(self.host, path)
        self.close_score()
        self.score = score
        score.play()

    def close_score(self) -> None:
        """Stop and remove the score."""
        score, self.score = self.score, None
        if score is not None:
            score.close()

    def write(self) -> None:
        """Write what was recorded since the last call; to be called ten times a second or more often."""
        for recorder in (self._performance, self._microphone):
            if recorder is not None:
                self._write(recorder)

    def close(self) -> None:
        """Close every file and the score."""
        self.close_score()
        self.stop_microphone()
        self.stop_performance()

    def abandon(self) -> None:
        """[any thread] Close the files and forget the score, without asking the host, which hangs."""
        self.close_files()
        self._performance = self._microphone = self.score = None

    def close_files(self) -> None:
        """[any thread] Close every file, even while the engine thread is busy."""
        for recorder in (self._performance, self._microphone):
            if recorder is not None:
                _stop(recorder)

    def _start(self, recorder: "Recorder") -> "Recorder":
        """Let another thread write, too, while the engine thread loads an instrument."""
        threading.Thread(target=self._keep_writing, args=(recorder,), name="recorder", daemon=True).start()
        return recorder

    def _keep_writing(self, recorder: "Recorder") -> None:
        """[recorder thread] Write until the recording ends; the engine thread finds an error when it writes next."""
        try:
            while not recorder.is_stopped:
                recorder.write()
                time.sleep(WRITE_SECONDS)
        except (OSError, RuntimeError, ValueError) as error:
            recorder.failure = error

    def _write(self, recorder: "Recorder") -> None:
        """Write; an error, such as a full disk, ends the recording but not the sound."""
        try:
            if recorder.failure is not None:
                raise recorder.failure
            recorder.write()
        except (OSError, RuntimeError, ValueError) as error:
            self._fail(Message(RECORDING_FAILED, recorder.path.name, error))
            _stop(recorder)
            assert self.host is not None
            if recorder is self._performance:
                self.host.report_midi(False)
            if recorder.capture in self.host.chain:  # the microphone's
                self.host.edit_chain([plugin for plugin in self.host.chain if plugin is not recorder.capture])
            self._performance, self._microphone = (
                None if each is recorder else each for each in (self._performance, self._microphone)
            )


def _stop(recorder: "Recorder") -> None:
    """Close the files of a recorder, with what can be written."""
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        recorder.stop()
