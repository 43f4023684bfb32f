"""The delay lines of the reverb: swayed, read, damped, mixed and written."""

import numpy as np

from engine.effects.tail import drop_tiny
from engine.kernel import njit
from engine.pointers import view_f4

from .state import HIGH_GAIN, LENGTH, LINES, LOW_GAIN, SIGNS


@njit(cache=True, error_model="numpy")
def is_swayed(line):
    """Whether the length of a line sways: half of them do, to the left and to the right."""
    return line >> 1 & 1


@njit(cache=True, error_model="numpy")
def turn_sway(state, count):
    """[audio thread] Turn the phase of the sway by so many frames."""
    real, imaginary = state.phasor[0], state.phasor[1]
    for t in range(count):
        state.swayed[0, t], state.swayed[1, t] = real, imaginary
        scale = 1.5 - 0.5 * (real * real + imaginary * imaginary)  # keeps the phasor on the unit circle
        real, imaginary = (
            scale * (real * state.turn[0] - imaginary * state.turn[1]),
            scale * (real * state.turn[1] + imaginary * state.turn[0]),
        )
    state.phasor[0], state.phasor[1] = real, imaginary


@njit(cache=True, error_model="numpy")
def read_lines(state, count):
    """[audio thread] Read so many frames of all lines, and damp what was read."""
    lines = view_f4(state.lines, (LINES, state.line_stride))
    for i in range(LINES):
        if is_swayed(i) or state.ramp_left > 0:
            _read_between(state, lines[i], i, count)
        else:
            _read_at(state, lines[i], np.int64(state.now[LENGTH + i]), state.heard[i], count)
    for i in range(0, LINES, 2):
        _damp(state, i, count)


@njit(cache=True, error_model="numpy")
def mix_lines(state, count):
    """[audio thread] Mix what was read of the lines by the Hadamard matrix."""
    width = 1
    while width < LINES:
        for i in range(LINES):
            if i & width == 0:
                _cross(state.heard[i], state.heard[i + width], count)
        width *= 2


@njit(cache=True, error_model="numpy")
def write_lines(state, count):
    """[audio thread] Write what was mixed to all lines, and what enters."""
    lines = view_f4(state.lines, (LINES, state.line_stride))
    for i in range(LINES):
        _write_line(state, lines[i], i, count)


@njit(cache=True, error_model="numpy")
def _read_at(state, line, length, heard, count):
    """Read a line at its samples."""
    mask = np.uint64(state.line_size - 1)
    first, missing = state.position - length, length - state.filled
    for t in range(count):
        heard[t] = line[np.uint64(first + t) & mask] if t >= missing else np.float32(0)


@njit(cache=True, error_model="numpy")
def _read_between(state, line, i, count):
    """Read a line between its samples, by a Catmull-Rom cubic through four of them."""
    length, step, cosine, sine = state.now[LENGTH + i], state.step[LENGTH + i], state.sway[0, i], state.sway[1, i]
    mask, half, heard = np.uint64(state.line_size - 1), np.float32(0.5), state.heard[i]
    position, filled = state.position - 2, state.filled - 2
    for t in range(count):
        length += step
        delay = length + cosine * state.swayed[0, t] + sine * state.swayed[1, t]
        whole = np.int64(delay)
        first = np.uint64(position + t - whole) & mask
        d, c = line[first], line[first + np.uint64(1)]
        b, a = line[first + np.uint64(2)], line[first + np.uint64(3)]
        x = delay - np.float32(whole)
        slope, bend = c - a, a - np.float32(2.5) * b + np.float32(2) * c - half * d
        twist = half * (d - a) + np.float32(1.5) * (b - c)
        y = b + x * (half * slope + x * (bend + x * twist))
        heard[t] = y if whole <= filled + t else np.float32(0)


@njit(cache=True, error_model="numpy")
def _damp(state, i, count):
    """Apply the gains of lows and highs to what was read of a line and the next one."""
    low, low_gain, high_gain = state.low[i], state.now[LOW_GAIN + i], state.now[HIGH_GAIN + i]
    next_low, next_low_gain = state.low[i + 1], state.now[LOW_GAIN + i + 1]
    next_high_gain = state.now[HIGH_GAIN + i + 1]
    corner, stay = state.corner, np.float32(1) - state.corner
    for t in range(count):
        low_gain += state.step[LOW_GAIN + i]
        high_gain += state.step[HIGH_GAIN + i]
        next_low_gain += state.step[LOW_GAIN + i + 1]
        next_high_gain += state.step[HIGH_GAIN + i + 1]
        x, y = state.heard[i, t], state.heard[i + 1, t]
        low = stay * low + corner * x
        next_low = stay * next_low + corner * y
        state.heard[i, t] = high_gain * x + (low_gain - high_gain) * low
        state.heard[i + 1, t] = next_high_gain * y + (next_low_gain - next_high_gain) * next_low
    state.low[i], state.low[i + 1] = low, next_low


@njit(cache=True, error_model="numpy")
def _cross(one, other, count):
    """Replace two sounds by their sum and their difference: a step of the Hadamard matrix."""
    for t in range(count):
        a, b = one[t], other[t]
        one[t], other[t] = a + b, a - b


@njit(cache=True, error_model="numpy")
def _write_line(state, line, i, count):
    """Write a line; the first three samples once more behind the end."""
    sign, size, position = SIGNS[i], np.uint64(state.line_size), state.position
    for t in range(count):
        place = np.uint64(position + t) & (size - np.uint64(1))
        line[place] = drop_tiny(sign * state.sent[i & 1, t] + np.float32(0.25) * state.heard[i, t])
        if place < np.uint64(3):
            line[place + size] = line[place]
