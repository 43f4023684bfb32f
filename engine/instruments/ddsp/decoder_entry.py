"""The decoder behind an address: it is compiled once by itself, not into everything that leads to it."""

from typing import Any

from numba import carray, cfunc, njit, types

from engine.dsp.decoder import WORK_ROWS, decode
from engine.memory import view_f4, view_u2

from .state import DDSP

SIGNATURE = types.void(types.voidptr, types.intp)  # the record of the instrument, and how many voices
_compiled: dict[bool, Any] = {}


def decoder_for(half: bool) -> Any:
    """[main thread] The C function that decodes a batch with weights of float16 or float32, with its `address`."""
    if half not in _compiled:
        _compiled[half] = cfunc(SIGNATURE, cache=True, error_model="numpy")(_halves if half else _floats)
    return _compiled[half]


def _halves(pointer, count):
    state = carray(pointer, 1, DDSP)[0]
    _decode(state, view_u2(state.weights, state.weighing), count)


def _floats(pointer, count):
    state = carray(pointer, 1, DDSP)[0]
    _decode(state, view_f4(state.weights, state.weighing), count)


@njit(cache=True, error_model="numpy")
def _decode(state, weights, count):
    """[audio thread] Decode the features and states of so many voices."""
    told, states = view_f4(state.features, (2, count)), view_f4(state.states, (1, count, state.size))
    work, said = view_f4(state.work, (WORK_ROWS, count, state.size)), view_f4(state.said, (1, count, state.heads))
    decode(weights, view_f4(state.vectors, state.adding), state.units, told, states, work, said)
