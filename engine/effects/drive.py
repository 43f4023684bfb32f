"""Drive: a soft clipper at four times the rate, with antiderivative antialiasing.

The curve is y = (15 u - 10 u^3 + 3 u^5) / 8 within -1 and 1, and constant beyond: smooth up to its second derivative.
Instead of the curve at a point, each step takes its mean between two points (Parker, Zavalishin, Le Bivic: "Reducing
the aliasing of nonlinear waveshaping using continuous-time convolution", DAFx 2016). For a polynomial that is a
polynomial: nothing is divided but where the sound crosses -1 or 1. The rate is doubled and halved twice by half-band
filters of two branches of all-passes, elliptic, with 90 dB of stop-band: they delay low sounds by four samples.
"""

import math

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE, gain_of
from engine.kernel import Signature, njit
from engine.plugin import Param, param_changed, param_fields

from .effect import Effect
from .ramp import advance_ramp, end_ramp, prepare_ramp, ramp_fields, start_ramp

RAMP_SECONDS = 0.01
UNIT_SLOPE = np.float32(8 / 15)  # of the argument: quiet sounds keep their level
PERIOD_SAMPLES = 64  # from one look for states that have died out to the next, counted from the reset
MIN_STATE = np.float32(1e-15)  # smaller ones become 0
STEEP = np.array(
    [[0.049503334, 0.359088326, 0.728004255], [0.181631469, 0.546950069, 0.905803405]], np.float32
)  # all-passes of the half-band filter from and to twice the rate, by branch: flat up to 0.43 of the rate
EASY = np.array([0.069887344, 0.284142812, 0.683734159], np.float32)  # and from there to four times the rate, in turn
FILTER_NUMBERS = 28  # of a channel: the last samples of all filters
PARAMS = (
    Param("amount", "dB", 0.0, 40.0, 12.0, help="how far the sound is driven into the curve"),
    Param("tone", "Hz", 500.0, 20_000.0, 8000.0, help="what is brighter is softened afterwards"),
    Param("level", "dB", -36.0, 12.0, -6.0, help="how loud it leaves"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
AMOUNT, TONE, LEVEL, ON = range(len(PARAMS))
DRY, WET, INPUT_GAIN, CORNER = range(4)  # values of the ramp

STATE = np.dtype(
    [
        *param_fields(PARAMS),
        *ramp_fields(4),
        ("filters", "f4", (2, FILTER_NUMBERS)),
        ("elapsed", "i8"),  # samples since the last look for states that have died out
        ("rate", "f8"),
    ],
    align=True,
)


class Drive(Effect):
    """Amplifies, clips softly, and takes the edge off."""

    name = "drive"
    title = "Drive"
    help = "drives the sound into a soft clipper: from warmth to distortion"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; the parameters stay."""
        prepare_ramp(self.state, RAMP_SECONDS, rate)
        super().prepare(rate)

    def reset(self) -> None:
        """[main thread] Clear the filters, and set the gains to their targets."""
        self.state["filters"] = self.state["elapsed"] = 0
        update_targets(self.state[0])
        end_ramp(self.state)


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_targets(state):
    """Set the targets of the gains and of the low-pass (bilinear transform, prewarped at its corner)."""
    is_on = state.param[ON] > 0.5
    state.target[DRY] = 0 if is_on else 1
    state.target[WET] = gain_of(state.param[LEVEL]) if is_on else np.float32(0)
    state.target[INPUT_GAIN] = UNIT_SLOPE * gain_of(state.param[AMOUNT])
    corner = math.tan(math.pi * min(np.float64(state.param[TONE]) / state.rate, 0.45))
    state.target[CORNER] = corner / (1 + corner)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter."""
    if param_changed(state, event):
        update_targets(state)
        start_ramp(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Drive audio (2, T) in place."""
    start = 0
    while start < audio.shape[1]:
        count = min(audio.shape[1] - start, PERIOD_SAMPLES - state.elapsed)
        _process_part(state, audio[:, start : start + count])
        start += count
        state.elapsed += count
        if state.elapsed == PERIOD_SAMPLES:
            _clear_tiny(state)


@njit(cache=True, error_model="numpy")
def _process_part(state, audio):
    """Drive audio (2, T) whose end is the first look for states that have died out. The filters are in registers."""
    left, right = _load(state.filters[0]), _load(state.filters[1])
    for t in range(audio.shape[1]):
        advance_ramp(state)
        audio[0, t], left = _process_sample(state, left, audio[0, t])
        audio[1, t], right = _process_sample(state, right, audio[1, t])
    _store(left, state.filters[0])
    _store(right, state.filters[1])


@njit(cache=True, error_model="numpy", inline="always")
def _load(numbers):
    """The filters of a channel: all-passes up and down, by branch, the last point on the curve, and the low-pass."""
    return (
        (numbers[0], numbers[1], numbers[2], numbers[3]), (numbers[4], numbers[5], numbers[6], numbers[7]),
        (numbers[8], numbers[9], numbers[10]), (numbers[11], numbers[12]),
        (numbers[13], numbers[14], numbers[15]), (numbers[16], numbers[17]),
        (numbers[18], numbers[19], numbers[20], numbers[21]), (numbers[22], numbers[23], numbers[24], numbers[25]),
        numbers[26], numbers[27],
    )  # fmt: skip


@njit(cache=True, error_model="numpy", inline="always")
def _store(filters, numbers):
    up0, up1, up2, up3, down2, down3, down0, down1, last, low = filters
    numbers[0], numbers[1], numbers[2], numbers[3] = up0
    numbers[4], numbers[5], numbers[6], numbers[7] = up1
    numbers[8], numbers[9], numbers[10] = up2
    numbers[11], numbers[12] = up3
    numbers[13], numbers[14], numbers[15] = down2
    numbers[16], numbers[17] = down3
    numbers[18], numbers[19], numbers[20], numbers[21] = down0
    numbers[22], numbers[23], numbers[24], numbers[25] = down1
    numbers[26], numbers[27] = last, low


@njit(cache=True, error_model="numpy", inline="always")
def _process_sample(state, filters, sample):
    """One sample of a channel: twice the rate, four times, the curve, and back; then the low-pass."""
    up0, up1, up2, up3, down2, down3, down0, down1, last, low = filters
    half = np.float32(0.5)
    x = sample if abs(sample) < MAX_SAMPLE else np.float32(0)
    driven = state.now[INPUT_GAIN] * x
    early, up0 = _three_all_passes(STEEP[0], up0, driven)
    late, up1 = _three_all_passes(STEEP[1], up1, driven)
    a, up2 = _two_all_passes(EASY, up2, early)
    b, up3 = _all_pass(EASY, up3, early)
    c, up2 = _two_all_passes(EASY, up2, late)
    d, up3 = _all_pass(EASY, up3, late)
    e, f, g, h = _clip_mean(a, last), _clip_mean(b, a), _clip_mean(c, b), _clip_mean(d, c)
    first, down3 = _all_pass(EASY, down3, e)
    second, down2 = _two_all_passes(EASY, down2, f)
    third, down3 = _all_pass(EASY, down3, g)
    fourth, down2 = _two_all_passes(EASY, down2, h)
    first, down1 = _three_all_passes(STEEP[1], down1, half * (first + second))
    second, down0 = _three_all_passes(STEEP[0], down0, half * (third + fourth))
    step = state.now[CORNER] * (half * (first + second) - low)
    soft = low + step
    low = soft + step
    return state.now[DRY] * x + state.now[WET] * soft, (up0, up1, up2, up3, down2, down3, down0, down1, d, low)


@njit(cache=True, error_model="numpy", inline="always")
def _three_all_passes(k, z, x):
    """One sample through three first-order all-passes (z^-1 + k) / (1 + k z^-1); z: the last samples between them."""
    a = z[0] + k[0] * (x - z[1])
    b = z[1] + k[1] * (a - z[2])
    c = z[2] + k[2] * (b - z[3])
    return c, (x, a, b, c)


@njit(cache=True, error_model="numpy", inline="always")
def _two_all_passes(k, z, x):
    a = z[0] + k[0] * (x - z[1])
    b = z[1] + k[2] * (a - z[2])
    return b, (x, a, b)


@njit(cache=True, error_model="numpy", inline="always")
def _all_pass(k, z, x):
    a = z[0] + k[1] * (x - z[1])
    return a, (x, a)


@njit(cache=True, error_model="numpy", inline="always")
def _clip_mean(u, last):
    """The mean of the curve between the last point and this one; without branches that no processor could foresee."""
    one = np.float32(1)
    a, b = min(max(u, -one), one), min(max(last, -one), one)
    mean = mean_of_curve(a, b)
    crosses = ((a != u) | (b != last)) & (a != b)  # -1 or 1
    integral = mean * (a - b) + (abs(u - a) - abs(last - b))
    return (integral if crosses else mean) / (u - last if crosses else one)


@njit(cache=True, error_model="numpy", inline="always")
def mean_of_curve(a, b):
    """The mean of the curve between two points within -1 and 1; the curve itself where they are the same."""
    square, other = a * a, b * b
    return (a + b) * (
        np.float32(0.9375) - np.float32(0.3125) * (square + other)
        + np.float32(0.0625) * (square * square + square * other + other * other)
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _clear_tiny(state):
    """Clear the states that have died out, so that none becomes a denormal number."""
    state.elapsed = 0
    for c in range(2):
        for i in range(FILTER_NUMBERS):
            if abs(state.filters[c, i]) < MIN_STATE:
                state.filters[c, i] = 0
