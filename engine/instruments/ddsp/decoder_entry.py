"""C entry point of the built-in decoder: compiled once by itself, not inlined into its callers."""

from types import SimpleNamespace
from typing import Any

from engine.dsp.decoder import WORK_ROWS, decode_panels, panel_cost, panel_count
from engine.kernel import carray, njit
from engine.plugin import compile_callback
from engine.pointers import view_f4, view_u2

from .state import DDSP

# Of the record of the instrument, and the work to do; of a decoder on another thread, the number of voices.
SIGNATURE = "void(voidptr, intp)"

_compiled: dict[bool, Any] = {}
_PLACEHOLDER = 0x4C55544849455200  # no address that a process has


def decoder_callback(half: bool) -> Any:
    """[main thread] The C function, with its `address`, that decodes with weights of float16 or float32."""
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


def _decode_float16(pointer, work):
    state = carray(pointer, 1, DDSP)[0]
    _decode(state, view_u2(state.weights, state.weights_size), work)


def _decode_float32(pointer, work):
    state = carray(pointer, 1, DDSP)[0]
    _decode(state, view_f4(state.weights, state.weights_size), work)


@njit(cache=True, error_model="numpy")
def _decode(state, weights, work):
    """[audio thread] Go on with the frame of the batch by some work, in units of `frame_work`, or to its end."""
    count = state.batch_count
    features, states = view_f4(state.features, (2, count)), view_f4(state.states, (1, count, state.size))
    rows = view_f4(state.work, (WORK_ROWS, count, state.size))
    outputs = view_f4(state.outputs, (1, count, state.heads))
    vectors = view_f4(state.vectors, state.vectors_size)
    while work > 0 and state.work_done < state.frame_work:
        step, first, cost = state.step, state.panel, panel_cost(state.step)
        panels = panel_count(step, state.size, state.heads)
        last = min(first + -(-work // cost), panels)
        decode_panels((weights, vectors, state.units), features, states, rows, outputs, step, first, last)
        work -= cost * (last - first)
        state.work_done += cost * (last - first)
        state.panel = 0 if last == panels else last
        state.step += last == panels
