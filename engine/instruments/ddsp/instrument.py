"""DDSP instruments: a decoder network from pitch and loudness to harmonics and filtered noise."""

from typing import Any, Protocol

import numpy as np

from engine.dsp import decoder, noise
from engine.dsp.matmul import padded
from engine.instruments.instrument import Instrument, preset_params
from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.instruments.shared.voice_gain import set_smoothing
from engine.kinds.ddsp import random_preset
from engine.plugin import UNLIMITED, entry
from engine.preset.preset_file import Preset

from .decode_curves import uses_float16
from .decoder_entry import decoder_callback
from .decoder_requests import remote_decoder_callback
from .initial_states import first_frames, key_range
from .pitch_leap import FADE_SECONDS
from .plugin_functions import handle, process
from .state import CONTROL_FRAMES, DDSP, MAX_BATCH, PARAMS
from .voice_range import voice_range

ONSET_SECONDS = 0.002  # fade-in of a note


class RemoteDecoder(Protocol):
    """A decoder on another thread, with pitch in Hz; mailbox: one MAILBOX record at a constant address."""

    mailbox: np.ndarray
    harmonics: int
    bands: int
    failure: str  # why it has stopped; empty while it works

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Respond to all requests."""


class Ddsp(Instrument):
    """An instrument of kind `ddsp`, played by keys, one voice per note, and by a voice tracker.

    Its output is dry; its room is a separate plugin. remote: a decoder in place of the preset's own tensors.
    """

    name = "ddsp"
    params = PARAMS

    def __init__(self, preset: Preset, seed: int = 0, remote: RemoteDecoder | None = None) -> None:
        header = preset.header
        super().__init__(preset, preset_params(preset, PARAMS), DDSP, seed)
        self.handle, self.process = handle, process
        self._remote = remote
        features = header["features"]
        self.state["uses_hertz"] = remote is not None or features["pitch"] == "hertz"
        self.state["mean"], self.state["deviation"] = features["mean"], features["deviation"]
        self.state["min_frequency"], self.state["max_frequency"] = header["pitch"]["low"], header["pitch"]["high"]
        self.state["min_semitone"], self.state["max_semitone"] = voice_range(header["pitch"])
        if remote is None:
            self._lay_out_decoder(preset.tensors)
        else:
            self._lay_out_remote(remote)

    @property
    def voices(self) -> int:
        """The number of voices that sound."""
        return int((self.state["voices"]["stage"] != FREE).sum())

    @property
    def catch_up_frames(self) -> int:
        """Frames that may be rendered offline between two calls of `catch_up`."""
        return UNLIMITED if self._remote is None else int(self.state["min_frame"][0])

    @property
    def late(self) -> int:
        """Model frames for which a decoder on another thread did not respond in time."""
        return 0 if self._remote is None else int(self._remote.mailbox["late"][0])

    @property
    def failure(self) -> str:
        """Why a decoder on another thread has stopped; empty while it works."""
        return "" if self._remote is None else self._remote.failure

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Let a decoder on another thread respond to all requests."""
        if self._remote is not None:
            self._remote.catch_up()

    def prepare(self, rate: float) -> None:
        """[main thread] Lay out frames and filters for a rate in Hz; parameters are kept."""
        header, bands = self.preset.header, int(self.state["N"][0])
        learned = float(header["rate"])
        hop = max(round(header["hop"] * rate / learned), 4)
        self.state["rate"], self.state["band"] = rate, min(learned, rate) / 2
        self.state["hop"], self.state["min_frame"] = hop, hop // 4
        set_smoothing(self.state, CONTROL_FRAMES, rate)
        self.state["fade_frames"] = max(round(FADE_SECONDS * rate), 1)
        self.state["onset"] = max(round(ONSET_SECONDS * rate), 1)
        table = noise.filter_table(bands, learned, rate)
        taps, line = noise.tap_count(table), noise.new_line(table)
        self.state["R"], self.state["taps"], self.state["line"] = len(table), taps, line.shape[1]
        self._keep("filter_table", table)
        self._keep("filters", np.zeros((VOICES + 1, 3, taps), np.float32), is_written=True)
        self._keep("noise_lines", np.zeros((VOICES + 1, *line.shape), np.float32), is_written=True)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence all voices and restart the seed; parameters and controllers are kept."""
        self.state["seed"] = self._seed
        self._clear_fields("clock", "notes", "lfo", "lfo_at", "held_count", "batch_count", "voices")
        for name in ("voice_states", "harmonics", "filters"):
            self._arrays[name][:] = 0
        if self._remote is not None:
            self._remote.mailbox["voices"]["note_start"] = self._remote.mailbox["voices"]["requested"]

    def _lay_out_decoder(self, tensors: Any) -> None:
        """Lay out the decoder of the preset's tensors."""
        float16 = uses_float16(self.preset)
        network = decoder.pack_weights(tensors, float16)
        weights, vectors, units, heads = network
        self.state["weights_size"], self.state["vectors_size"] = len(weights), len(vectors)
        self.state["decoder"] = decoder_callback(float16).address
        self._keep("weights", weights)
        self._keep("vectors", vectors)
        self.state["first_key"], self.state["key_count"] = key_range(self.preset.header["pitch"])
        outputs, states = first_frames(network, self.preset.header)
        self._keep("first_outputs", outputs)
        self._keep("first_states", states)
        self.state["frame_work"] = decoder.frame_work(padded(units), padded(heads))
        self._lay_out_voices(len(tensors["harmonics_bias"]), len(tensors["noise_bias"]), units, heads)

    def _lay_out_remote(self, remote: RemoteDecoder) -> None:
        """Lay out a decoder on another thread, which keeps its states itself."""
        self.state["mailbox"], self.state["decoder"] = remote.mailbox.ctypes.data, remote_decoder_callback().address
        self._lay_out_voices(remote.harmonics, remote.bands, 0, 1 + remote.harmonics + remote.bands)

    def _lay_out_voices(self, harmonics: int, bands: int, units: int, heads: int) -> None:
        """Allocate the arrays of the voices and of a batch."""
        size = padded(units)
        self.state["H"], self.state["N"], self.state["self_address"] = harmonics, bands, self.state.ctypes.data
        self.state["units"], self.state["size"], self.state["heads"] = units, size, padded(heads)
        widths = {"voice_states": size, "next_states": size, "voice_outputs": padded(heads)}
        for name, width in widths.items():
            self._keep(name, np.zeros((VOICES + 1, width), np.float32), is_written=True)
        self._keep("harmonics", np.zeros((VOICES + 1, 3, harmonics), np.float32), is_written=True)
        self._keep("fading", np.zeros((VOICES + 1, harmonics), np.float32), is_written=True)
        self._keep("silence", np.zeros(harmonics, np.float32))
        widths = {"features": 2, "states": size, "work": decoder.WORK_ROWS * size, "outputs": padded(heads)}
        for name, width in widths.items():
            self._keep(name, np.zeros((MAX_BATCH, width), np.float32), is_written=True)


def sample() -> Ddsp:
    """[main thread] The smallest instrument of this kind."""
    return Ddsp(Preset(*random_preset(float16=decoder.HAS_FLOAT16)))


def compile_all() -> None:
    """[main thread] Compile the audio-thread functions of a DDSP instrument."""
    instrument = sample()
    instrument.prepare(48_000.0)
    entry(instrument)
    remote_decoder_callback()
