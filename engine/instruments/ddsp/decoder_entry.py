"""C entry point of the built-in decoder: compiled once by itself, not inlined into its callers."""

from types import SimpleNamespace
from typing import Any

from engine.dsp.decoder import WORK_ROWS, decode
from engine.kernel import carray, njit
from engine.plugin import compile_callback
from engine.pointers import view_f4, view_u2

from .state import DDSP

SIGNATURE = "void(voidptr, intp)"  # record of the instrument, number of voices
_compiled: dict[bool, Any] = {}
_PLACEHOLDER = 0x4C55544849455200  # no address that a process has


def decoder_callback(half: bool) -> Any:
    """[main thread] The C function that decodes a batch with weights of float16 or float32, with its `address`."""
    if half not in _compiled:
        function, name = (_decode_float16, "decode_float16") if half else (_decode_float32, "decode_float32")
        _compiled[half] = compile_callback(function, SIGNATURE, name)
    return _compiled[half]


def use_placeholders() -> None:
    """[main thread] From now on, instruments hold addresses at which nothing is: for images, which are not played."""
    _compiled.update({half: SimpleNamespace(address=_PLACEHOLDER + half) for half in (False, True)})


def compiled_decoders() -> dict[bool, Any]:
    """The C functions compiled so far, by whether they take weights of float16."""
    return dict(_compiled)


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
