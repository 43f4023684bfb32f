"""Base class of instruments: a preset, its parameters, and the record that the audio thread works on."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from engine.instruments.shared.random import seed_state
from engine.kinds import InstrumentKind, kind_of
from engine.plugin import KeptArray, Param, Plugin, set_defaults, with_values
from engine.preset.preset_file import Preset


class Instrument(Plugin, ABC):
    """Owns the record of the audio thread and the arrays whose addresses are in it."""

    def __init__(self, preset: Preset, params: tuple[Param, ...], dtype: np.dtype[Any], seed: int) -> None:
        """params: with the defaults of the preset. dtype: of the record. seed: of the random differences of notes."""
        self.preset, self._seed = preset, seed_state(seed)
        self.params = params
        self.state = np.zeros(1, dtype)
        self._arrays: dict[str, np.ndarray] = {}
        self._written: set[str] = set()
        set_defaults(self.state, params)
        self.state["volume"] = 1

    @property
    def kind(self) -> InstrumentKind:
        """The declaration of its kind."""
        return kind_of(self.preset.header)

    @property
    def is_instrument(self) -> bool:
        """It is one."""
        return True

    @property
    @abstractmethod
    def voices(self) -> int:
        """How many notes sound."""

    @abstractmethod
    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate of the device in Hz; the parameters stay."""

    @abstractmethod
    def reset(self) -> None:
        """[main thread] Silence; parameters and controllers stay."""

    def array(self, name: str) -> np.ndarray:
        """An array whose address is in the record."""
        return self._arrays[name]

    def arrays(self) -> Iterator[KeptArray]:
        """All arrays whose addresses are in the record."""
        for name, array in self._arrays.items():
            yield KeptArray(name, array, name in self._written)

    def _keep(self, name: str, array: np.ndarray, is_written: bool = False) -> None:
        """Keep an array alive and store its address in the record. is_written: whether the audio thread writes it."""
        self._arrays[name] = array
        self.state[name] = array.ctypes.data
        if is_written:
            self._written.add(name)

    def _clear_fields(self, *names: str) -> None:
        """Set fields of the record to zero."""
        for name in names:
            self.state[name] = np.zeros((), self.state[name].dtype)


def preset_params(preset: Preset, params: tuple[Param, ...], **defaults: float) -> tuple[Param, ...]:
    """Parameters with the values of a preset as defaults, else with `defaults`.

    A level beyond the range of the parameter, which brings what was learned too soft to the loudness of all others,
    is the middle of a range of its own.
    """
    header = preset.header
    level = float(header.get("level", 0.0))
    ranged = tuple(_range_around(param, level) if param.name == "level" else param for param in params)
    return with_values(ranged, {**defaults, "level": level, **header.get("params", {})})


def _range_around(param: Param, value: float) -> Param:
    """The same parameter, with its range moved to a value that lies outside."""
    if param.low <= value <= param.high:
        return param
    half = (param.high - param.low) / 2
    return replace(param, low=value - half, high=value + half)
