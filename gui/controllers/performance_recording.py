"""Recording of the performance, and of a score as it would sound."""

import contextlib
import time
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from gui.browser.catalogue import display_name
from gui.engine_bridge import EngineBridge
from gui.engine_translation import translate_message
from gui.main_window import MainWindow
from gui.processes.render import RenderProcess
from session.engine_thread import EngineThread
from session.offline_render import RenderJob
from session.patch import Patch
from session.recorders.note_recorder import NoteRecorder
from session.recorders.sound_recorder import Recorder, recording_path

from .recording.recording_files import RecordingFiles

NOTES_SECONDS = 5.0  # between two times that the notes of a recording are written


class RecordingController(QObject):
    """The performance is written by the engine thread, a score is rendered by a child process."""

    notified = pyqtSignal(str, bool)

    def __init__(self, engine: EngineThread, bridge: EngineBridge, window: MainWindow) -> None:
        super().__init__()
        self._engine, self._bridge, self._window = engine, bridge, window
        self.files = RecordingFiles(window)
        self._recorder: Recorder | None = None
        self._notes: NoteRecorder | None = None
        self._start_time = self._notes_time = (
            0.0  # monotonic, in s: of the recording, and of its notes as written last
        )
        self._finishing: NoteRecorder | None = None  # that the engine thread was asked to write
        bar = window.score_bar
        self._renderer = RenderProcess(self)
        self._renderer.progressed.connect(bar.show_rendering)
        self._renderer.finished.connect(self._show_rendered)
        self._renderer.failed.connect(self._fail)
        window.top_bar.record.clicked.connect(self.toggle)
        bridge.events.connect(self._add_events)
        bridge.polled.connect(self._poll)

    @property
    def recording(self) -> bool:
        """Whether the performance is recorded."""
        return self._recorder is not None

    def toggle(self) -> None:
        """Start to record the performance, or stop."""
        if self._recorder is not None:
            self.stop()
        elif self._bridge.now is not None:
            path = recording_path(display_name(self._bridge.now.title))
            self._engine.request(lambda: self._engine.transport.start_performance(path), self._started)

    def stop(self, failed: bool = False) -> None:
        """Stop; both files are complete when the engine thread has done it.

        failed: an error that is shown already has ended the recording, and is not covered by another message.
        """
        recorder, notes = self._recorder, self._notes
        self._recorder = self._notes = None
        self._window.top_bar.show_recording(None)
        if recorder is None or notes is None:
            return
        self._set_end(notes)
        self._finishing = notes

        def work() -> list[Path]:
            try:
                self._engine.transport.stop_performance()
            finally:
                notes.write()
            return recorder.paths

        self._engine.request(work, self._forget_notes if failed else self._show_recorded)

    def render_score(self, patch: Patch | None, a4: float) -> None:
        """Render the score to a sound file with a patch, or cancel that."""
        score = self._engine.transport.score
        if self._renderer.busy:
            self._renderer.cancel()
            self._window.score_bar.show_rendering(None)
            return
        if score is None or patch is None or self._bridge.live_input is None:
            return
        now = self._bridge.now
        title = now.title if now is not None and now.path == patch.path else patch.path.stem
        path = recording_path(f"{display_name(title)} – {score.path.stem}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._fail(translate_message(error))
            return
        chain = patch.chain.plain() if patch.chain is not None else None
        rate = self._bridge.live_input.host.rate
        self._window.score_bar.show_rendering(0.0)
        self._renderer.start(
            RenderJob(str(patch.path), str(path), str(score.path), score.tempo, rate, a4, dict(patch.values), chain)
        )

    def close(self) -> None:
        """Complete the files of the performance even while the engine thread is busy; cancel the renderer."""
        notes = self._notes or self._finishing
        self._recorder = self._notes = None
        self._engine.transport.close_files()
        with contextlib.suppress(OSError):
            if notes is not None:
                self._set_end(notes)
                notes.write()
        self._renderer.cancel()

    def _set_end(self, notes: NoteRecorder) -> None:
        if self._bridge.live_input is not None and not notes.end:
            notes.end = self._bridge.live_input.host.frame

    def _forget_notes(self, _: list[Path]) -> None:
        self._finishing = None

    def _show_recorded(self, paths: list[Path]) -> None:
        self._forget_notes(paths)
        text = self.tr("Recorded: {0}").format(", ".join(map(str, paths)))
        self.files.offer(text, [*paths, paths[0].with_suffix(".mid")])

    def _show_rendered(self, path: str) -> None:
        self._window.score_bar.show_rendering(None)
        self.files.offer(self.tr("Written: {0}").format(path), [Path(path)])

    def _fail(self, why: str) -> None:
        self._window.score_bar.show_rendering(None)
        self.notified.emit(self.tr("The file could not be written: {0}").format(why), True)

    def _started(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._notes = NoteRecorder(recorder.path.with_suffix(".mid"), recorder.rates)
        self._start_time = self._notes_time = time.monotonic()

    def _poll(self) -> None:
        if self._recorder is not None and not self._engine.transport.is_recording(self._recorder.path):
            self.stop(failed=True)  # the disk is full; the error was shown
        if self._recorder is not None:
            self._window.top_bar.show_recording(time.monotonic() - self._start_time)
            self._keep_notes()

    def _keep_notes(self) -> None:
        """Write the notes played so far from time to time: the program may be killed."""
        notes, now = self._notes, time.monotonic()
        if notes is not None and notes.messages and now - self._notes_time > NOTES_SECONDS:
            self._notes_time = now
            self._engine.request_in_background(notes.write, lambda _: None)

    def _add_events(self, events: Any) -> None:
        if self._notes is not None and self._bridge.live_input is not None:
            self._notes.add(events, self._bridge.live_input.host.interpreter.channels)
