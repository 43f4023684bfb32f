"""State-space instruments: a network of tanh units that rings in frames, as it was learned or moved to the keys."""

from typing import Any

import numpy as np

from engine.dsp import recurrence
from engine.dsp.interpolation import REACH, TAPS, tables
from engine.instruments.instrument import Instrument, knobs_of
from engine.instruments.resonance.tables import keyboard
from engine.instruments.shared.sample_playback import STRIDE
from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.instruments.shared.voice_gain import set_glides
from engine.plugin import entry
from engine.preset.preset_file import Preset
from engine.simd.vectors import aligned

from .plugin import handle, process
from .state import PARAMS, SSM


class StateSpace(Instrument):
    """An instrument of kind `ssm`.

    *As learned*, keys and controls send energy into states that keep to one grid of frames; what falls on the frames
    of the learned performance meets in one state, as it was learned. *Chromatic*, a note has a state of its own that
    begins with it, struck through the dimension nearest in pitch, and its frames go by faster or slower.
    """

    name = "ssm"

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """[main thread] Chromatic at first where a dimension has a pitch."""
        tuned = bool((preset.tensors["pitch"] > 0).any())
        super().__init__(preset, knobs_of(preset, PARAMS, play=tuned), SSM, seed)
        self.handle, self.process = handle, process
        self._describe(preset.tensors)

    @property
    def voices(self) -> int:
        """How many states sound."""
        voices = self.state["voices"][0]
        return int(((voices["stage"] != FREE) & (voices["asleep"] == 0)).sum())

    def prepare(self, rate: float) -> None:
        """[main thread] Take a device's rate in Hz; the knobs stay as they are."""
        learned = float(self.preset.header["rate"])
        self.state["rate"], self.state["pace"] = rate, learned / rate
        self.state["ahead"] = 0 if rate == learned else REACH
        set_glides(self.state, STRIDE, rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence; the knobs and controllers stay as they are."""
        self.state["dice"] = self._seed
        self._forget("clock", "notes", "lfo", "voices")
        for name in ("h", "entering", "wave"):
            self._arrays[name][:] = 0

    def _describe(self, tensors: Any) -> None:
        """Lay out what the audio thread reads."""
        (frame, size), dimensions = tensors["output"].shape, tensors["input"].shape[1]
        units, samples = recurrence.padded(size), recurrence.padded(frame)
        for name, number in (("S", size), ("K", dimensions), ("B", frame), ("units", units), ("samples", samples)):
            self.state[name] = number
        self._keep("recurrence", recurrence.pack(tensors["recurrence"]))
        self._keep("output", recurrence.pack(tensors["output"]))
        entrance = np.zeros((dimensions, units), np.float32)
        entrance[:, :size] = tensors["input"].T
        self._keep("input", entrance)
        self._keep("size", np.sqrt((entrance[:, :size] ** 2).mean(axis=1)))
        self._keep("nothing", np.zeros(samples, np.float32))
        self._keep("energy", np.array(tensors["energy"], np.float32))
        keys = tensors.get("map_keys", np.zeros((dimensions, 128)))
        self._keep("keys", np.ascontiguousarray(keys.T, np.float32))
        nearest, move = keyboard(np.asarray(tensors["pitch"], np.float64))
        self._keep("nearest", nearest)
        self._keep("move", move)
        self._keep("sincs", tables())
        self._keep("h", aligned((VOICES, units)))
        self._keep("entering", aligned((VOICES, units)))
        self._keep("wave", aligned((VOICES, TAPS + samples)))


def compile_all() -> None:
    """[main thread] Compile all that the audio thread needs of a state-space instrument."""
    shapes = {"recurrence": (1, 1), "input": (1, 1), "output": (32, 1), "pitch": (1,), "energy": (1,)}
    tensors = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    instrument = StateSpace(Preset({"name": "silence", "kind": "ssm", "rate": 48_000}, tensors))
    instrument.prepare(48_000.0)
    entry(instrument)
