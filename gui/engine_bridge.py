"""The engine as the window sees it: it takes what the player does, and says what it hears, from one timer."""

import time
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from engine.events import Kind
from gui.terms import message
from gui.views.dots import scaled
from session.active_notes import ControllerMoves, ActiveNotes
from session.engine_thread import EngineThread
from session.live_input import LiveInput
from session.messages import Result, Compiling, Failed, Loaded, Ready
from session.status import Status

if TYPE_CHECKING:
    from engine.plugin import Plugin

A4, HEARD = 0, 1  # the interpreter's parameters
PITCHED = 0xFFFF & ~(1 << 9)  # all channels but the drums
POLL_MS = 16  # milliseconds between two looks: 60 a second
MODE_DISPLAY_GAIN = 4.0  # by which a mode that rings is shown stronger than it sounds
UNANSWERED = 0.25  # seconds that a turned knob may take to be where it was turned to


class EngineBridge(QObject):
    """[the window's thread] Every signal is said from here, none by another thread."""

    compiling = pyqtSignal(int, int, str)
    ready = pyqtSignal()
    loaded = pyqtSignal(object)  # Loaded
    failed = pyqtSignal(str)
    lit = pyqtSignal(dict)  # keys that sound: velocity
    ringing = pyqtSignal(object)  # Dots
    decoded = pyqtSignal(object)  # Bars
    levels = pyqtSignal(float, float, int)  # peaks, linear, and samples that were too loud so far
    read = pyqtSignal(object)  # Reading
    midi = pyqtSignal(bool)
    controller = pyqtSignal(int)  # one was moved
    stepped = pyqtSignal(int)  # one passed its middle upwards
    program = pyqtSignal(int)
    events = pyqtSignal(object)  # (N,) EVENT, what began and ended
    swayed = pyqtSignal(int, float)  # a knob was turned by something else than the window
    looked = pyqtSignal()

    def __init__(self, deck: EngineThread) -> None:
        super().__init__()
        self.deck = deck
        self.hands: LiveInput | None = None
        self.now: Loaded | None = None
        self.reading = Status()
        self.watching = True  # whether anybody looks at what rings
        self._sounding, self._movements = ActiveNotes(), ControllerMoves()
        self._heard, self._odd = 0, False
        self._values = np.zeros(0, np.float32)  # where the window believes the knobs to stand,
        self._turned = np.zeros(0)  # and when it turned each
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(POLL_MS)

    def press(self, key: int, velocity: float) -> None:
        """Begin a note."""
        if self.hands is not None and 0 <= key <= 127:
            self.hands.press(key, velocity)

    def release(self, key: int) -> None:
        """End a note."""
        if self.hands is not None and 0 <= key <= 127:
            self.hands.release(key)

    def turn(self, place: int, value: float) -> None:
        """Turn a knob of the row, by its place."""
        if self.hands is not None and self.now is not None:
            self._values[place], self._turned[place] = value, time.monotonic()
            knob = self.now.knobs[place]
            self.hands.turn(knob.plugin, knob.index, value)

    def set_volume(self, level: float) -> None:
        """Turn the last knob before the speaker, in dB."""
        if self.hands is not None:
            self.hands.turn(self.hands.rig.volume, 0, level)

    def tune(self, a4: float) -> None:
        """Put the A above middle C at a frequency in Hz."""
        if self.hands is not None:
            self.hands.turn(self.hands.rig.interpreter, A4, a4)

    def hear(self, channel: int) -> None:
        """Listen to one MIDI channel, counted from 1, and play on it; 0: to all but the drums."""
        if self.hands is not None:
            self.hands.channel = max(channel - 1, 0)
            self.hands.turn(self.hands.rig.interpreter, HEARD, float(1 << channel - 1 if channel else PITCHED))

    def panic(self) -> None:
        """Silence everything now."""
        if self.hands is not None:
            self.hands.panic()
        self._sounding.clear()
        self.lit.emit({})

    def reset_meters(self) -> None:
        """Count under-runs anew, and forget the worst block."""
        rig = self.deck.rig
        if rig is not None:
            self.deck.do(rig.reset_meters)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def look(self) -> None:
        """Say what is new."""
        self._take_news()
        if self.hands is not None:
            self._take_events()
            self._see()
        if self.deck.reading is not self.reading:
            self.reading = self.deck.reading
            self.read.emit(self.reading)
        self.looked.emit()

    def _take_news(self) -> None:
        while not self.deck.news.empty():
            news = self.deck.news.get()
            if isinstance(news, Compiling):
                self.compiling.emit(news.number, news.total, news.what)
            elif isinstance(news, Ready):
                self.hands = news.hands
                self.ready.emit()
            elif isinstance(news, Loaded):
                self._begin(news)
            elif isinstance(news, Failed):
                self.failed.emit(message(news.message))
            elif isinstance(news, Result):
                news.take(news.result)

    def _begin(self, now: Loaded) -> None:
        """Another instrument plays."""
        self._values = np.array([now.values.get(knob.name, knob.param.default) for knob in now.knobs], np.float32)
        self._turned = np.full(len(self._values), time.monotonic())
        self.now = now
        self.loaded.emit(now)

    def _take_events(self) -> None:
        """Which notes began and ended, whoever played them; what controllers did."""
        assert self.hands is not None
        rig = self.hands.rig
        events = rig.outbox.take()
        if len(events):
            self.events.emit(events)
        if self._sounding.hear(events, rig.meters().voices):
            self.lit.emit(self._sounding.lit)
        for event in events[events["kind"] == Kind.PROGRAM]:
            self.program.emit(int(event["key"]))
        moved, pressed = self._movements.look(rig.interpreter)
        heard = rig.interpreter.heard - self.hands.said
        self.midi.emit(heard > self._heard)
        self._heard = max(heard, self._heard)
        for controller in pressed:
            self.stepped.emit(controller)
        if moved is not None:
            self.controller.emit(moved)

    def _picture(self, now: Loaded) -> None:
        from engine.snapshots import modes

        if now.header["kind"] == "ddsp":
            from engine.snapshots import harmonics

            self.decoded.emit(harmonics.sounding_harmonics(now.plugin))
        else:
            self.ringing.emit(scaled(modes.sounding_modes(now.plugin), MODE_DISPLAY_GAIN))

    def _see(self) -> None:
        """Levels, what rings, and the knobs that something else has turned."""
        assert self.hands is not None
        meters = self.hands.rig.meters()
        self.levels.emit(*meters.peak, meters.clipped)
        if self.now is None:
            return
        self._odd = not self._odd
        if self.watching and self._odd:  # half as often: what rings is much to paint
            self._picture(self.now)
        if self.reading.state != "playing":
            return
        answered = self._turned < time.monotonic() - UNANSWERED
        values = np.concatenate([_values(plugin) for _, plugin in self.now.lineup.links])
        for place in np.flatnonzero(answered & (values != self._values) & np.isfinite(values)).tolist():
            self._values[place] = values[place]
            self.swayed.emit(place, float(values[place]))


def _values(plugin: "Plugin") -> np.ndarray:
    """Where the knobs of a plugin stand; no numbers where it does not tell."""
    from engine.snapshots import modes

    found = modes.param_values(plugin)
    return found if found is not None else np.full(len(plugin.params), np.nan, np.float32)
