"""Four-band equalizer: low shelf, two peaks and high shelf, each a state-variable filter.

The response of each band is that of the bilinear designs of R. Bristow-Johnson's "Audio EQ Cookbook", in the form of
a trapezoidal state-variable filter. Without input no step makes its two states larger, whatever frequency and quality
are: so the coefficients may be moved in straight lines, and no knob, however quick, makes it unstable.
"""

import math

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE
from engine.kernel import Signature, njit
from engine.plugin import Param, param_changed, param_fields

from .effect import Effect
from .ramp import advance_ramp, end_ramp, prepare_ramp, ramp_fields, start_ramp

RAMP_SECONDS = 0.01
MAX_GAIN_DB = 18.0
MAX_FREQUENCY_SHARE = 0.45  # of the rate
SHELF_Q = math.sqrt(0.5)  # the steepest without a bump
PERIOD_SAMPLES = 64  # from one look for states that have died out to the next, counted from the reset
MIN_STATE = 1e-15  # smaller ones become 0
PARAMS = (
    Param("low", "Hz", 20.0, 2000.0, 100.0, help="what is below it is changed by the next knob"),
    Param("low-gain", "dB", -MAX_GAIN_DB, MAX_GAIN_DB, 0.0, help="how much louder the lows become"),
    Param("low-q", "", 0.3, 2.0, SHELF_Q, help="how steep the step is; above 0.7 with a bump before it"),
    Param("lowmid", "Hz", 40.0, 8000.0, 400.0, help="what is around it is changed by the next knob"),
    Param("lowmid-gain", "dB", -MAX_GAIN_DB, MAX_GAIN_DB, 0.0, help="how much louder it becomes"),
    Param("lowmid-q", "", 0.3, 10.0, 1.0, help="how narrow the band is"),
    Param("highmid", "Hz", 200.0, 16_000.0, 2500.0, help="what is around it is changed by the next knob"),
    Param("highmid-gain", "dB", -MAX_GAIN_DB, MAX_GAIN_DB, 0.0, help="how much louder it becomes"),
    Param("highmid-q", "", 0.3, 10.0, 1.0, help="how narrow the band is"),
    Param("high", "Hz", 500.0, 20_000.0, 8000.0, help="what is above it is changed by the next knob"),
    Param("high-gain", "dB", -MAX_GAIN_DB, MAX_GAIN_DB, 0.0, help="how much louder the highs become"),
    Param("high-q", "", 0.3, 2.0, SHELF_Q, help="how steep the step is; above 0.7 with a bump before it"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
ON = len(PARAMS) - 1
BANDS = ON // 3  # each with frequency, gain and quality
LOW_SHELF, HIGH_SHELF = 0, BANDS - 1  # the bands between them are peaks
COEFFICIENTS = 6  # of a band: three of the filter, then the gains of its input, its band-pass and its low-pass

STATE = np.dtype(
    [
        *param_fields(PARAMS),
        *ramp_fields(BANDS * COEFFICIENTS, "f8"),
        ("states", "f8", (BANDS, 2, 2)),  # (band, of band-pass and low-pass, channel)
        ("elapsed", "i8"),  # samples since the last look for states that have died out
        ("rate", "f8"),
    ],
    align=True,
)


class Equalizer(Effect):
    """The bands one after the other; one with a gain of 0 dB passes the sound unchanged."""

    name = "equalizer"
    title = "Equalizer"
    help = "makes lows, highs and two bands between them louder or softer"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; the parameters stay."""
        prepare_ramp(self.state, RAMP_SECONDS, rate)
        super().prepare(rate)

    def reset(self) -> None:
        """[main thread] Clear the filters, and set the coefficients to their targets."""
        self.state["states"] = self.state["elapsed"] = 0
        update_targets(self.state[0])
        end_ramp(self.state)


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_targets(state):
    """Set the target coefficients of all bands."""
    for band in range(BANDS):
        share = min(np.float64(state.param[3 * band]) / state.rate, MAX_FREQUENCY_SHARE)
        level = np.float64(state.param[3 * band + 1]) if state.param[ON] > 0.5 else 0.0
        corner, quality = math.tan(math.pi * share), np.float64(state.param[3 * band + 2])
        set_band(state.target[COEFFICIENTS * band :], band, corner, level, quality)


@njit(cache=True, error_model="numpy")
def set_band(target, band, corner, level, quality):
    """Set the coefficients of a band. corner: tan(pi frequency / rate). level: dB."""
    root = 10.0 ** (level / 40)
    damping = 1 / quality
    through, band_pass, low_pass = 1.0, damping * (root - 1), root * root - 1
    if band == LOW_SHELF:
        corner /= math.sqrt(root)
    elif band == HIGH_SHELF:
        corner *= math.sqrt(root)
        through, band_pass, low_pass = root * root, damping * (1 - root) * root, 1 - root * root
    else:
        damping /= root
        band_pass, low_pass = damping * (root * root - 1), 0.0
    target[0] = 1 / (1 + corner * (corner + damping))
    target[1] = corner * target[0]
    target[2] = corner * target[1]
    target[3], target[4], target[5] = through, band_pass, low_pass


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter."""
    if param_changed(state, event):
        update_targets(state)
        start_ramp(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Filter audio (2, T) in place."""
    for t in range(audio.shape[1]):
        advance_ramp(state)
        for c in range(2):
            x = np.float64(audio[c, t]) if abs(audio[c, t]) < MAX_SAMPLE else 0.0
            for band in range(BANDS):
                x = _filter(state.now[COEFFICIENTS * band :], state.states[band], c, x)
            audio[c, t] = x
        state.elapsed += 1
        if state.elapsed == PERIOD_SAMPLES:
            _clear_tiny(state)


@njit(cache=True, error_model="numpy")
def _filter(k, states, c, x):
    """One sample of a channel through a band with the coefficients k."""
    first, second = states[0, c], states[1, c]
    rest = x - second
    band_pass = k[0] * first + k[1] * rest
    low_pass = second + k[1] * first + k[2] * rest
    states[0, c], states[1, c] = 2 * band_pass - first, 2 * low_pass - second
    return k[3] * x + k[4] * band_pass + k[5] * low_pass


@njit(cache=True, error_model="numpy")
def _clear_tiny(state):
    """Clear the states that have died out, so that none becomes a denormal number."""
    state.elapsed = 0
    for band in range(BANDS):
        for i in range(2):
            for c in range(2):
                if abs(state.states[band, i, c]) < MIN_STATE:
                    state.states[band, i, c] = 0
