"""Recordings from the microphone to learn from."""

import time
from pathlib import Path

from PyQt6.QtCore import QObject

from gui.dialogs.learn import LearnDialog
from gui.engine_bridge import EngineBridge
from session.engine_thread import EngineThread
from session.recorders.sound_recorder import recording_path

from .learn import LearnController
from .recording.recording_edit import RecordingEdit

MAX_SECONDS = 600.0


class MicrophoneRecording(QObject):
    """The instrument goes on playing meanwhile; the microphone itself is not audible."""

    def __init__(self, engine: EngineThread, bridge: EngineBridge, learn: LearnController) -> None:
        super().__init__()
        self._engine, self._learn = engine, learn
        self._dialog: LearnDialog = learn.dialog
        self._path: Path | None = None
        self._start_time = 0.0
        self._dialog.record.clicked.connect(self.toggle)
        self._dialog.finished.connect(lambda _: self.stop())
        self.edit = RecordingEdit(engine, learn.set_recordings)
        self._dialog.bench.edit_requested.connect(self._edit)
        bridge.polled.connect(self._poll)

    def toggle(self) -> None:
        """Start, or stop."""
        if self._path is not None:
            self.stop()
            return
        path = recording_path(self.tr("Recording"))
        self._engine.request(lambda: self._engine.transport.start_microphone(path), self._started)

    def stop(self) -> None:
        """Stop, and check the recording."""
        path, self._path = self._path, None
        self._dialog.show_recording(None)
        if path is not None:
            self._engine.request(self._engine.transport.stop_microphone, lambda _: self._learn.set_recordings([path]))

    def _edit(self, start: float, end: float, normalized: bool) -> None:
        if len(self._dialog.recordings) == 1:
            self.edit.write(self._dialog.recordings[0], start, end, normalized)

    def _started(self, path: Path) -> None:
        self._path, self._start_time = path, time.monotonic()

    def _poll(self) -> None:
        if self._path is None:
            return
        seconds = time.monotonic() - self._start_time
        self._dialog.show_recording(seconds, self._engine.transport.microphone_peak)
        if seconds > MAX_SECONDS or not self._engine.transport.is_recording(self._path):  # a new rack ends it as well
            self.stop()
