"""Decoded instruments: a network that has learned how harmonics and noise follow pitch and loudness."""

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

from .decoder_entry import decoder_for
from .decoder_requests import asker
from .initial_states import LEVELS, keyboard, settled
from .lookahead import foresee
from .offline import halved
from .plugin import handle, process
from .state import BATCH, DDSP, PARAMS, TICK

ONSET = 0.002  # seconds in which a note comes in, however short its attack


class Beside(Protocol):
    """A decoder on another thread, that is told pitch in Hz; post: one POST record, always at the same address."""

    post: np.ndarray
    harmonics: int
    bands: int
    failure: str  # why it answers no more; empty while it does

    def catch_up(self) -> None:
        """[driver of file time, between two blocks] Answer all that was asked."""


class Ddsp(Instrument):
    """An instrument of kind `ddsp`, played by keys, each note a voice of its own, and by a tracker.

    What it adds to audio is without its room. beside: what decodes in place of the preset's own tensors.
    """

    name = "ddsp"
    params = PARAMS

    def __init__(self, preset: Preset, seed: int = 0, beside: Beside | None = None) -> None:
        header = preset.header
        super().__init__(preset, preset_params(preset, PARAMS), DDSP, seed)
        self.handle, self.process, self.foresee = handle, process, foresee
        self._beside = beside
        features = header["features"]
        self.state["hertz"] = beside is not None or features["pitch"] == "hertz"
        self.state["mean"], self.state["deviation"] = features["mean"], features["deviation"]
        self.state["lowest"], self.state["highest"] = header["pitch"]["low"], header["pitch"]["high"]
        if beside is None:
            self._describe(preset.tensors)
        else:
            self._correspond(beside)

    @property
    def voices(self) -> int:
        """How many notes sound."""
        return int((self.state["voices"]["stage"] != FREE).sum())

    @property
    def catch_up_frames(self) -> int:
        """Frames that may be rendered offline between two calls of `catch_up`."""
        return UNLIMITED if self._beside is None else int(self.state["reach"][0])

    @property
    def late(self) -> int:
        """Frames that were held because a decoder on another thread did not answer in time."""
        return 0 if self._beside is None else int(self._beside.post["late"][0])

    @property
    def failure(self) -> str:
        """Why a decoder on another thread answers no more; empty while it does."""
        return "" if self._beside is None else self._beside.failure

    def catch_up(self) -> None:
        """[driver of file time, between two blocks] Let a decoder on another thread answer all that it was asked."""
        if self._beside is not None:
            self._beside.catch_up()

    def prepare(self, rate: float) -> None:
        """[main thread] Lay out frames and filters for a device's rate in Hz; the knobs stay as they are."""
        header, bands = self.preset.header, int(self.state["N"][0])
        learned = float(header["rate"])
        hop = max(round(header["hop"] * rate / learned), 4)
        self.state["rate"], self.state["band"] = rate, min(learned, rate) / 2
        self.state["hop"], self.state["reach"] = hop, hop // 4
        set_smoothing(self.state, TICK, rate)
        self.state["onset"] = max(round(ONSET * rate), 1)
        table = noise.filter_table(bands, learned, rate)
        taps, line = noise.tap_count(table), noise.new_line(table)
        self.state["R"], self.state["taps"], self.state["line"] = len(table), taps, line.shape[1]
        self._keep("table", table)
        self._keep("filters", np.zeros((VOICES + 1, 3, taps), np.float32))
        self._keep("lines", np.zeros((VOICES + 1, *line.shape), np.float32))
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence, from the first seed on; the knobs and controllers stay as they are."""
        self.state["seed"] = self._seed
        self._forget("clock", "notes", "lfo", "ticked", "held", "voices")
        for name in ("memory", "harmonics", "filters"):
            self._arrays[name][:] = 0
        if self._beside is not None:
            self._beside.post["lanes"]["born"] = self._beside.post["lanes"]["asked"]

    def _describe(self, tensors: Any) -> None:
        """Lay out what does not depend on the device."""
        half = halved(self.preset)
        network = decoder.pack_weights(tensors, half)
        weights, vectors, units, heads = network
        self.state["weighing"], self.state["adding"] = len(weights), len(vectors)
        self.state["decoder"] = decoder_for(half).address
        self._keep("weights", weights)
        self._keep("vectors", vectors)
        self.state["first"], self.state["known"] = keyboard(self.preset.header["pitch"])
        self._keep("settled", settled(network, self.preset.header))
        self._make_room(len(tensors["harmonics_bias"]), len(tensors["noise_bias"]), units, heads)

    def _correspond(self, beside: Beside) -> None:
        """Lay out the same for a decoder on another thread, which keeps its memory itself."""
        self.state["post"], self.state["decoder"] = beside.post.ctypes.data, asker().address
        self.state["known"] = 1
        self._keep("settled", np.zeros((1, len(LEVELS), 0), np.float32))
        self._make_room(beside.harmonics, beside.bands, 0, 1 + beside.harmonics + beside.bands)

    def _make_room(self, harmonics: int, bands: int, units: int, heads: int) -> None:
        """Room for the voices and for a batch of frames."""
        size = padded(units)
        self.state["H"], self.state["N"], self.state["me"] = harmonics, bands, self.state.ctypes.data
        self.state["units"], self.state["size"], self.state["heads"] = units, size, padded(heads)
        self._keep("memory", np.zeros((VOICES + 1, size), np.float32))
        self._keep("harmonics", np.zeros((VOICES + 1, 3, harmonics), np.float32))
        widths = {"features": 2, "states": size, "work": decoder.WORK_ROWS * size, "said": padded(heads)}
        widths |= {"known_features": 2, "known_states": size, "known_said": padded(heads)}
        for name, width in widths.items():
            self._keep(name, np.zeros((BATCH, width), np.float32))


def compile_all() -> None:
    """[main thread] Compile all that the audio thread needs of a decoded instrument."""
    instrument = Ddsp(Preset(*random_preset(half=decoder.HAS_FLOAT16)))
    instrument.prepare(48_000.0)
    entry(instrument)
    asker()
