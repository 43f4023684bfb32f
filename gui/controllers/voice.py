"""Wires the view of a singer: puts the tracker before the instrument, and shows what it hears."""

import math

import numpy as np
from PyQt6.QtCore import QObject, Qt, QTimer

from engine.kinds import kind_of
from gui.engine_bridge import EngineBridge
from gui.views.voice import VoiceReading, VoiceView
from session.messages import Loaded
from session.status import Status

from . import voice_latency
from .parameters import ParameterController

MEASURED = 10_000  # milliseconds of singing by which a range is found
ENOUGH = 10  # moments with a voice: fewer say nothing about it, nor less than a tenth of them
SPARE = 4  # semitones beyond the range that was sung
ABOVE = 8.0  # dB above the silence between the tones: where the gate goes,
DEEP, SPARED = 45.0, 3.0  # dB: but no deeper than this below the voice, and so much below the softest of it


class VoiceController(QObject):
    """The microphone is off until it is asked for."""

    def __init__(self, bridge: EngineBridge, parameters: ParameterController, view: VoiceView) -> None:
        super().__init__()
        self._bridge, self._parameters, self._view = bridge, parameters, view
        self._heard: list[tuple[float, float]] | None = None  # pitch and level, while a range is found
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)  # it is counted down
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._settle)
        view.sing_toggled.connect(self.sing)
        view.measure_requested.connect(self.measure)
        bridge.loaded.connect(self._loaded)
        bridge.looked.connect(self._look)
        bridge.read.connect(self._read)

    def sing(self, on: bool) -> None:
        """Follow the voice, or do so no more; the instrument and its knobs stay."""
        self._sing(on)
        self._parameters.undo_stack.changed(self.tr("singing"), not on, on, self._sing)

    def measure(self) -> None:
        """Listen to the voice for ten seconds, and set the tracker for it."""
        self._heard = []
        self._timer.start(MEASURED)
        self._view.measure.setEnabled(False)
        self._count()

    def _sing(self, on: object) -> None:
        setting = self._parameters.setting
        self._bridge.engine.follows_voice = bool(on)
        if setting is not None:
            self._bridge.engine.load(setting)

    def _loaded(self, now: Loaded) -> None:
        self._heard = None
        self._timer.stop()
        self._view.show_countdown(0, "")
        self._view.set_state(kind_of(now.header).follows_voice, now.follows_voice)

    def _look(self) -> None:
        now = self._bridge.now
        if now is None or not now.follows_voice:
            return
        moment = _moment(now)
        if self._heard is not None:
            self._heard.append((moment.pitch, moment.level))
            self._count()
        if self._view.isVisible():
            self._view.show_reading(moment)

    def _read(self, status: Status) -> None:
        if self._bridge.now is not None and self._bridge.now.follows_voice:
            late = status.lateness
            self._view.show_latency(
                voice_latency.words(late) if late else self.tr("⚠ There is no microphone to hear.")
            )

    def _count(self) -> None:
        """Say how long there is still to sing."""
        left = math.ceil(self._timer.remainingTime() / 1000)
        words = self.tr("Sing, {0} s to go: your lowest tone, your highest, soft and loud.", "", left)
        self._view.show_countdown(left, words.format(left))

    def _settle(self) -> None:
        """Set low, high, gate and transposition from what was sung."""
        heard, self._heard = self._heard or [], None
        self._view.measure.setEnabled(True)
        self._view.show_countdown(0, "")
        pitches = np.array([pitch for pitch, _ in heard if pitch > 0])
        if len(pitches) < max(ENOUGH, len(heard) / 10) or self._bridge.now is None:
            self._view.show_message(self.tr("⚠ Too little was sung to find a range; is the microphone on?"))
            return
        low, high = np.percentile(pitches, [3, 97])
        found = {"low": low * 2 ** (-SPARE / 12), "high": high * 2 ** (SPARE / 12)}
        found["gate"] = _gate(np.array(heard))
        known = self._bridge.now.header["pitch"]
        middle = math.sqrt(known["low"] * known["high"])
        found["transpose"] = 12.0 * round(math.log2(middle / math.sqrt(low * high)))
        for name, value in found.items():
            least, most = self._parameters.place(f"voice {name}")
            self._parameters.turn(f"voice {name}", min(max(float(value), least), most))
            self._parameters.settle()
        words = self.tr("From {0:.0f} to {1:.0f} Hz; the instrument answers {2:+d} semitones away.")
        self._view.show_message(words.format(low, high, round(found["transpose"])))


def _gate(heard: np.ndarray) -> float:
    """The level below which there is no voice, in dB; heard: (N, 2) of pitch in Hz, 0 for none, and level in dB."""
    voice, silence = heard[heard[:, 0] > 0, 1], heard[heard[:, 0] <= 0, 1]
    lowest = np.median(voice) - DEEP
    quiet = np.median(silence) + ABOVE if len(silence) else lowest
    return float(min(max(quiet, lowest), np.percentile(voice, 5) - SPARED))


def _moment(now: Loaded) -> VoiceReading:
    """What the tracker hears at the moment."""
    assert now.rack.voice is not None
    ear = now.rack.voice.state["ear"][0]
    gate = float(ear["gate"])
    voiced = bool(ear["voiced"])
    singer = now.plugin.state["voices"][0][-2]
    sounds = float(singer["gain"].max()) > 0 and voiced
    answer = float(singer["pitch_to"]) * float(now.plugin.state["rate"][0]) if sounds else 0.0
    return VoiceReading(float(ear["pitch"]) if voiced else 0.0, float(ear["level"]), gate, answer)
