"""The voice controller: lets an instrument follow the microphone, and shows the tracker's output."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QCoreApplication, QObject

from engine.pitch_and_frequency import ratio_of
from engine.snapshots.voice import VoiceReading, voice_reading
from gui.engine_bridge import EngineBridge
from gui.views.voice import MIN_LEVEL_DB, VoiceView
from session.engine_messages import Loaded
from session.status import Status

from .parameters import ParameterController

if TYPE_CHECKING:
    from engine.voice_latency import Latency

MEASURE_SECONDS = 10.0  # of singing from which the range is measured
MIN_VOICED_READINGS = 10  # needed for a range, and at least a tenth of all
RANGE_MARGIN_SEMITONES = 4  # beyond the range that was sung
GATE_ABOVE_NOISE_DB = 8.0  # above the level between the tones,
MAX_GATE_DEPTH_DB = 45.0  # but no deeper than this below the median of the voice,
GATE_BELOW_SOFTEST_DB = 3.0  # and by this below its softest
UNVOICED = VoiceReading(0.0, MIN_LEVEL_DB, MIN_LEVEL_DB, 0.0)
translate = QCoreApplication.translate


class VoiceController(QObject):
    """The microphone is closed until it is switched on."""

    def __init__(self, bridge: EngineBridge, parameters: ParameterController, view: VoiceView) -> None:
        super().__init__()
        self._bridge, self._parameters, self._view = bridge, parameters, view
        self._readings: dict[int, tuple[float, float]] | None = None  # Hz and dB by frame, while it is measured
        self._end_frame = 0  # of the host, at which the measurement ends
        view.voice_input_toggled.connect(self.set_follows_voice)
        view.measure_requested.connect(self.measure)
        bridge.loaded.connect(self._reset)
        bridge.polled.connect(self._poll)
        bridge.status_changed.connect(self._show_status)

    def set_follows_voice(self, on: bool) -> None:
        """Let the instrument follow the voice, or not, undoably; its values stay."""
        self._set_follows_voice(on)
        self._parameters.undo_stack.push_state(self.tr("singing"), not on, on, self._set_follows_voice)

    def measure(self) -> None:
        """Measure the range of the voice for MEASURE_SECONDS of sound, and set the tracker's parameters by it."""
        host = self._bridge.engine.host
        if host is None:
            return
        self._readings = {}
        self._end_frame = host.frame + round(MEASURE_SECONDS * host.rate)
        self._view.measure.setEnabled(False)
        self._show_countdown(MEASURE_SECONDS)

    def _set_follows_voice(self, on: object) -> None:
        patch = self._parameters.patch
        self._bridge.engine.follows_voice = bool(on)
        if patch is not None:
            self._bridge.engine.load(patch)

    def _reset(self, now: Loaded) -> None:
        self._readings = None
        self._view.show_countdown(0, "")
        self._view.set_state(now.kind is not None and now.kind.follows_voice, now.follows_voice)

    def _poll(self) -> None:
        now = self._bridge.now
        if now is None or now.rack.voice is None:
            return
        host = self._bridge.engine.host
        is_heard = host is not None and host.running()  # the tracker of a lost device keeps its last pitch
        reading = voice_reading(now.rack.voice, now.plugin) if is_heard else UNVOICED
        if self._readings is not None:
            self._continue_measurement(self._readings, (reading.frequency, reading.level))
        if self._view.isVisible():
            self._view.show_reading(reading)

    def _show_status(self, status: Status) -> None:
        if self._bridge.now is not None and self._bridge.now.follows_voice:
            latency = status.voice_latency
            self._view.show_latency(
                format_latency(latency) if latency else self.tr("⚠ There is no microphone to hear.")
            )

    def _continue_measurement(self, readings: dict[int, tuple[float, float]], reading: tuple[float, float]) -> None:
        """Add a reading, Hz and dB; apply the measurement at its last frame, or when the device is lost."""
        host = self._bridge.engine.host
        assert host is not None
        frame = host.frame
        readings[frame] = reading
        if frame < self._end_frame and host.running():
            self._show_countdown((self._end_frame - frame) / host.rate)
        else:
            self._apply_measurement(list(readings.values()))

    def _show_countdown(self, seconds: float) -> None:
        left = math.ceil(seconds)
        words = self.tr("Sing, {0} s to go: your lowest tone, your highest, soft and loud.", "", left)
        self._view.show_countdown(left, words.format(left))

    def _apply_measurement(self, readings: list[tuple[float, float]]) -> None:
        """Set low, high, gate and transposition from what was sung; readings: Hz and dB."""
        self._readings = None
        self._view.measure.setEnabled(True)
        self._view.show_countdown(0, "")
        frequencies = np.array([frequency for frequency, _ in readings if frequency > 0])
        if len(frequencies) < max(MIN_VOICED_READINGS, len(readings) / 10) or self._bridge.now is None:
            self._view.show_message(self.tr("⚠ Too little was sung to find a range; is the microphone on?"))
            return
        low, high = np.percentile(frequencies, [3, 97])
        found = {"low": low * ratio_of(-RANGE_MARGIN_SEMITONES), "high": high * ratio_of(RANGE_MARGIN_SEMITONES)}
        found["gate"] = _gate(np.array(readings))
        known = self._bridge.now.header["pitch"]
        middle = math.sqrt(known["low"] * known["high"])
        found["transpose"] = 12.0 * round(math.log2(middle / math.sqrt(low * high)))
        for name, value in found.items():
            lowest, highest = self._parameters.range(f"voice {name}")
            self._parameters.set_value(f"voice {name}", min(max(float(value), lowest), highest))
            self._parameters.end_gesture()
        words = self.tr("From {0:.0f} to {1:.0f} Hz; the instrument answers {2:+d} semitones away.")
        self._view.show_message(words.format(low, high, round(found["transpose"])))


def format_latency(latency: "Latency") -> str:
    """How late an instrument follows the voice, part by part, in one line."""
    labels = {
        "microphone": translate("Latency", "microphone"),
        "block": translate("Latency", "block"),
        "speaker": translate("Latency", "speaker"),
        "tracker": translate("Latency", "tracker"),
        "frame": translate("Latency", "frame"),
        "plugins": translate("Latency", "plugins"),
    }
    return latency.describe(translate("Latency", "Pitch {0} late ({1}), loudness {2} ({3})"), labels)


def _gate(readings: np.ndarray) -> float:
    """The level in dB below which there is no voice; readings: (N, 2) of Hz, 0 for unvoiced, and dB."""
    voice, noise = readings[readings[:, 0] > 0, 1], readings[readings[:, 0] <= 0, 1]
    min_gate = np.median(voice) - MAX_GATE_DEPTH_DB
    above_noise = np.median(noise) + GATE_ABOVE_NOISE_DB if len(noise) else min_gate
    return float(min(max(above_noise, min_gate), np.percentile(voice, 5) - GATE_BELOW_SOFTEST_DB))
