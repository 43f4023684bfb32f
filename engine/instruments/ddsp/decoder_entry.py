"""C entry point of the built-in decoder: compiled once by itself, not inlined into its callers."""

from typing import Any

from numba import carray, cfunc, njit, types

from engine.dsp.decoder import WORK_ROWS, decode
from engine.pointers import view_f4, view_u2

from .state import DDSP

SIGNATURE = types.void(types.voidptr, types.intp)  # record of the instrument, number of voices
_compiled: dict[bool, Any] = {}


def decoder_callback(half: bool) -> Any:
    """[main thread] The C function that decodes a batch with weights of float16 or float32, with its `address`."""
    if half not in _compiled:
        function = _decode_float16 if half else _decode_float32
        _compiled[half] = cfunc(SIGNATURE, cache=True, error_model="numpy")(function)
    return _compiled[half]


def _decode_float16(pointer, count):
    state = carray(pointer, 1, DDSP)[0]
    _decode(state, view_u2(state.weights, state.weights_size), count)


def _decode_float32(pointer, count):
    state = carray(pointer, 1, DDSP)[0]
    _decode(state, view_f4(state.weights, state.weights_size), count)


@njit(cache=True, error_model="numpy")
def _decode(state, weights, count):
    """[audio thread] Decode the features and states of `count` voices."""
    features, states = view_f4(state.features, (2, count)), view_f4(state.states, (1, count, state.size))
    work = view_f4(state.work, (WORK_ROWS, count, state.size))
    outputs = view_f4(state.outputs, (1, count, state.heads))
    decode(weights, view_f4(state.vectors, state.vectors_size), state.units, features, states, work, outputs)
