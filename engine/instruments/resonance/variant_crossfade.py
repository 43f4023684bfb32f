"""[audio thread] Cross-fade between the variants of a resonance: all are rendered, and mixed by weights."""

import numpy as np

from engine.kernel import njit

from .state import DEFORM


@njit(cache=True, error_model="numpy")
def update_deformation(state):
    """Start a cross-fade if the deformation, the largest of parameter, modulation and pressure, has changed."""
    deformation = state.param[DEFORM]
    for channel in range(state.modulation.shape[0]):
        deformation = max(deformation, max(state.modulation[channel], state.pressure[channel]))
    if abs(deformation - state.deformation) < 1e-4:
        return
    state.deformation = deformation
    for e in range(state.E):
        last = np.float32(4) if e == state.E - 1 else np.float32(0)
        state.logit[e] = state.rest[e] + deformation * (last - state.rest[e])
    start_crossfade(state)


@njit(cache=True, error_model="numpy")
def start_crossfade(state):
    """Start a cross-fade from the current weights to the softmax of `logit`, over `ramp_length` frames.

    Before the first frame the weights are set at once.
    """
    highest, total = state.logit[0], np.float32(0)
    for e in range(1, state.E):
        highest = max(highest, state.logit[e])
    for e in range(state.E):
        total += np.exp(state.logit[e] - highest)
    for e in range(state.E):
        target = np.exp(state.logit[e] - highest) / total
        state.weight[e] += state.slope[e] * np.float32(state.ramp_position)
        if state.clock == 0:
            state.weight[e] = target
        state.slope[e] = (target - state.weight[e]) / np.float32(state.ramp_length)
    state.ramp_position = 0


@njit(cache=True, error_model="numpy")
def compute_weights(state, frames):
    """Compute the weights of the variants in the next frames, at the middle of each frame."""
    for e in range(state.E):
        for t in range(frames):
            at = min(np.float32(state.ramp_position + t) + np.float32(0.5), np.float32(state.ramp_length))
            state.weights[e, t] = state.weight[e] + state.slope[e] * at
    state.ramp_position = min(state.ramp_position + frames, state.ramp_length)
