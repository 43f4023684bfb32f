"""The reverb as an effect: delay lines made for a rate."""

import math
from collections.abc import Iterator

import numpy as np

from engine.effects.effect import Effect
from engine.effects.ramp import end_ramp, prepare_ramp
from engine.effects.tail import CHOKE_FADE_SECONDS
from engine.plugin import KeptArray

from .plugin_functions import handle, process, update_targets
from .state import (
    CROSSOVER_HZ,
    DIFFUSER_SECONDS,
    DIFFUSERS,
    GAP_SAMPLES,
    LENGTHS,
    LINES,
    MAX_PREDELAY_SECONDS,
    MAX_SIZE_METRES,
    METRES_PER_SECOND,
    MIN_METRES,
    PARAMS,
    RAMP_SECONDS,
    STATE,
    SWAY_HZ,
    SWAY_SECONDS,
)


class Reverb(Effect):
    """A room of any size; its loudness for a steady sound is the same for every size and decay."""

    name = "reverb"
    title = "Reverb"
    help = "adds a room that is computed: of any size and decay"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)
        self._arrays: dict[str, np.ndarray] = {}

    def prepare(self, rate: float) -> None:
        """[main thread] Make the lines for a rate in Hz; the parameters stay."""
        seconds = (MAX_SIZE_METRES + MIN_METRES) / METRES_PER_SECOND * LENGTHS.max() + SWAY_SECONDS
        entry_size, line_size = _size(MAX_PREDELAY_SECONDS * rate), _size(seconds * rate)
        diffuser_size = _size(DIFFUSER_SECONDS.max() * rate)
        self._add("entry", (2, entry_size), entry_size)
        self._add("diffusers", (2, DIFFUSERS, diffuser_size), diffuser_size)
        self._add("lines", (LINES, line_size + GAP_SAMPLES), line_size)
        state = self.state
        state["line_stride"] = line_size + GAP_SAMPLES
        state["diffuser_lengths"] = np.maximum(np.round(DIFFUSER_SECONDS * rate), 1)
        angle = 2 * np.pi * SWAY_HZ / rate
        state["turn"] = [np.cos(angle), np.sin(angle)]
        phases = 2 * np.pi * np.arange(LINES) * (math.sqrt(5) - 1) / 2
        sways = SWAY_SECONDS * rate * (np.arange(LINES) >> 1 & 1)
        state["sway"][0] = sways * np.stack([np.cos(phases), np.sin(phases)])
        state["corner"] = 1 - np.exp(-2 * np.pi * min(CROSSOVER_HZ / rate, 0.45))
        state["choke_frames"] = round(CHOKE_FADE_SECONDS * rate)
        prepare_ramp(state, RAMP_SECONDS, rate)
        super().prepare(rate)

    def arrays(self) -> Iterator[KeptArray]:
        """The delay lines."""
        for name, array in self._arrays.items():
            yield KeptArray(name, array, True)

    def reset(self) -> None:
        """[main thread] Silence."""
        for array in self._arrays.values():
            array[:] = 0
        for name in ("position", "filled", "choke_left", "low"):
            self.state[name] = 0
        self.state["phasor"] = [1, 0]
        update_targets(self.state[0])
        end_ramp(self.state)

    def _add(self, name: str, shape: tuple[int, ...], size: int) -> None:
        """Make an array of delay lines; size: of one, where it begins anew."""
        self._arrays[name] = array = np.zeros(shape, np.float32)
        self.state[name], self.state[f"{name.removesuffix('s')}_size"] = array.ctypes.data, size


def _size(frames: float) -> int:
    """The power of two that holds so many frames, and those around a place between two of them."""
    return 1 << math.ceil(math.log2(frames + 4))
