"""State-space instruments: a recurrent network of tanh units, played as learned or as chromatic notes."""

from typing import Any

import numpy as np

from engine.dsp import tanh_rnn
from engine.dsp.sinc_interpolation import LOOKAHEAD, TAPS, sinc_tables
from engine.instruments.instrument import Instrument, preset_params
from engine.instruments.resonance.key_tables import nearest_resonances
from engine.instruments.shared.playback_control import CONTROL_FRAMES
from engine.instruments.shared.voice_allocation import VOICES, is_rendered
from engine.instruments.shared.voice_gain import set_smoothing
from engine.plugin import entry
from engine.preset.preset_file import Preset
from engine.simd.vectors import aligned_zeros

from .plugin_functions import handle, process
from .state import PARAMS, SSM


class StateSpace(Instrument):
    """An instrument of kind `ssm`.

    *As learned*, keys and controls excite grid voices, whose frames start on a common grid; events on the frames of
    the learned performance share one state, as in training. *Chromatic*, each note has a state of its own that
    starts with it, is excited through the dimension nearest in pitch, and is read faster or slower.
    """

    name = "ssm"
    params = PARAMS

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """[main thread] Chromatic by default where a dimension has a pitch."""
        tuned = bool((preset.tensors["pitch"] > 0).any())
        super().__init__(preset, preset_params(preset, PARAMS, play=tuned), SSM, seed)
        self.handle, self.process = handle, process
        self._fill_arrays(preset.tensors)

    @property
    def voices(self) -> int:
        """The number of voices that sound."""
        return int(is_rendered(self.state["voices"][0]).sum())

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; parameters are kept."""
        learned = float(self.preset.header["rate"])
        self.state["rate"], self.state["speed"] = rate, learned / rate
        self.state["lookahead"] = 0 if rate == learned else LOOKAHEAD
        set_smoothing(self.state, CONTROL_FRAMES, rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence all voices; parameters and controllers are kept."""
        self.state["random_state"] = self._seed
        self._clear_fields("clock", "notes", "lfo", "voices")
        for name in ("h", "u", "wave"):
            self._arrays[name][:] = 0

    def _fill_arrays(self, tensors: Any) -> None:
        """Fill the arrays that the audio thread reads."""
        (frame, size), dimensions = tensors["output"].shape, tensors["input"].shape[1]
        units, samples = tanh_rnn.padded(size), tanh_rnn.padded(frame)
        for name, number in (("S", size), ("K", dimensions), ("B", frame), ("units", units), ("samples", samples)):
            self.state[name] = number
        self._keep("recurrence", tanh_rnn.pack(tensors["recurrence"]))
        self._keep("output", tanh_rnn.pack(tensors["output"]))
        columns = np.zeros((dimensions, units), np.float32)
        columns[:, :size] = tensors["input"].T
        self._keep("input", columns)
        self._keep("input_rms", np.sqrt((columns[:, :size] ** 2).mean(axis=1)))
        self._keep("zeros", np.zeros(samples, np.float32))
        self._keep("energy", np.array(tensors["energy"], np.float32))
        keys = tensors.get("map_keys", np.zeros((dimensions, 128)))
        self._keep("keys", np.ascontiguousarray(keys.T, np.float32))
        nearest, ratio = nearest_resonances(np.asarray(tensors["pitch"], np.float64))
        self._keep("nearest", nearest)
        self._keep("key_ratio", ratio)
        self._keep("sincs", sinc_tables())
        self._keep("h", aligned_zeros((VOICES, units)), is_written=True)
        self._keep("u", aligned_zeros((VOICES, units)), is_written=True)
        self._keep("wave", aligned_zeros((VOICES, TAPS + samples)), is_written=True)


def sample() -> StateSpace:
    """[main thread] The smallest instrument of this kind."""
    shapes = {"recurrence": (1, 1), "input": (1, 1), "output": (32, 1), "pitch": (1,), "energy": (1,)}
    tensors = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    return StateSpace(Preset({"name": "silence", "kind": "ssm", "rate": 48_000}, tensors))


def compile_all() -> None:
    """[main thread] Compile the audio-thread functions of a state-space instrument."""
    instrument = sample()
    instrument.prepare(48_000.0)
    entry(instrument)
