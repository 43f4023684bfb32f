"""Instruments of events: kinds of sounds that were learned, played by the keys that are nearest in pitch."""

import numpy as np

from engine.dsp.interpolation import tables
from engine.instruments.instrument import Instrument, knobs_of
from engine.instruments.shared.sample_playback import STRIDE
from engine.instruments.shared.voice_allocation import FREE
from engine.instruments.shared.voice_gain import set_glides
from engine.plugin import entry
from engine.preset.preset_file import Preset

from .plugin import handle, process
from .rendered_bank import Bank, Keyboard, lay_out, render
from .state import EVENTS, LAYERS, PARAMS


class Events(Instrument):
    """An instrument of kind `events`.

    All that its keys can play is rendered before it is there. As notes, keys play the event nearest in pitch, moved
    to them; else each key is one of the events that have none. Its room is a plugin of its own beside it.
    """

    name = "events"

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """[main thread] Renders what its keys can play: notes at first where an event has a pitch."""
        board = lay_out(preset.tensors["pitch"], preset.tensors["use"])
        self._begin(preset, board, render(preset, board), seed)

    def _begin(self, preset: Preset, board: Keyboard, bank: Bank, seed: int) -> None:
        tuned = bool((preset.tensors["pitch"] > 0).any())
        super().__init__(preset, knobs_of(preset, PARAMS, play=tuned), EVENTS, seed)
        self.handle, self.process = handle, process
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
        set_glides(self.state, STRIDE, rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence; the knobs and controllers stay as they are."""
        self.state["dice"] = self._seed
        self._forget("clock", "notes", "lfo", "voices")


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
