"""[audio thread] What the spectrum of a longer time says against a lag.

Every multiple of a period is one too, and two tones that sound together, as in every room, resemble themselves best
at a lag that is neither's. So each low candidate is asked whether it has partials that a tone some times as high has
not. Once a tone has lasted as long as the spectrum this can be asked more closely: until then what sounded before is
in it as well.
"""

from numba import njit

from engine.dsp import pitch

from .candidates import WORTH
from .state import BINS, CANDIDATES, SPACING

TIMES = 5  # how much higher the tone may be that a candidate is mistaken for
THERE = 0.3  # share of a strong partial's magnitude at which another one is there
FEW, FEW_OCTAVE = 0.75, 0.6  # presence below which a low tone is doubted, against an octave and against other tones
MANY, MANY_OCTAVE = 0.9, 0.8  # presence above which the high one is
VETO = 0.6  # the most that either is marked down by
SETTLED = 0.04  # seconds that a tone lasts before it is asked more closely,
EVEN, LEAST = 0.2, 0.3  # with this share of the partials beside it, and so much of the answer the faintest one's;
FEW_LATER, FEW_OCTAVE_LATER, MANY_LATER, MANY_OCTAVE_LATER = 0.6, 0.55, 0.85, 0.7  # then, instead of those above
GIVEN, DOUBT = 0.1, 0.6  # how much less likely is the high tone that a low one speaks for: at least, and per presence
HINT = 0.15  # presence of a low tone that may be a faint part of what is heard,
NEARLY, REST = 0.9, 0.4  # while the high one explains nearly all, and the low one most of what that leaves open;
FINER = 0.12  # by this the high one is then marked down
RIPE = 2.5  # periods of a low tone that must have been heard before it can speak against a high one


@njit(cache=True, error_model="numpy")
def transform(ear):
    """The spectrum of the last SPAN seconds."""
    sound = ear.coarse[ear.coarse_end - ear.spanned : ear.coarse_end]
    half = ear.spanned // 2
    pitch.spectrum(sound, ear.cosines, ear.sines, ear.even[:half], ear.odd[:half], ear.magnitudes)


@njit(cache=True, error_model="numpy")
def veto(ear):
    """Mark candidates down: low tones whose own partials are missing, and partials of a low tone."""
    for i in range(CANDIDATES):
        ear.doubts[i] = 0.0
    for i in range(ear.count):
        for times in range(2, TIMES + 1):
            lag = ear.lags[i] / times
            place = 1 / (ear.lags[i] * SPACING)
            if lag * ear.high < 1 or times * place > BINS - 2:
                break
            share, few, many = ask(ear, place, times)
            high = nearest(ear, lag)
            if high >= 0 and share > HINT and finer(ear.heights[i], ear.heights[high]):
                ear.doubts[high] = max(ear.doubts[high], FINER)
            elif share < few:
                ear.doubts[i] = max(ear.doubts[i], VETO * (1 - share / few))
                speak_for(ear, i, high, lag, ear.heights[i] - GIVEN - DOUBT * share)
            elif share > many and high >= 0 and ripe(ear, ear.lags[i]):
                ear.doubts[high] = max(ear.doubts[high], VETO * (share - many) / (1 - many))


@njit(cache=True, error_model="numpy")
def ask(ear, place, times):
    """How much of a low tone is there, and what is few and many of it; see `veto`."""
    octave = times == 2
    if ear.voiced and ear.since * ear.hop >= SETTLED * ear.rate:
        mean, worst = pitch.evenness(ear.magnitudes, place, times, EVEN)
        few, many = FEW_OCTAVE_LATER if octave else FEW_LATER, MANY_OCTAVE_LATER if octave else MANY_LATER
        return mean + LEAST * (worst - mean), few, many
    few, many = FEW_OCTAVE if octave else FEW, MANY_OCTAVE if octave else MANY
    return pitch.presence(ear.magnitudes, place, times, THERE), few, many


@njit(cache=True, error_model="numpy")
def finer(low, high):
    """Whether a low tone explains what a high one leaves open: the heights of both."""
    return high > NEARLY and 1 - low < REST * (1 - high)


@njit(cache=True, error_model="numpy")
def speak_for(ear, low, high, lag, height):
    """Let a low candidate lend its height to the one that it is a multiple of; that need not be one yet."""
    if height < WORTH:
        return
    if high < 0:
        if ear.count == CANDIDATES:
            return
        high = ear.count
        ear.count += 1
        ear.lags[high], ear.heights[high] = lag, 0.0
    if height > ear.heights[high]:
        ear.heights[high], ear.support[high] = height, ear.support[low]


@njit(cache=True, error_model="numpy")
def nearest(ear, lag):
    """The candidate at a lag in seconds, or −1."""
    for i in range(ear.count):
        if abs(ear.lags[i] - lag) < 0.03 * lag:
            return i
    return -1


@njit(cache=True, error_model="numpy")
def ripe(ear, lag):
    """Whether enough periods have been heard since the level rose for the spectrum to tell their partials apart."""
    return ear.risen == 0 or ear.risen * ear.hop > RIPE * lag * ear.rate
