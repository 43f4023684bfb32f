"""Base class of effects: the record of the audio thread, its parameters, and the functions that work on it."""

from typing import Any

import numpy as np

from engine.plugin import Param, Plugin, set_defaults


class Effect(Plugin):
    """Owns one record with a field `rate`, in Hz; what else depends on the rate is set by `prepare` of a subclass."""

    name: str
    title: str  # in the window
    help: str
    params: tuple[Param, ...]

    def __init__(self, record: np.dtype[Any], handle: Any, process: Any) -> None:
        """record: with the fields of `param_fields(params)`. handle, process: as `Plugin` has them."""
        self.state = np.zeros(1, record)
        set_defaults(self.state, self.params)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; the parameters stay."""
        self.state["rate"] = rate
        self.reset()
