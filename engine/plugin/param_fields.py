"""Parameters in the record of the audio thread: `param`, their values, and `least` and `most`, their ranges."""

from collections.abc import Mapping

import numpy as np

from engine.events import Kind
from engine.kernel import njit

from .contract import Param, Plugin


def param_fields(params: tuple[Param, ...]) -> list[tuple[str, str, tuple[int]]]:
    """Three fields of a record, (K,) each, for K parameters."""
    return [(name, "f4", (len(params),)) for name in ("param", "least", "most")]


def set_defaults(state: np.ndarray, params: tuple[Param, ...]) -> None:
    """[main thread] Set the parameters of a record to their defaults."""
    for name, values in (("param", "default"), ("least", "low"), ("most", "high")):
        state[name] = [getattr(param, values) for param in params]


def with_values(params: tuple[Param, ...], values: Mapping[str, float]) -> tuple[Param, ...]:
    """The same parameters, with the values by name as defaults."""
    return tuple(param.at(float(values.get(param.name, param.default))) for param in params)


def param_values(plugin: Plugin) -> np.ndarray | None:
    """A copy of the parameter values of a plugin, (N,); None where they are not known."""
    values = plugin.live_values
    return None if values is None else np.array(values, np.float32)


@njit(cache=True, error_model="numpy")
def param_changed(state, event):
    """[audio thread] Apply a PARAM event; whether it has changed a parameter. Values are clamped."""
    index = event.key
    if event.kind != Kind.PARAM or not 0 <= index < state.param.shape[0]:
        return False
    before = state.param[index]
    state.param[index] = clamp(event.value, state.least[index], state.most[index])
    return state.param[index] != before


@njit(cache=True, error_model="numpy")
def clamp(value, low, high):
    """A value, or the nearest bound; the lower one for NaN."""
    return min(value, high) if value >= low else low
