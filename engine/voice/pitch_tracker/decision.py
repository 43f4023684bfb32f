"""[audio thread] Decide which candidate is the pitch, and whether the input is voiced.

The score of a candidate includes the best path through the hops before (forward pass of the Viterbi algorithm with
exponential forgetting): an octave error must last to win, while after silence the first clear candidate is taken.
"""

import numpy as np

from engine.kernel import njit

from .autocorrelation_peaks import clarity, find_candidates, lag_score
from .octave_check import penalize_octaves, update_spectrum

SCORE_KEPT_PER_HOP = 0.85  # share of a score that the next hop adds to its own
UNVOICED_JUMP_COST, VOICED_JUMP_COST = 0.35, 0.45  # of a change of pitch, in units of correlation
MAX_NEAR_OCTAVES, NEAR_COST_SHARE = 0.06, 0.3  # interval below a jump, and the share of the jump cost that it has
MIN_EARLY_CLARITY, MIN_STEADY_CLARITY, MIN_LATE_CLARITY = 0.73, 0.8, 0.87  # to start a tone, see `_onset_clarity`
MIN_SUSTAIN_CLARITY = 0.6  # to continue a tone
MIN_UPDATE_STRENGTH = 0.7  # below it the pitch is not updated
HOLD_SECONDS, LOUD_HOLD_SECONDS = 0.016, 0.05  # for which an unclear tone is held; the same while it stays loud
MAX_HELD_FALL_DB = 9.0  # below the level of the tone, where it is still loud
TONE_LEVEL_SECONDS = 0.03  # over which that level is taken
BELIEF_SECONDS = 0.025  # for which a leap to a multiple of the period has to last before it is the pitch
MIN_SETTLED_SECONDS = 0.04  # of a tone whose leaps are doubted: the first period of a low tone resembles high ones
MAX_MULTIPLE_ERROR = 0.04  # share by which two periods may differ from multiples of one another
HYSTERESIS_DB = 6.0  # by which the level must exceed the gate to start a tone
RISE_DB = 10.0  # above the background level, of an onset
RECOVERY_DB_PER_SECOND = 300.0  # at which the background follows a lasting level
ONSET_SECONDS = 0.035  # after a rise of the level, in which a tone is expected to start
EARLY_PERIODS, EARLY_SECONDS = 3.2, 0.0015  # time after the rise in which MIN_EARLY_CLARITY is enough
MAX_SHORT_PERIOD_SECONDS, SHORT_PERIOD_AGE_SECONDS = 0.0023, 0.005
MIN_SHORT_PERIOD_CLARITY = 0.9  # of periods so short, up to this age of the rise


@njit(cache=True, error_model="numpy")
def decide(tracker):
    """Update pitch and voicing from the buffers."""
    find_candidates(tracker)
    _track_rise(tracker)
    if tracker.count > 0:
        update_spectrum(tracker)
        penalize_octaves(tracker)
    best = _update_scores(tracker)
    tracker.clarity = clarity(tracker, tracker.support[best]) if best >= 0 else 0.0
    tracker.onset = 0
    if tracker.voiced:
        _continue_tone(tracker, best)
    elif best >= 0:
        _start_tone(tracker, best)


@njit(cache=True, error_model="numpy")
def _track_rise(tracker):
    """Count the hops since the level rose above the background."""
    if tracker.level < tracker.background:
        tracker.background += 0.3 * (tracker.level - tracker.background)
    else:
        tracker.background += RECOVERY_DB_PER_SECOND * tracker.hop / tracker.rate
    tracker.hops_since_rise = (
        tracker.hops_since_rise + 1 if tracker.level > max(tracker.background + RISE_DB, tracker.gate) else 0
    )


@njit(cache=True, error_model="numpy")
def _update_scores(tracker):
    """Score each candidate by its strength and the best path that leads to it; the index of the best."""
    best, jump = -1, VOICED_JUMP_COST if tracker.voiced else UNVOICED_JUMP_COST
    for i in range(tracker.count):
        path = 0.0
        for j in range(tracker.old_count):
            octaves = abs(np.log2(tracker.lags[i] / tracker.old_lags[j]))
            cost = jump if octaves > MAX_NEAR_OCTAVES else jump * NEAR_COST_SHARE * octaves / MAX_NEAR_OCTAVES
            path = max(path, SCORE_KEPT_PER_HOP * tracker.old_scores[j] - cost)
        tracker.scores[i] = (
            path + lag_score(tracker.lags[i] * tracker.high, tracker.strengths[i]) - tracker.penalties[i]
        )
        if best < 0 or tracker.scores[i] > tracker.scores[best]:
            best = i
    tracker.old_count = tracker.count
    for i in range(tracker.count):
        tracker.old_lags[i], tracker.old_scores[i] = tracker.lags[i], tracker.scores[i]
    return best


@njit(cache=True, error_model="numpy")
def _start_tone(tracker, best):
    """Start a tone if the best candidate is clear enough."""
    required = _onset_clarity(tracker, tracker.lags[best])
    if min(tracker.clarity, tracker.strengths[best]) > required and tracker.level > tracker.gate + HYSTERESIS_DB:
        tracker.onset = tracker.voiced = 1
        tracker.unclear_hops = tracker.hops_since_onset = 0
        tracker.pitch = 1 / tracker.lags[best]
        tracker.tone_level, tracker.doubted_hops = tracker.level, 0


@njit(cache=True, error_model="numpy")
def _onset_clarity(tracker, lag):
    """The clarity needed to start a tone of this period.

    After a rise of the level two or three clear periods are enough. A tone of a shorter period would have been clear
    earlier: later on a higher clarity is required until ONSET_SECONDS have passed. Within the first period of a low
    tone its partials resemble high tones.
    """
    age = tracker.hops_since_rise * tracker.hop / tracker.rate
    if age == 0 or age > ONSET_SECONDS:
        return MIN_STEADY_CLARITY
    if lag < MAX_SHORT_PERIOD_SECONDS and age < SHORT_PERIOD_AGE_SECONDS:
        return MIN_SHORT_PERIOD_CLARITY
    return MIN_EARLY_CLARITY if age < EARLY_PERIODS * lag + EARLY_SECONDS else MIN_LATE_CLARITY


@njit(cache=True, error_model="numpy")
def _continue_tone(tracker, best):
    """Update a tone; hold it for some time where it is unclear, then end it; end it below the gate."""
    tracker.hops_since_onset += 1
    if tracker.clarity > MIN_SUSTAIN_CLARITY:
        tracker.unclear_hops = 0
        share = min(tracker.hop / (TONE_LEVEL_SECONDS * tracker.rate), 1.0)
        tracker.tone_level += share * (tracker.level - tracker.tone_level)
    else:
        tracker.unclear_hops += 1
    if tracker.unclear_hops * tracker.hop > _hold_seconds(tracker) * tracker.rate or tracker.level < tracker.gate:
        tracker.voiced = 0
    elif tracker.unclear_hops == 0 and tracker.strengths[best] > MIN_UPDATE_STRENGTH:
        _update_pitch(tracker, tracker.lags[best])


@njit(cache=True, error_model="numpy")
def _hold_seconds(tracker):
    """How long an unclear tone is held: a consonant or a glide is as loud as the tone, which goes on after it.

    No longer than the tone has lasted, since what is loud and unclear may never have been a tone.
    """
    if tracker.level < tracker.tone_level - MAX_HELD_FALL_DB:
        return HOLD_SECONDS
    return max(HOLD_SECONDS, min(LOUD_HOLD_SECONDS, tracker.hops_since_onset * tracker.hop / tracker.rate / 2))


@njit(cache=True, error_model="numpy")
def _update_pitch(tracker, lag):
    """Make a period the pitch; a multiple of the last one only once it has lasted.

    While one tone decays and the next one starts, or at the edge of a breath, the common period of both correlates
    best for 20 to 30 ms: it is a multiple of either.
    """
    ratio = lag * tracker.pitch
    is_settled = tracker.hops_since_onset * tracker.hop >= MIN_SETTLED_SECONDS * tracker.rate
    if not is_settled or ratio < 1.5 or abs(ratio / np.rint(ratio) - 1) > MAX_MULTIPLE_ERROR:
        tracker.doubted_hops = 0
    else:
        _count_doubted(tracker, lag)
        if tracker.doubted_hops * tracker.hop < BELIEF_SECONDS * tracker.rate:
            return
        lag, tracker.doubted_hops = tracker.doubted_lag, 0
    tracker.pitch = 1 / lag


@njit(cache=True, error_model="numpy")
def _count_doubted(tracker, lag):
    """Count a hop for the leap down that is doubted, or begin with another one.

    Multiples of its period count for it, since every multiple correlates; a part of its period takes its place.
    """
    ratio = max(lag / tracker.doubted_lag, tracker.doubted_lag / lag) if tracker.doubted_hops > 0 else 0.0
    if ratio == 0 or abs(ratio / np.rint(ratio) - 1) > MAX_MULTIPLE_ERROR:
        tracker.doubted_lag, tracker.doubted_hops = lag, 1
        return
    tracker.doubted_hops += 1
    if lag < tracker.doubted_lag or ratio < 1.5:
        tracker.doubted_lag = lag
