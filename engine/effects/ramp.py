"""Ramps: values of a record that move to their targets in a straight line, all over the same number of frames."""

import numpy as np

from engine.kernel import njit

RampField = tuple[str, str] | tuple[str, str, tuple[int]]


def ramp_fields(count: int, kind: str = "f4") -> list[RampField]:
    """Fields of a record for `count` values `now` with a `target` each; kind: "f4" or "f8"."""
    values: list[RampField] = [(name, kind, (count,)) for name in ("now", "target", "step")]
    return [*values, ("ramp_frames", "i8"), ("ramp_left", "i8")]


def prepare_ramp(state: np.ndarray, seconds: float, rate: float) -> None:
    """[main thread] Set how long a ramp takes at a rate in Hz."""
    state["ramp_frames"] = max(round(seconds * rate), 1)


def end_ramp(state: np.ndarray) -> None:
    """[main thread] Set every value to its target."""
    state["now"], state["step"], state["ramp_left"] = state["target"], 0, 0


@njit(cache=True, error_model="numpy")
def start_ramp(state):
    """[audio thread] Let the values move from where they are to their targets, from the next frame on."""
    for i in range(state.now.shape[0]):
        state.step[i] = (state.target[i] - state.now[i]) / state.ramp_frames
    state.ramp_left = state.ramp_frames


@njit(cache=True, error_model="numpy")
def advance_ramp(state):
    """[audio thread] Move the values by a frame, while a ramp goes on; at its end they are the targets exactly."""
    if state.ramp_left > 0:
        state.ramp_left -= 1
        for i in range(state.now.shape[0]):
            state.now[i] = state.now[i] + state.step[i] if state.ramp_left > 0 else state.target[i]
