"""[audio thread] Pitch candidates: peaks of the autocorrelation, found on the coarse buffer, refined on the fine."""

import numpy as np

from engine.dsp import autocorrelation
from engine.kernel import Signature, njit

from .state import CLARITY_SECONDS, MAX_CANDIDATES, TRACKER

MIN_STRENGTH = 0.5  # correlation of a candidate
OCTAVE_COST = 0.05  # by which a lag twice as long must be better
MIN_WINDOW_SECONDS = 0.008  # the window is as long as the lag, but at least this
CLARITY_LAGS = 2  # clarity is measured over so many lags, or over CLARITY_SECONDS
LEVEL_SECONDS = 0.005  # of the level that the gate compares


@njit(cache=True, error_model="numpy")
def find_candidates(tracker):
    """Find the candidates of this hop: lags in seconds and their strengths, which are correlations."""
    first = max(np.intp(tracker.coarse_rate / tracker.high) - 1, 2)
    last = min(np.intp(tracker.coarse_rate / tracker.low) + 2, first + tracker.correlations.shape[0] - 1)
    _update_energies(tracker, last)
    tracker.count = 0
    if tracker.level < tracker.gate:
        return
    values = tracker.correlations[: last - first + 1]
    sound, min_window = tracker.coarse[: tracker.coarse_end], np.intp(MIN_WINDOW_SECONDS * tracker.coarse_rate)
    autocorrelation.correlations(sound, tracker.energy, first, min_window, tracker.noise_power, values)
    for i in range(1, values.shape[0] - 1):
        if values[i] > MIN_STRENGTH and values[i] >= values[i - 1] and values[i] > values[i + 1]:
            shift, _ = autocorrelation.parabola_peak(values[i - 1], values[i], values[i + 1])
            _refine(tracker, np.intp((first + i + shift) * tracker.coarse_step + 0.5))


@njit(cache=True, error_model="numpy")
def _update_energies(tracker, last):
    """Compute the energies as far back as lags of `last` coarse samples need, and the level."""
    sound = tracker.coarse[: tracker.coarse_end]
    autocorrelation.tail_energies(
        sound, tracker.energy[: last + 1 + max(last, np.intp(MIN_WINDOW_SECONDS * tracker.coarse_rate))]
    )
    max_lag = (last + 2) * tracker.coarse_step
    window = max(CLARITY_LAGS * max_lag, np.intp(max(MIN_WINDOW_SECONDS, CLARITY_SECONDS) * tracker.fine_rate))
    autocorrelation.tail_energies(tracker.fine[: tracker.fine_end], tracker.fine_energy[: max_lag + window + 1])
    count = np.intp(LEVEL_SECONDS * tracker.fine_rate)
    tracker.level = 10 * np.log10(tracker.fine_energy[count] / count + 1e-12)
    tracker.noise_power = 10 ** (tracker.gate / 10 - 2)


@njit(cache=True, error_model="numpy")
def _refine(tracker, lag):
    """Add the correlation peak near a lag, in fine samples, to the candidates."""
    window = max(lag, np.intp(MIN_WINDOW_SECONDS * tracker.fine_rate))
    left, middle, right = (
        _correlation(tracker, lag - 1, window),
        _correlation(tracker, lag, window),
        _correlation(tracker, lag + 1, window),
    )
    for _ in range(tracker.coarse_step):
        if left > middle:
            lag, middle, right = lag - 1, left, middle
            left = _correlation(tracker, lag - 1, window)
        elif right > middle:
            lag, left, middle = lag + 1, middle, right
            right = _correlation(tracker, lag + 1, window)
    shift, strength = autocorrelation.parabola_peak(left, middle, right)
    seconds = (lag + shift) / tracker.fine_rate
    if strength > MIN_STRENGTH and seconds * tracker.high >= 1 and seconds * tracker.low <= 1:
        _add_candidate(tracker, seconds, min(strength, 1.0))


@njit(cache=True, error_model="numpy")
def _add_candidate(tracker, seconds, strength):
    """Add a candidate, in place of the least likely one where the list is full."""
    slot = tracker.count
    if slot < MAX_CANDIDATES // 2:
        tracker.count += 1
    else:
        slot = 0
        for i in range(1, tracker.count):
            if lag_score(tracker.lags[i], tracker.strengths[i]) < lag_score(
                tracker.lags[slot], tracker.strengths[slot]
            ):
                slot = i
        if lag_score(seconds, strength) < lag_score(tracker.lags[slot], tracker.strengths[slot]):
            return
    tracker.lags[slot], tracker.strengths[slot], tracker.support[slot] = seconds, strength, seconds


@njit(cache=True, error_model="numpy")
def lag_score(seconds, strength):
    """Score of a lag alone: short lags are preferred, since every multiple of a period correlates too."""
    return strength - OCTAVE_COST * np.log2(seconds)


@njit(cache=True, error_model="numpy")
def clarity(tracker, seconds):
    """The correlation over the last CLARITY_SECONDS, or over CLARITY_LAGS lags."""
    lag = np.intp(seconds * tracker.fine_rate + 0.5)
    return _correlation(tracker, lag, max(CLARITY_LAGS * lag, np.intp(CLARITY_SECONDS * tracker.fine_rate)))


@njit(cache=True, error_model="numpy")
def _correlation(tracker, lag, window):
    """The correlation at a lag over a window, both in fine samples."""
    return autocorrelation.correlation(
        tracker.fine[: tracker.fine_end], tracker.fine_energy, lag, window, tracker.noise_power
    )


@njit(cache=True, error_model="numpy", exported=Signature("f8", TRACKER))
def pitch_delay(tracker):
    """Delay in seconds of a changing pitch: that of the filters and half of the measured time."""
    if tracker.pitch <= 0:
        return tracker.delay
    return tracker.delay + 0.5 * (1 / tracker.pitch + max(1 / tracker.pitch, MIN_WINDOW_SECONDS))
