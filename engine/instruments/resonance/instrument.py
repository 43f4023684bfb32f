"""Resonance instruments: attacks excite banks of modes, as learned or moved to the keys."""

from typing import Any

import numpy as np

from engine.dsp import modal
from engine.events import EVENT
from engine.instruments.instrument import Instrument, preset_params
from engine.instruments.shared.voice_allocation import VOICES, is_rendered
from engine.instruments.shared.voice_gain import set_smoothing
from engine.kernel import Signature
from engine.plugin import entry
from engine.preset.preset_file import Preset

from . import excitation_tables, key_tables
from .note_on import excite_dimension, excite_key
from .plugin_functions import handle, process, reset_voices
from .state import MAX_VARIANTS, PARAMS, PARTIAL_ROWS, RESONANCE

SOFT_CUTOFF_HZ = 1000.0  # of the low-pass of a soft strike
TAIL_TIME_CONSTANTS = 16.0  # of that filter, until its state has decayed by 139 dB


class Resonance(Instrument):
    """An instrument of kind `resonance`.

    *As learned*, each resonance has a voice of its own, and keys and control events send energy through the learned
    router. *Chromatic*, a note plays the resonance nearest in pitch, its modes moved to the key.
    """

    name = "resonance"
    params = PARAMS

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """[main thread] Chromatic by default where a resonance has a pitch or there is no control plane.

        ValueError if the preset has more variants or resonances than the engine can play.
        """
        tensors = preset.tensors
        resonances, _, variants, _ = tensors["frequency"].shape
        if variants > MAX_VARIANTS:
            raise ValueError(f"{variants} variants of a resonance, at most {MAX_VARIANTS} can be played")
        if "router" in tensors and resonances > VOICES:
            raise ValueError(f"{resonances} resonances in one control plane, at most {VOICES} can be played")
        tuned = bool((tensors["pitch"] > 0).any() or "router" not in tensors)
        super().__init__(preset, preset_params(preset, PARAMS, play=tuned), RESONANCE, seed)
        self.handle, self.process = handle, process
        self.state["learned"] = preset.header["rate"]
        self.state["rest"][0, 0] = 1
        self._fill_tables(tensors)

    @property
    def voices(self) -> int:
        """How many notes or resonances sound."""
        return int(is_rendered(self.state["voices"][0]).sum())

    def prepare(self, rate: float) -> None:
        """[main thread] Resample attacks and noise to the rate of the device in Hz; the parameters stay."""
        header, tensors = self.preset.header, self.preset.tensors
        learned = float(header["rate"])
        self.state["rate"] = rate
        set_smoothing(self.state, modal.STRIDE, rate)
        self.state["lowpass_coefficient"] = 1 - np.exp(-2 * np.pi * SOFT_CUTOFF_HZ / rate)
        self.state["lowpass_tail"] = np.ceil(TAIL_TIME_CONSTANTS * rate / (2 * np.pi * SOFT_CUTOFF_HZ))
        self.state["ramp_length"] = max(round(header.get("control", {}).get("hop", 128) * rate / learned), 1)
        self._store("noise", excitation_tables.noise(learned, rate), "noise_length")
        self._store("strike", excitation_tables.strikes(tensors, learned, rate), "strike_length")
        knocks = excitation_tables.knocks(tensors, learned, rate)
        self.state["knock_channels"] = knocks.shape[1]
        self._store("knock", knocks, "knock_length")
        self._store_envelopes(int(header["attack"]), learned, rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence all voices and restart the random numbers; parameters and controllers stay."""
        state = self.state
        state["random_state"] = self._seed
        self._clear_fields("clock", "notes", "lfo", "ramp_position", "voices", "retunes_pending", "deformation")
        self._arrays["banks"][:] = 0
        self._arrays["sums"][:] = 0
        state["logit"] = state["rest"]
        reset_voices(state[0])

    def _store_envelopes(self, attack: int, learned: float, rate: float) -> None:
        """Keep the points of the envelopes of noise, and how they lie over an attack in learned samples."""
        tensors = self.preset.tensors
        points = tensors["envelope"].shape[-1]
        self.state["points"], self.state["point_start"] = points, 0.5 * points / attack - 0.5
        self.state["point_step"] = points / attack * learned / rate
        for name in ("envelope", "hiss"):
            self._store(name, tensors[name].reshape(-1, points))
            is_silent = not np.any(tensors[name])
            self.state[f"{name}_length"] = 0 if is_silent else round(attack * rate / learned)

    def _fill_tables(self, tensors: Any) -> None:
        """Fill the tables that do not depend on the device."""
        resonances, _layers, variants, modes = tensors["frequency"].shape
        width = modal.padded(modes)
        for name, size in zip("RLEJ", tensors["frequency"].shape, strict=True):
            self.state[name] = size
        self.state["width"] = width
        self.state["K"] = len(tensors["router"]) if "router" in tensors else 0
        for name in ("frequency", "decay", "amplitude", "phase", "place", "velocity"):
            self._store(name, tensors[name])
        harmonic = tensors.get("harmonic", np.ones((resonances, variants, modes)))
        self._store("harmonic", harmonic)
        self.state["has_inharmonic"] = int((harmonic < 1).any())
        self._store("drive", tensors["gain"])
        self._store("energy", key_tables.energy(tensors))
        for name, table in zip(
            ("cluster_amplitude", "cluster_decay"), key_tables.mode_clusters(tensors), strict=True
        ):
            self._store(name, table)
        self._store("router", tensors.get("router", np.zeros((0, resonances))))
        self._store("keys", key_tables.learned_keys(tensors, resonances))
        nearest, ratio = key_tables.nearest_resonances(np.asarray(tensors["pitch"], np.float64))
        self._store("nearest", nearest)
        self._store("key_ratio", ratio)
        self._keep("partials", np.zeros((VOICES, variants, PARTIAL_ROWS, modes)), is_written=True)
        self.state["C"] = channels = 2 if np.any(tensors["place"]) else 1
        self._keep("banks", modal.new_banks(VOICES * variants, modes), is_written=True)
        self._keep("sums", modal.new_sums(variants, channels), is_written=True)

    def _store(self, name: str, array: np.ndarray, count: str = "") -> None:
        """Keep an array and store its address; count: the field for the length of its last axis."""
        dtype = np.int32 if array.dtype.kind == "i" else np.float32
        self._keep(name, np.array(array, dtype, order="C"))
        if count:
            self.state[count] = array.shape[-1]


def sample() -> Resonance:
    """[main thread] The smallest instrument of this kind."""
    ranks = {"frequency": 4, "decay": 4, "amplitude": 4, "phase": 4, "gain": 1, "pitch": 1, "velocity": 2}
    ranks |= dict.fromkeys(("place", "strike", "knock", "envelope", "hiss"), 3)
    tensors = {name: np.ones((1,) * rank, np.float32) for name, rank in ranks.items()}
    header = {"name": "silence", "kind": "resonance", "rate": 48_000, "attack": 1}
    return Resonance(Preset(header, tensors))


def compile_all() -> None:
    """[main thread] Compile the audio-thread functions of a resonance instrument."""
    instrument = sample()
    instrument.prepare(48_000.0)
    entry(instrument)


def compile_keys() -> None:
    """[main thread] Compile the last functions of `compile_all`, in parallel with it."""
    for excite in (excite_dimension, excite_key):
        excite.compile(Signature("", RESONANCE, EVENT).numba_types())
