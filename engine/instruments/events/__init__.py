"""Instruments of events: kinds of sounds that were learned, played by the keys that are nearest in pitch."""

from typing import Any

import numpy as np

from ...dsp.interpolation import tables
from ...plugin import Param, entry
from ...preset import Preset
from ..voices import FREE
from .bank import Bank, Keyboard, lay_out, render
from .playing import handle, process
from .record import EVENTS, LAYERS, PARAMS, STRIDE

GLIDE = 0.008  # seconds in which gains go most of their way
BENDING = 0.010  # the same of bends
FADING = 0.0022  # the same of what must give way


class Events:
    """An instrument of kind `events`.

    All that its keys can play is rendered before it is there. As notes, keys play the event nearest in pitch, moved
    to them; else each key is one of the events that have none. Its room is a plugin of its own beside it.
    """

    name = "events"

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """[main thread] The seed decides how the strikes of a key differ."""
        board = lay_out(preset.tensors["pitch"], preset.tensors["use"])
        self._begin(preset, board, render(preset, board), seed)

    def _begin(self, preset: Preset, board: Keyboard, bank: Bank, seed: int) -> None:
        self.preset, self._seed = preset, seed
        self.params = _params(preset.header, preset.tensors)
        self.state = np.zeros(1, EVENTS)
        self.handle, self.process = handle, process
        self._arrays: dict[str, np.ndarray] = {}
        self.state["param"] = [param.default for param in self.params]
        self.state["volume"] = 1
        self.state["low"] = [param.low for param in PARAMS]
        self.state["high"] = [param.high for param in PARAMS]
        self.state["slots"], self.state["samples"] = bank.waves.shape
        self._keep("bank", bank.waves)
        self._keep("ends", bank.ends)
        self._keep("sincs", tables())
        self._keep("notes_move", board.move)
        for name, keys in (("notes_slot", board.notes), ("sounds_slot", board.sounds)):
            self._keep(name, _nearest_there(keys, bank.slots))

    @property
    def voices(self) -> int:
        """How many events sound."""
        return int((self.state["voices"][0]["stage"] != FREE).sum())

    def prepare(self, rate: float) -> None:
        """[main thread] Take a device's rate in Hz; the knobs stay as they are."""
        self.state["rate"], self.state["pace"] = rate, float(self.preset.header["rate"]) / rate
        for name, seconds in (("glide", GLIDE), ("bending", BENDING), ("fading", FADING)):
            self.state[name] = 1 - np.exp(-STRIDE / (rate * seconds))
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence; the knobs and controllers stay as they are."""
        self.state["dice"] = (self._seed * 2654435761 + 88172645) % (1 << 32) or 1
        for name in ("clock", "notes", "lfo", "voices"):
            self.state[name] = np.zeros((), self.state[name].dtype)

    def _keep(self, name: str, array: np.ndarray) -> None:
        self._arrays[name] = array
        self.state[name] = array.ctypes.data


def compile_all() -> None:
    """[main thread] Compile all that the audio thread needs of an instrument of events."""
    instrument = Events.__new__(Events)
    nothing = {"pitch": np.zeros(1, np.float32), "use": np.zeros(1, np.float32)}
    layers = len(LAYERS)
    silent = Bank(np.zeros((layers, 64), np.float32), np.zeros(layers, np.int32), np.zeros((1, layers), np.int32))
    preset = Preset({"name": "silence", "kind": "events", "rate": 48_000}, nothing)
    instrument._begin(preset, lay_out(nothing["pitch"], nothing["use"]), silent, 0)
    instrument.prepare(48_000.0)
    entry(instrument)


def _nearest_there(keys: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """The slots (128, layers) of keys; those of the key beside where memory ended."""
    found = slots[keys]
    there = np.flatnonzero(found[:, 0] >= 0)
    beside = there[np.abs(np.arange(128)[:, None] - there).argmin(axis=1)]
    return np.ascontiguousarray(found[beside], np.int32)


def _params(header: dict[str, Any], tensors: Any) -> tuple[Param, ...]:
    """The knobs, at the values of a preset: notes where an event has a pitch."""
    values = {
        "play": float((tensors["pitch"] > 0).any()),
        "level": float(header.get("level", 0.0)),
        **header.get("params", {}),
    }
    return tuple(
        Param(
            p.name, p.unit, p.low, p.high, min(max(float(values.get(p.name, p.default)), p.low), p.high), p.cc, p.help
        )
        for p in PARAMS
    )
