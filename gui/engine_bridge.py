"""The bridge to the engine: forwards notes and parameters to it, and emits its events and state from one timer."""

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from engine.events import Kind
from engine.midi.channel_masks import ALL_CHANNELS
from gui.engine_translation import translate_message
from gui.views.dots import scaled
from session.active_notes import ActiveNotes
from session.audio_thread_queue import LiveInput
from session.controller_moves import ControllerMoves
from session.engine_messages import Compiling, Failed, Loaded, PluginHung, Ready, Result, StatesSaved
from session.engine_thread import EngineThread
from session.parameters import ParameterModel
from session.status import LoadWatch, Status

A4, CHANNELS = 0, 1  # parameters of the MIDI interpreter
POLL_MS = 16  # 60 times a second
MODE_DISPLAY_GAIN = 4.0  # by which a ringing mode is shown stronger than it sounds


class EngineBridge(QObject):
    """[main thread] All signals are emitted here, none by another thread."""

    compiling = pyqtSignal(int, int, str)
    ready = pyqtSignal()
    plugin_hung = pyqtSignal(str)  # its name; a new engine is about to begin without it
    restarted = pyqtSignal()  # the new engine can be played, but plays nothing yet
    loaded = pyqtSignal(object)  # Loaded
    failed = pyqtSignal(str)
    notes_changed = pyqtSignal(dict)  # velocity of each key that sounds
    modes_changed = pyqtSignal(object)  # Modes, levels 0..1
    harmonics_changed = pyqtSignal(object)  # Harmonics
    levels_changed = pyqtSignal(float, float, int)  # peaks, linear, and samples clipped so far
    status_changed = pyqtSignal(object)  # Status
    midi_active = pyqtSignal(bool, int)  # whether messages of other sources came, and the last message
    controller_moved = pyqtSignal(int)
    controller_pressed = pyqtSignal(int)  # it passed its middle upwards
    program_changed = pyqtSignal(int)
    events = pyqtSignal(object)  # (N,) EVENT, notes that began and ended, and MIDI messages while they are recorded
    polled = pyqtSignal()

    def __init__(self, engine: EngineThread) -> None:
        super().__init__()
        self.engine = engine
        self.live_input: LiveInput | None = None
        self.now: Loaded | None = None
        self.status = Status()
        self.model = ParameterModel()
        self.shows_snapshot = True  # whether the view of modes or harmonics is visible
        self._active, self._moves, self._load_watch = ActiveNotes(), ControllerMoves(), LoadWatch()
        self._foreign_messages, self._is_odd_poll = 0, False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.poll)
        self._timer.start(POLL_MS)

    def note_on(self, key: int, velocity: float) -> None:
        """Start a note."""
        if self.live_input is not None and 0 <= key <= 127:
            self.live_input.note_on(key, velocity)

    def note_off(self, key: int) -> None:
        """End a note."""
        if self.live_input is not None and 0 <= key <= 127:
            self.live_input.note_off(key)

    def set_volume(self, level: float) -> None:
        """Set the volume after the limiter, in dB."""
        if self.live_input is not None:
            self.live_input.set_param(self.live_input.host.volume, 0, level)

    def set_a4(self, a4: float) -> None:
        """Tune the A above middle C, in Hz."""
        if self.live_input is not None:
            self.live_input.set_param(self.live_input.host.interpreter, A4, a4)

    def set_channel(self, channel: int) -> None:
        """Receive and send on one MIDI channel, counted from 1; 0: receive all."""
        if self.live_input is not None:
            self.live_input.channel = max(channel - 1, 0)
            mask = 1 << channel - 1 if channel else ALL_CHANNELS
            self.live_input.set_param(self.live_input.host.interpreter, CHANNELS, float(mask))

    def panic(self) -> None:
        """Silence everything now."""
        if self.live_input is not None:
            self.live_input.panic()
        self._active.clear()
        self.notes_changed.emit({})

    def reset_meters(self) -> None:
        """Reset the count of under-runs and the worst load."""
        host = self.engine.host
        if host is not None:
            self.engine.submit(host.reset_meters)

    def stop(self) -> None:
        """Stop polling."""
        self._timer.stop()

    def poll(self) -> None:
        """Emit what has changed."""
        self._drain_messages()
        if self.live_input is not None:
            self._drain_events(self.live_input)
            self._poll_snapshots(self.live_input)
        if self.engine.status is not self.status:
            self.status = self.engine.status
            self.status_changed.emit(self.status)
            if self._load_watch.is_due(self.status) and self.engine.host is not None:
                self.engine.submit(self.engine.host.reset_load)
        self.polled.emit()

    def _drain_messages(self) -> None:
        while not self.engine.messages.empty():
            message = self.engine.messages.get()
            if isinstance(message, Compiling):
                self.compiling.emit(message.number, message.total, message.step)
            elif isinstance(message, Ready):
                self._take_engine(message)
            elif isinstance(message, PluginHung):
                self.plugin_hung.emit(message.title)
            elif isinstance(message, Loaded):
                self.now = message
                self.model.load(message)
                self.loaded.emit(message)
            elif isinstance(message, StatesSaved):
                self.model.adopt_states(message.chain)
            elif isinstance(message, Failed):
                self.model.cancel(message.patch)
                self.failed.emit(translate_message(message.message))
            elif isinstance(message, Result):
                message.callback(message.value)

    def _take_engine(self, message: Ready) -> None:
        """Send notes and parameters to this engine from now on."""
        self.live_input = self.model.live_input = message.live_input
        if not message.is_anew:
            self.ready.emit()
            return
        self.now, self._foreign_messages = None, 0
        self._active.clear()
        self.notes_changed.emit({})
        self.restarted.emit()

    def _drain_events(self, live_input: LiveInput) -> None:
        """Emit the starts and ends of notes of all sources, and the moves of controllers."""
        host = live_input.host
        events = host.outbox.drain()
        if len(events):
            self.events.emit(events)
        if self._active.update(events, host.meters().voices):
            self.notes_changed.emit(self._active.velocities)
        for event in events[events["kind"] == Kind.PROGRAM]:
            self.program_changed.emit(int(event["key"]))
        moved, pressed = self._moves.poll(host.interpreter)
        foreign = host.interpreter.message_count - live_input.messages
        self.midi_active.emit(foreign > self._foreign_messages, host.interpreter.last_message)
        self._foreign_messages = max(foreign, self._foreign_messages)
        for controller in pressed:
            self.controller_pressed.emit(controller)
        if moved is not None:
            self.controller_moved.emit(moved)

    def _poll_snapshots(self, live_input: LiveInput) -> None:
        """Emit levels and the snapshot of the instrument, and take over parameters that the engine has changed."""
        meters = live_input.host.meters()
        self.levels_changed.emit(*meters.peak, meters.clipped)
        if self.now is None:
            return
        self._is_odd_poll = not self._is_odd_poll
        if self.shows_snapshot and self._is_odd_poll:  # every second time: painting it is slow
            self._emit_snapshot(self.now)
        if self.status.state == "playing":
            self.model.poll()

    def _emit_snapshot(self, now: Loaded) -> None:
        if now.kind is not None and now.kind.display == "harmonics":
            from engine.snapshots import harmonics

            self.harmonics_changed.emit(harmonics.sounding_harmonics(now.plugin))
        else:
            from engine.snapshots import modes

            self.modes_changed.emit(scaled(modes.sounding_modes(now.plugin), MODE_DISPLAY_GAIN))
