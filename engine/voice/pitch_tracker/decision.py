"""[audio thread] Which candidate is the pitch, and whether it is a tone at all.

A path through the looks gathers what speaks for each candidate (Viterbi's forward pass, with a memory that fades): a
lag that was right a moment ago starts ahead, so that a stray octave must last to be believed, while after silence the
first clear one is taken at once.
"""

import numpy as np
from numba import njit

from .candidates import clearness, find, merit
from .octave_check import transform, veto

MEMORY = 0.85  # of what was gathered, what is left after a look
JUMP, LEAP = 0.35, 0.45  # what a jump from one lag to another costs, in units of resemblance; within a tone
NEAR, BEND = 0.06, 0.3  # octaves that a voice may move in a look without a jump, and the share of it that this costs
SUDDEN, CLEAR, DOUBTFUL = 0.73, 0.8, 0.87  # clarity at which a tone begins; see `threshold`
GOES_ON = 0.6  # clarity at which it goes on
KEPT = 0.7  # resemblance below which the pitch stays where it is
HELD = 0.016  # seconds for which an unclear tone is held
HYSTERESIS = 6.0  # dB by which a tone must pass the gate to begin
RISE = 10.0  # dB above what was before, by which a level has risen
RECOVERY = 300.0  # dB a second by which "before" follows a level that goes on
EARLY = 0.035  # seconds in which what has risen is young
PERIODS, SMEAR = 3.2, 0.0015  # periods, and seconds beyond them, in which a young tone may begin at once
SHORT, FIRST, SURE = 0.0023, 0.005, 0.9  # seconds: so short a period must be so clear so soon after the rise


@njit(cache=True, error_model="numpy")
def choose(ear):
    """Say the pitch, or that there is none, from the sound kept so far."""
    find(ear)
    watch(ear)
    if ear.count > 0:
        transform(ear)
        veto(ear)
    best = gather(ear)
    ear.clarity = clearness(ear, ear.support[best]) if best >= 0 else 0.0
    ear.onset = 0
    if ear.voiced:
        go_on(ear, best)
    elif best >= 0:
        begin(ear, best)


@njit(cache=True, error_model="numpy")
def watch(ear):
    """Count the looks since the level rose above what it was before."""
    if ear.level < ear.before:
        ear.before += 0.3 * (ear.level - ear.before)
    else:
        ear.before += RECOVERY * ear.hop / ear.rate
    ear.risen = ear.risen + 1 if ear.level > max(ear.before + RISE, ear.gate) else 0


@njit(cache=True, error_model="numpy")
def gather(ear):
    """Add up what speaks for each candidate: its height, and the best of the paths that lead to it; the best one."""
    best, jump = -1, LEAP if ear.voiced else JUMP
    for i in range(ear.count):
        path = 0.0
        for j in range(ear.old_count):
            away = abs(np.log2(ear.lags[i] / ear.old_lags[j]))
            cost = jump if away > NEAR else jump * BEND * away / NEAR
            path = max(path, MEMORY * ear.old_scores[j] - cost)
        ear.scores[i] = path + merit(ear.lags[i] * ear.high, ear.heights[i]) - ear.doubts[i]
        if best < 0 or ear.scores[i] > ear.scores[best]:
            best = i
    ear.old_count = ear.count
    for i in range(ear.count):
        ear.old_lags[i], ear.old_scores[i] = ear.lags[i], ear.scores[i]
    return best


@njit(cache=True, error_model="numpy")
def begin(ear, best):
    """Begin a tone when the best candidate is clear enough."""
    least = threshold(ear, ear.lags[best])
    if min(ear.clarity, ear.heights[best]) > least and ear.level > ear.gate + HYSTERESIS:
        ear.onset = ear.voiced = 1
        ear.unclear = ear.since = 0
        ear.pitch = 1 / ear.lags[best]


@njit(cache=True, error_model="numpy")
def threshold(ear, lag):
    """The clarity at which a tone of this period may begin.

    What has just risen and is clear after two or three of its periods begins at once. Had it been a tone of a short
    period, it would have been clear before: later than that it must be clearer than usual, as long as it is young.
    And within the first period of a low tone its partials look like high ones.
    """
    age = ear.risen * ear.hop / ear.rate
    if age == 0 or age > EARLY:
        return CLEAR
    if lag < SHORT and age < FIRST:
        return SURE
    return SUDDEN if age < PERIODS * lag + SMEAR else DOUBTFUL


@njit(cache=True, error_model="numpy")
def go_on(ear, best):
    """Follow a tone, hold it for a moment where it is unclear, and end it where that lasts or the gate closes."""
    ear.since += 1
    ear.unclear = 0 if ear.clarity > GOES_ON else ear.unclear + 1
    if ear.unclear * ear.hop > HELD * ear.rate or ear.level < ear.gate:
        ear.voiced = 0
    elif ear.unclear == 0 and ear.heights[best] > KEPT:
        ear.pitch = 1 / ear.lags[best]
