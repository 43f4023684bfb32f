"""Stereo compressor with linked channels and a peak detector at a control rate."""

import numpy as np

from engine.dsp.decibels import gain_of
from engine.kernel import Signature, njit
from engine.plugin import Param, param_changed, param_fields

from .effect import Effect

CONTROL_SAMPLES = 16  # from one update of the gain to the next, counted from the reset, whatever the block
MIN_PEAK, MAX_PEAK = np.float32(1e-6), np.float32(1e4)  # linear: a peak outside, or NaN, counts as the bound
PARAMS = (
    Param("threshold", "dB", -50.0, 0.0, -24.0, help="what is louder is turned down"),
    Param("ratio", "x", 1.0, 20.0, 3.0, help="how many dB above the threshold become one"),
    Param("attack", "s", 0.001, 0.1, 0.01, help="how soon it turns down"),
    Param("release", "s", 0.02, 1.0, 0.15, help="how soon it lets go"),
    Param("gain", "dB", 0.0, 24.0, 0.0, help="how much louder all of it becomes"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
THRESHOLD, RATIO, ATTACK, RELEASE, GAIN, ON = range(len(PARAMS))

STATE = np.dtype(
    [
        *param_fields(PARAMS),
        ("peak", "f4"),  # since the last update
        ("elapsed", "i8"),  # samples since then
        ("level", "f4"),  # dB by which the sound is changed
        ("gain", "f4"),  # the same, linear, and its step per sample
        ("step", "f4"),
        ("attack", "f4"),  # share of the way to the wanted level that an update moves
        ("release", "f4"),
        ("rate", "f4"),
    ],
    align=True,
)


class Compressor(Effect):
    """Updates its gain from the peak of both channels every CONTROL_SAMPLES, and ramps it linearly between."""

    name = "compressor"
    title = "Compressor"
    help = "turns loud passages down, so that all can be louder"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)

    def reset(self) -> None:
        """[main thread] Clear the detector, and set the gain to 1."""
        update_smoothing(self.state[0])
        for name in ("peak", "elapsed", "step", "level"):
            self.state[name] = 0
        self.state["gain"] = 1


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_smoothing(state):
    """Set the smoothing of attack and release for one control step."""
    time = np.float32(CONTROL_SAMPLES) / state.rate
    state.attack = np.float32(1) - np.exp(-time / max(state.param[ATTACK], np.float32(1e-4)))
    state.release = np.float32(1) - np.exp(-time / max(state.param[RELEASE], np.float32(1e-4)))


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter."""
    if param_changed(state, event):
        update_smoothing(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Compress audio (2, T) in place."""
    for t in range(audio.shape[1]):
        state.peak = max(state.peak, abs(audio[0, t]), abs(audio[1, t]))
        audio[0, t] *= state.gain
        audio[1, t] *= state.gain
        state.gain += state.step
        state.elapsed += 1
        if state.elapsed == CONTROL_SAMPLES:
            update_gain(state)


@njit(cache=True, error_model="numpy")
def update_gain(state):
    """Set the ramp of the next CONTROL_SAMPLES from the peak of the last ones."""
    wanted = np.float32(0)
    peak = max(state.peak, MIN_PEAK) if state.peak < MAX_PEAK else MAX_PEAK
    if state.param[ON] > 0.5:
        over = np.float32(20) * np.log10(peak) - state.param[THRESHOLD]
        wanted = state.param[GAIN] - max(over, np.float32(0)) * (np.float32(1) - np.float32(1) / state.param[RATIO])
    share = state.attack if wanted < state.level else state.release
    state.level += share * (wanted - state.level)
    state.step = (gain_of(state.level) - state.gain) / np.float32(CONTROL_SAMPLES)
    state.peak = 0
    state.elapsed = 0
