"""[audio thread] The lags at which a sound resembles itself, found on the coarse sound and refined on the fine."""

import numpy as np
from numba import njit

from engine.dsp import pitch

from .state import CANDIDATES, STEADY

WORTH = 0.5  # resemblance of a lag that is weighed at all
OCTAVE = 0.05  # what a lag twice as long must be better by
BRIEF = 0.008  # seconds of the shortest window; that of a longer lag is the lag itself
TWICE = 2  # a tone is clear when it goes on for so many lags, or for STEADY seconds
MOMENT = 0.005  # seconds of the level that the gate knows


@njit(cache=True, error_model="numpy")
def find(ear):
    """The candidates of this look: lags in seconds, and how high the resemblance is there."""
    first = max(np.intp(ear.coarse_rate / ear.high) - 1, 2)
    last = min(np.intp(ear.coarse_rate / ear.low) + 2, first + ear.likeness.shape[0] - 1)
    measure(ear, last)
    ear.count = 0
    if ear.level < ear.gate:
        return
    height = ear.likeness[: last - first + 1]
    sound, brief = ear.coarse[: ear.coarse_end], np.intp(BRIEF * ear.coarse_rate)
    pitch.correlations(sound, ear.energy, first, brief, ear.quiet, height)
    for i in range(1, height.shape[0] - 1):
        if height[i] > WORTH and height[i] >= height[i - 1] and height[i] > height[i + 1]:
            shift, _ = pitch.summit(height[i - 1], height[i], height[i + 1])
            refine(ear, np.intp((first + i + shift) * ear.step + 0.5))


@njit(cache=True, error_model="numpy")
def measure(ear, last):
    """The energies of the past, as far back as lags of `last` coarse samples need them, and the level."""
    sound = ear.coarse[: ear.coarse_end]
    pitch.energies(sound, ear.energy[: last + 1 + max(last, np.intp(BRIEF * ear.coarse_rate))])
    most = (last + 2) * ear.step
    window = max(TWICE * most, np.intp(max(BRIEF, STEADY) * ear.fine_rate))
    pitch.energies(ear.fine[: ear.fine_end], ear.fine_energy[: most + window + 1])
    count = np.intp(MOMENT * ear.fine_rate)
    ear.level = 10 * np.log10(ear.fine_energy[count] / count + 1e-12)
    ear.quiet = 10 ** (ear.gate / 10 - 2)


@njit(cache=True, error_model="numpy")
def refine(ear, lag):
    """Add the top near a lag, in fine samples, to the candidates."""
    window = max(lag, np.intp(BRIEF * ear.fine_rate))
    left, middle, right = likeness(ear, lag - 1, window), likeness(ear, lag, window), likeness(ear, lag + 1, window)
    for _ in range(ear.step):
        if left > middle:
            lag, middle, right = lag - 1, left, middle
            left = likeness(ear, lag - 1, window)
        elif right > middle:
            lag, left, middle = lag + 1, middle, right
            right = likeness(ear, lag + 1, window)
    shift, height = pitch.summit(left, middle, right)
    seconds = (lag + shift) / ear.fine_rate
    if height > WORTH and seconds * ear.high >= 1 and seconds * ear.low <= 1:
        add(ear, seconds, min(height, 1.0))


@njit(cache=True, error_model="numpy")
def add(ear, seconds, height):
    """Add a candidate, in the place of the least likely one where there is no room."""
    slot = ear.count
    if slot < CANDIDATES // 2:
        ear.count += 1
    else:
        slot = 0
        for i in range(1, ear.count):
            if merit(ear.lags[i], ear.heights[i]) < merit(ear.lags[slot], ear.heights[slot]):
                slot = i
        if merit(seconds, height) < merit(ear.lags[slot], ear.heights[slot]):
            return
    ear.lags[slot], ear.heights[slot], ear.support[slot] = seconds, height, seconds


@njit(cache=True, error_model="numpy")
def merit(seconds, height):
    """How likely a lag is by itself: a short one explains what all its multiples explain."""
    return height - OCTAVE * np.log2(seconds)


@njit(cache=True, error_model="numpy")
def clearness(ear, seconds):
    """How well the sound resembles itself over the last STEADY seconds, or over TWICE the lag."""
    lag = np.intp(seconds * ear.fine_rate + 0.5)
    return likeness(ear, lag, max(TWICE * lag, np.intp(STEADY * ear.fine_rate)))


@njit(cache=True, error_model="numpy")
def likeness(ear, lag, window):
    """The resemblance at a lag, both in fine samples."""
    return pitch.correlation(ear.fine[: ear.fine_end], ear.fine_energy, lag, window, ear.quiet)


@njit(cache=True, error_model="numpy")
def lateness(ear):
    """Seconds by which a pitch that changes is told late: the filters', and half of what it is measured over."""
    if ear.pitch <= 0:
        return ear.delay
    return ear.delay + 0.5 * (1 / ear.pitch + max(1 / ear.pitch, BRIEF))
