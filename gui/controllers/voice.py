"""Wires the view of a singer: puts the tracker before the instrument, and shows what it hears."""

import math

import numpy as np
from PyQt6.QtCore import QObject, Qt, QTimer

from gui.engine_bridge import Player
from gui.views.voice import Sung, VoiceView
from session.messages import Loaded
from session.status import Reading

from . import voice_latency
from .parameters import Tuning

MEASURED = 10_000  # milliseconds of singing by which a range is found
ENOUGH = 10  # moments with a voice: fewer say nothing about it, nor less than a tenth of them
SPARE = 4  # semitones beyond the range that was sung
ABOVE = 8.0  # dB above the silence between the tones: where the gate goes,
DEEP, SPARED = 45.0, 3.0  # dB: but no deeper than this below the voice, and so much below the softest of it


class Singing(QObject):
    """The microphone is off until it is asked for."""

    def __init__(self, player: Player, tuning: Tuning, view: VoiceView) -> None:
        super().__init__()
        self._player, self._tuning, self._view = player, tuning, view
        self._heard: list[tuple[float, float]] | None = None  # pitch and level, while a range is found
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)  # it is counted down
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._settle)
        view.switched.connect(self.sing)
        view.measured.connect(self.measure)
        player.loaded.connect(self._loaded)
        player.looked.connect(self._look)
        player.read.connect(self._read)

    def sing(self, on: bool) -> None:
        """Follow the voice, or do so no more; the instrument and its knobs stay."""
        self._sing(on)
        self._tuning.history.changed(self.tr("singing"), not on, on, self._sing)

    def measure(self) -> None:
        """Listen to the voice for ten seconds, and set the tracker for it."""
        self._heard = []
        self._timer.start(MEASURED)
        self._view.measure.setEnabled(False)
        self._count()

    def _sing(self, on: object) -> None:
        setting = self._tuning.setting
        self._player.deck.sung = bool(on)
        if setting is not None:
            self._player.deck.load(setting)

    def _loaded(self, now: Loaded) -> None:
        self._heard = None
        self._timer.stop()
        self._view.show_left(0, "")
        self._view.set_state(now.header["kind"] == "ddsp", now.sung)

    def _look(self) -> None:
        now = self._player.now
        if now is None or not now.sung:
            return
        moment = _moment(now)
        if self._heard is not None:
            self._heard.append((moment.pitch, moment.level))
            self._count()
        if self._view.isVisible():
            self._view.show_sung(moment)

    def _read(self, reading: Reading) -> None:
        if self._player.now is not None and self._player.now.sung:
            late = reading.lateness
            self._view.show_lateness(
                voice_latency.words(late) if late else self.tr("⚠ There is no microphone to hear.")
            )

    def _count(self) -> None:
        """Say how long there is still to sing."""
        left = math.ceil(self._timer.remainingTime() / 1000)
        words = self.tr("Sing, {0} s to go: your lowest tone, your highest, soft and loud.", "", left)
        self._view.show_left(left, words.format(left))

    def _settle(self) -> None:
        """Set low, high, gate and transposition from what was sung."""
        heard, self._heard = self._heard or [], None
        self._view.measure.setEnabled(True)
        self._view.show_left(0, "")
        pitches = np.array([pitch for pitch, _ in heard if pitch > 0])
        if len(pitches) < max(ENOUGH, len(heard) / 10) or self._player.now is None:
            self._view.say(self.tr("⚠ Too little was sung to find a range; is the microphone on?"))
            return
        low, high = np.percentile(pitches, [3, 97])
        found = {"low": low * 2 ** (-SPARE / 12), "high": high * 2 ** (SPARE / 12)}
        found["gate"] = _gate(np.array(heard))
        known = self._player.now.header["pitch"]
        middle = math.sqrt(known["low"] * known["high"])
        found["transpose"] = 12.0 * round(math.log2(middle / math.sqrt(low * high)))
        for name, value in found.items():
            least, most = self._tuning.place(f"voice {name}")
            self._tuning.turn(f"voice {name}", min(max(float(value), least), most))
            self._tuning.settle()
        words = self.tr("From {0:.0f} to {1:.0f} Hz; the instrument answers {2:+d} semitones away.")
        self._view.say(words.format(low, high, round(found["transpose"])))


def _gate(heard: np.ndarray) -> float:
    """The level below which there is no voice, in dB; heard: (N, 2) of pitch in Hz, 0 for none, and level in dB."""
    voice, silence = heard[heard[:, 0] > 0, 1], heard[heard[:, 0] <= 0, 1]
    lowest = np.median(voice) - DEEP
    quiet = np.median(silence) + ABOVE if len(silence) else lowest
    return float(min(max(quiet, lowest), np.percentile(voice, 5) - SPARED))


def _moment(now: Loaded) -> Sung:
    """What the tracker hears at the moment."""
    assert now.lineup.voice is not None
    ear = now.lineup.voice.state["ear"][0]
    gate = float(ear["gate"])
    voiced = bool(ear["voiced"])
    singer = now.plugin.state["voices"][0][-2]
    sounds = float(singer["gain"].max()) > 0 and voiced
    answer = float(singer["pitch_to"]) * float(now.plugin.state["rate"][0]) if sounds else 0.0
    return Sung(float(ear["pitch"]) if voiced else 0.0, float(ear["level"]), gate, answer)
