"""Knobs as the audio thread knows them: `param`, their values, and `least` and `most`, the range of each."""

from collections.abc import Mapping

import numpy as np
from numba import njit

from engine.events import Kind

from .contract import Param


def param_fields(params: tuple[Param, ...]) -> list[tuple[str, str, tuple[int]]]:
    """Three fields of a record, (K,) each, for K knobs."""
    return [(name, "f4", (len(params),)) for name in ("param", "least", "most")]


def set_defaults(state: np.ndarray, params: tuple[Param, ...]) -> None:
    """[main thread] Bring a record's knobs to where they begin."""
    for name, values in (("param", "default"), ("least", "low"), ("most", "high")):
        state[name] = [getattr(param, values) for param in params]


def with_values(params: tuple[Param, ...], values: Mapping[str, float]) -> tuple[Param, ...]:
    """The same knobs, each of which begins at the value that its name has here."""
    return tuple(param.at(float(values.get(param.name, param.default))) for param in params)


@njit(cache=True, error_model="numpy")
def param_changed(state, event):
    """[audio thread] Whether an event moved a knob; then `param` has its new value, within its range."""
    knob = event.key
    if event.kind != Kind.PARAM or not 0 <= knob < state.param.shape[0]:
        return False
    before = state.param[knob]
    state.param[knob] = clamp(event.value, state.least[knob], state.most[knob])
    return state.param[knob] != before


@njit(cache=True, error_model="numpy")
def clamp(value, low, high):
    """A value, or the nearest bound; the lower one for what is no number."""
    return min(value, high) if value >= low else low
