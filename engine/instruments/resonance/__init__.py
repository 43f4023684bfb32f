"""Resonance instruments: attacks that set banks of modes ringing, as they were learned or moved to the keys."""

from typing import Any

import numpy as np
from numba import njit

from ...dsp import modal
from ...events import ALL, Kind
from ...plugin import Param, entry
from ...preset import Preset
from ..voices import ENDING, FREE, HELD, RELEASED, VOICES, concerns
from . import tables
from .pluck import arm, excite_dimension, excite_key, pluck
from .record import PARAMS, PARTIALS, PLAY, RELEASE, RESONANCE, VARIANTS
from .ringing import aim, ring, tick, weigh
from .tuning import retune

FALL = np.float32(np.log(1000.0))  # nepers in 60 dB


class Resonance:
    """An instrument of kind `resonance`.

    *As learned*, each resonance rings in a voice of its own, and keys and controls send energy through the learned
    router. *Chromatic*, a note takes the resonance nearest in pitch and moves its modes to the key.
    """

    name = "resonance"

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """Raises ValueError when the preset has more variants or resonances than the engine can play."""
        header, tensors = preset.header, preset.tensors
        resonances, _, variants, _ = tensors["frequency"].shape
        if variants > VARIANTS:
            raise ValueError(f"{variants} variants of a resonance, at most {VARIANTS} can be played")
        if "router" in tensors and resonances > VOICES:
            raise ValueError(f"{resonances} resonances in one control plane, at most {VOICES} can be played")
        self.preset = preset
        self.params = _params(header, tensors)
        self.state = np.zeros(1, RESONANCE)
        self.handle, self.process = handle, process
        self._seed = seed
        self._arrays: dict[str, np.ndarray] = {}
        self.state["param"] = [param.default for param in self.params]
        self.state["volume"] = 1
        self.state["learned"] = header["rate"]
        self.state["rest"][0, 0] = 1
        self._describe(tensors)

    def prepare(self, rate: float) -> None:
        """[main thread] Bring attacks and noise to a device's rate in Hz; the knobs stay as they are."""
        header, tensors = self.preset.header, self.preset.tensors
        learned = float(header["rate"])
        self.state["rate"] = rate
        self.state["ramp"] = max(round(header.get("control", {}).get("hop", 128) * rate / learned), 1)
        self._lay("noise", tables.noise(learned, rate), "noisy")
        self._lay("strike", tables.strikes(tensors, learned, rate), "struck")
        self._lay("knock", tables.knocks(tensors, learned, rate), "knocked")
        for name, count in (("envelope", "blown"), ("hiss", "hissed")):
            self._lay(name, tables.envelopes(tensors[name], int(header["attack"]), learned, rate), count)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence, from the first seed on; the knobs and controllers stay as they are."""
        state = self.state
        state["dice"] = (self._seed * 2654435761 + 88172645) % (1 << 32) or 1
        for name in ("clock", "notes", "lfo", "ramped", "voices", "dirty"):
            state[name] = np.zeros((), state[name].dtype)
        self._arrays["banks"][:] = 0
        self._arrays["sums"][:] = 0
        state["logit"] = state["rest"]
        _begin(state[0])

    def _describe(self, tensors: Any) -> None:
        """Lay out what does not depend on the device."""
        resonances, _layers, variants, modes = tensors["frequency"].shape
        width = modal.padded(modes)
        for name, size in zip("RLEJ", tensors["frequency"].shape, strict=True):
            self.state[name] = size
        self.state["width"] = width
        self.state["K"] = len(tensors["router"]) if "router" in tensors else 0
        for name in ("frequency", "decay", "amplitude", "phase", "place", "velocity"):
            self._lay(name, tensors[name])
        self._lay("drive", tensors["gain"])
        self._lay("energy", tables.energy(tensors))
        self._lay("router", tensors.get("router", np.zeros((0, resonances))))
        self._lay("keys", tables.learned_keys(tensors, resonances))
        nearest, move = tables.keyboard(np.asarray(tensors["pitch"], np.float64))
        self._lay("nearest", nearest)
        self._lay("move", move)
        self._keep("partials", np.zeros((VOICES, variants, PARTIALS, modes)))
        self.state["C"] = channels = 2 if np.any(tensors["place"]) else 1
        self._keep("banks", modal.new_banks(VOICES * variants, modes))
        self._keep("sums", modal.new_sums(variants, channels))

    def _lay(self, name: str, array: np.ndarray, count: str = "") -> None:
        """Keep an array and tell the record where it lies; `count`: the field for the length of its last axis."""
        kind = np.int32 if array.dtype.kind == "i" else np.float32
        self._keep(name, np.array(array, kind, order="C"))
        if count:
            self.state[count] = array.shape[-1]

    def _keep(self, name: str, array: np.ndarray) -> None:
        self._arrays[name] = array
        self.state[name] = array.ctypes.data


def compile_all() -> None:
    """[main thread] Compile all that the audio thread needs of a resonance instrument."""
    ranks = {"frequency": 4, "decay": 4, "amplitude": 4, "phase": 4, "gain": 1, "pitch": 1, "velocity": 2}
    ranks |= dict.fromkeys(("place", "strike", "knock", "envelope", "hiss"), 3)
    tensors = {name: np.ones((1,) * rank, np.float32) for name, rank in ranks.items()}
    header = {"name": "silence", "kind": "resonance", "rate": 48_000, "attack": 1}
    instrument = Resonance(Preset(header, tensors))
    instrument.prepare(48_000.0)
    entry(instrument)


def _params(header: dict[str, Any], tensors: Any) -> tuple[Param, ...]:
    """The knobs, at the values of a preset: chromatic where a resonance has a pitch or there is no control plane."""
    values = {
        "play": float((tensors["pitch"] > 0).any() or "router" not in tensors),
        "level": float(header.get("level", 0.0)),
        **header.get("params", {}),
    }
    return tuple(
        Param(
            p.name, p.unit, p.low, p.high, min(max(float(values.get(p.name, p.default)), p.low), p.high), p.cc, p.help
        )
        for p in PARAMS
    )


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Begin, damp, bend, deform or choke."""
    kind = event.kind
    channel = event.channel & 15
    if kind == Kind.NOTE_ON:
        if state.param[PLAY] > 0.5:
            pluck(state, event)
        else:
            excite_key(state, event)
    elif kind == Kind.NOTE_OFF:
        _release(state, event)
    elif kind == Kind.CHOKE:
        _choke(state, event)
    elif kind == Kind.BEND:
        state.bend[channel] = event.value
    elif kind == Kind.MODULATION or kind == Kind.PRESSURE and event.note == ALL:
        state.modulation[channel] = event.value
    elif kind == Kind.VOLUME:
        state.volume[channel] = event.value
    elif kind == Kind.PAN:
        state.pan[channel] = event.value
    elif kind == Kind.CONTROL and state.param[PLAY] <= 0.5:
        excite_dimension(state, event)
    elif kind == Kind.DEFORM and 0 <= event.key < state.E:
        state.logit[event.key] = event.value
        aim(state)
    elif kind == Kind.PARAM and 0 <= event.key < state.param.shape[0]:
        _turn(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound of all voices to audio (2, T), in runs that end at the ticks of the clock."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % modal.STRIDE
        if since == 0:
            tick(state)
            _tune_one(state)
        count = min(modal.STRIDE - since, frames - start)
        weigh(state, count)
        for v in range(VOICES):
            if state.voices[v].stage != FREE and not state.voices[v].asleep:
                ring(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _begin(state):
    """[main thread] Weights at rest; as learned, a voice for each resonance."""
    for e in range(state.E):
        state.weight[e] = 1 if state.E == 1 else 0
        state.slope[e] = 0
    state.ramped = state.ramp
    if state.E > 1:
        aim(state)
    if state.param[PLAY] <= 0.5:
        for r in range(state.R):
            arm(state, r)


@njit(cache=True, error_model="numpy")
def _release(state, event):
    """Damp a note by so much of its release as its key and pedal let go."""
    extra = event.value * FALL / state.param[RELEASE]
    for v in range(VOICES):
        voice = state.voices[v]
        if (voice.stage == HELD or voice.stage == RELEASED) and voice.note == event.note:
            voice.stage = RELEASED
            voice.damping = extra
            retune(state, v)


@njit(cache=True, error_model="numpy")
def _choke(state, event):
    """Let notes end within milliseconds."""
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].stage = ENDING


@njit(cache=True, error_model="numpy")
def _turn(state, event):
    """Take a knob's new value; the resonances that ring as learned are tuned to it one by one."""
    before = state.param[event.key]
    state.param[event.key] = event.value
    if event.key == PLAY and (before > 0.5) != (event.value > 0.5):
        for v in range(VOICES):
            if state.voices[v].stage != FREE:
                state.voices[v].stage = ENDING
    if state.param[PLAY] <= 0.5 and before != event.value:
        state.dirty = state.R


@njit(cache=True, error_model="numpy")
def _tune_one(state):
    """Tune one of the resonances that ring as learned to the parameters, if any waits for it."""
    if state.dirty > 0 and state.voices[state.dirty - 1].stage != ENDING:
        state.dirty -= 1
        arm(state, state.dirty)
