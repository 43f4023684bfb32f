"""Instruments of events: learned sound events, rendered to a bank and played by the keys nearest in pitch."""

import numpy as np

from engine.dsp.sinc_interpolation import sinc_tables
from engine.instruments.instrument import Instrument, preset_params
from engine.instruments.shared.playback_control import CONTROL_FRAMES
from engine.instruments.shared.voice_allocation import FREE
from engine.instruments.shared.voice_gain import set_smoothing
from engine.plugin import entry
from engine.preset.preset_file import Preset

from .key_map import KeyMap, map_keys
from .plugin_functions import handle, process
from .sound_bank import RenderedBank, render_bank
from .state import EVENTS, LAYERS, PARAMS


class Events(Instrument):
    """An instrument of kind `events`.

    Everything that its keys can play is rendered when it is made. As notes, keys play the event nearest in pitch,
    moved to their pitch; otherwise each key plays an event without a pitch. Its room is a separate plugin.
    """

    name = "events"
    params = PARAMS

    def __init__(self, preset: Preset, seed: int = 0) -> None:
        """[main thread] Render what the keys can play; they play notes by default where an event has a pitch."""
        key_map = map_keys(preset.tensors["pitch"], preset.tensors["use"])
        self._initialize(preset, key_map, render_bank(preset, key_map), seed)

    def _initialize(self, preset: Preset, key_map: KeyMap, bank: RenderedBank, seed: int) -> None:
        tuned = bool((preset.tensors["pitch"] > 0).any())
        super().__init__(preset, preset_params(preset, PARAMS, play=tuned), EVENTS, seed)
        self.handle, self.process = handle, process
        self.state["slots"], self.state["samples"] = bank.waves.shape
        self._keep("bank", bank.waves)
        self._keep("scales", bank.scales)
        self._keep("ends", bank.ends)
        self._keep("sincs", sinc_tables())
        self._keep("notes_ratio", key_map.ratio)
        for name, keys in (("notes_slot", key_map.notes), ("sounds_slot", key_map.sounds)):
            self._keep(name, _nearest_slots(keys, bank.slots))

    @property
    def voices(self) -> int:
        """The number of voices that sound."""
        return int((self.state["voices"][0]["stage"] != FREE).sum())

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; parameters are kept."""
        self.state["rate"], self.state["speed"] = rate, float(self.preset.header["rate"]) / rate
        set_smoothing(self.state, CONTROL_FRAMES, rate)
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence all voices; parameters and controllers are kept."""
        self.state["random_state"] = self._seed
        self._clear_fields("clock", "notes", "lfo", "voices")


def sample() -> Events:
    """[main thread] The smallest instrument of this kind, for which no event is rendered."""
    instrument = Events.__new__(Events)
    tensors = {"pitch": np.zeros(1, np.float32), "use": np.zeros(1, np.float32)}
    layers = len(LAYERS)
    silent = RenderedBank(
        np.zeros((layers, 64), np.int16),
        np.ones(layers, np.float32),
        np.zeros(layers, np.int32),
        np.zeros((1, layers), np.int32),
    )
    preset = Preset({"name": "silence", "kind": "events", "rate": 48_000}, tensors)
    instrument._initialize(preset, map_keys(tensors["pitch"], tensors["use"]), silent, 0)
    return instrument


def compile_all() -> None:
    """[main thread] Compile the audio-thread functions of an instrument of events."""
    instrument = sample()
    instrument.prepare(48_000.0)
    entry(instrument)


def _nearest_slots(keys: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """The slots (128, layers) of keys; of the nearest key where an event was not rendered."""
    found = slots[keys]
    rendered = np.flatnonzero(found[:, 0] >= 0)
    nearest = rendered[np.abs(np.arange(128)[:, None] - rendered).argmin(axis=1)]
    return np.ascontiguousarray(found[nearest], np.int32)
