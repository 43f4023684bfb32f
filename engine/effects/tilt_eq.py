"""Tilt equalizer: a one-pole crossover whose low and high band get opposite gains."""

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE, gain_of
from engine.kernel import Signature, njit
from engine.plugin import Param, param_changed, param_fields

from .effect import Effect

SMOOTHING_SECONDS = 0.01
PARAMS = (
    Param("tilt", "dB", -12.0, 12.0, 0.0, help="treble up and bass down by so much, or the other way round"),
    Param("pivot", "Hz", 200.0, 4000.0, 800.0, help="the frequency that stays as loud as it is"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
TILT, PIVOT, ON = range(len(PARAMS))

STATE = np.dtype(
    [
        *param_fields(PARAMS),
        ("low", "f4", (2,)),  # state of the one-pole low-pass, left and right
        ("bass", "f4"),  # linear gains and their targets
        ("treble", "f4"),
        ("bass_target", "f4"),
        ("treble_target", "f4"),
        ("corner", "f4"),  # coefficient of the low-pass
        ("smoothing", "f4"),  # share of the way to a target that a gain moves in a sample
        ("rate", "f4"),
    ],
    align=True,
)


class TiltEq(Effect):
    """Tilts the spectrum around `pivot`: brighter for a positive `tilt`, darker for a negative one."""

    name = "tone"
    title = "Tone"
    help = "tilts the spectrum: brighter or darker"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; the parameters stay."""
        self.state["smoothing"] = 1 - np.exp(-1 / (SMOOTHING_SECONDS * rate))
        super().prepare(rate)

    def reset(self) -> None:
        """[main thread] Clear the filter, and set the gains to their targets."""
        self.state["low"] = 0
        update_targets(self.state[0])
        self.state["bass"], self.state["treble"] = self.state["bass_target"], self.state["treble_target"]


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_targets(state):
    """Set the target gains and the coefficient of the low-pass (bilinear transform, prewarped at the pivot)."""
    tilt = state.param[TILT] if state.param[ON] > 0.5 else np.float32(0)
    state.treble_target = gain_of(tilt)
    state.bass_target = gain_of(-tilt)
    corner = np.tan(np.pi * min(np.float64(state.param[PIVOT]), 0.4 * state.rate) / state.rate)
    state.corner = corner / (1 + corner)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter."""
    if param_changed(state, event):
        update_targets(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Tilt audio (2, T) in place."""
    bass, treble = state.bass, state.treble
    for t in range(audio.shape[1]):
        bass += state.smoothing * (state.bass_target - bass)
        treble += state.smoothing * (state.treble_target - treble)
        for c in range(2):
            x = audio[c, t] if abs(audio[c, t]) < MAX_SAMPLE else np.float32(0)
            step = state.corner * (x - state.low[c])
            below = state.low[c] + step
            state.low[c] = below + step
            audio[c, t] = treble * x + (bass - treble) * below
    state.bass, state.treble = bass, treble
