"""What instruments of all kinds are on the main thread: a preset, knobs, and the one record of the audio thread."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from engine.instruments.shared.random import seed_state
from engine.plugin import Param, Plugin, set_defaults, with_values
from engine.preset.preset_file import Preset


class Instrument(Plugin, ABC):
    """Lays out a record with `knob_fields`, and arrays that it points to."""

    def __init__(self, preset: Preset, params: tuple[Param, ...], dtype: np.dtype[Any], seed: int) -> None:
        """params: knobs as they begin. The seed decides how the strikes of a key differ."""
        self.preset, self._seed = preset, seed_state(seed)
        self.params = params
        self.state = np.zeros(1, dtype)
        self._arrays: dict[str, np.ndarray] = {}
        set_defaults(self.state, params)
        self.state["volume"] = 1

    @property
    @abstractmethod
    def voices(self) -> int:
        """How many notes sound."""

    @abstractmethod
    def prepare(self, rate: float) -> None:
        """[main thread] Take a device's rate in Hz; the knobs stay as they are."""

    @abstractmethod
    def reset(self) -> None:
        """[main thread] Silence; the knobs and controllers stay as they are."""

    def _keep(self, name: str, array: np.ndarray) -> None:
        """Keep an array alive and tell the record where it lies."""
        self._arrays[name] = array
        self.state[name] = array.ctypes.data

    def _forget(self, *names: str) -> None:
        """Clear fields of the record."""
        for name in names:
            self.state[name] = np.zeros((), self.state[name].dtype)


def preset_params(preset: Preset, params: tuple[Param, ...], **begin: float) -> tuple[Param, ...]:
    """Knobs at the values of a preset, else at those of `begin`."""
    header = preset.header
    return with_values(params, {**begin, "level": float(header.get("level", 0.0)), **header.get("params", {})})
