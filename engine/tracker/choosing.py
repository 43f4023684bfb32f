"""[audio thread] Which of the lags at which a sound resembles itself is its period.

Every look finds the lags at which the resemblance has a top, and refines them on the fine sound. A path through the
looks gathers what speaks for each of them (Viterbi's forward pass, with a memory that fades): a lag that was right a
moment ago starts ahead, so a stray octave must last to be believed, while after silence the first clear one is taken
at once.
"""

import numpy as np
from numba import njit

from ..dsp import pitch
from .record import CANDIDATES

WORTH = 0.5  # height of a top that is weighed at all
OCTAVE = 0.1  # what a lag twice as long must be better by
MEMORY = 0.88  # of what was gathered, that is left after a look
JUMP = 0.35  # what a jump from one lag to another costs, in units of height
STEP = 0.06  # octaves that a voice may move in one look for nothing
OPEN, CLOSE = 0.85, 0.7  # clarity above which a tone begins, and below which it ends
SHORT = 0.002  # seconds of the shortest window
LONG = 0.012  # seconds that a window grows to while a tone goes on
HYSTERESIS = 6.0  # dB by which a tone must pass the gate to begin


@njit(cache=True, error_model="numpy")
def choose(ear):
    """Look for tops, weigh them, and say the pitch, or that there is none."""
    find(ear)
    gather(ear)
    best = -1
    for i in range(ear.count):
        if best < 0 or ear.scores[i] > ear.scores[best]:
            best = i
    ear.clarity = ear.heights[best] if best >= 0 else 0.0
    decide(ear, best)
    ear.old_count = ear.count
    for i in range(ear.count):
        ear.old_lags[i] = ear.lags[i]
        ear.old_scores[i] = ear.scores[i]


@njit(cache=True, error_model="numpy")
def find(ear):
    """The tops of the resemblance, as lags in seconds with their heights."""
    sound = ear.coarse[: ear.coarse_end]
    first = max(np.intp(ear.coarse_rate / ear.high) - 1, 2)
    last = min(np.intp(ear.coarse_rate / ear.low) + 2, first + ear.likeness.shape[0] - 1)
    energy = ear.energy[: 2 * last + 1]
    pitch.energies(sound, energy)
    pitch.energies(ear.fine[: ear.fine_end], ear.fine_energy[: 2 * (last + 1) * ear.step + 1])
    shortest = np.intp(SHORT * ear.coarse_rate)
    quiet = 10 ** (ear.gate / 10 - 2)
    height = ear.likeness[: last - first + 1]
    pitch.correlations(sound, energy, first, shortest, quiet, height)
    ear.level = 10 * np.log10(energy[4 * shortest] / (4 * shortest) + 1e-12)
    ear.count = 0
    for i in range(1, height.shape[0] - 1):
        if height[i] > WORTH and height[i] >= height[i - 1] and height[i] > height[i + 1]:
            shift, _ = pitch.summit(height[i - 1], height[i], height[i + 1])
            refine(ear, (first + i + shift) * ear.step, quiet)


@njit(cache=True, error_model="numpy")
def refine(ear, lag, quiet):
    """Add a candidate: the top near a lag in fine samples."""
    sound = ear.fine[: ear.fine_end]
    centre = np.intp(lag + 0.5)
    window = max(centre, np.intp(SHORT * ear.fine_rate))
    reach = ear.step // 2 + 1
    best, place = -1.0, centre
    for k in range(max(centre - reach, 2), centre + reach + 1):
        r = pitch.correlation(sound, ear.fine_energy, k, window, quiet)
        if r > best:
            best, place = r, k
    left = pitch.correlation(sound, ear.fine_energy, place - 1, window, quiet)
    right = pitch.correlation(sound, ear.fine_energy, place + 1, window, quiet)
    shift, top = pitch.summit(left, best, right)
    seconds = (place + shift) / ear.fine_rate
    if top < WORTH or seconds * ear.high < 1 or seconds * ear.low > 1:
        return
    slot = ear.count
    if slot == CANDIDATES:
        slot = 0
        for i in range(CANDIDATES):
            if ear.heights[i] < ear.heights[slot]:
                slot = i
        if top <= ear.heights[slot]:
            return
    else:
        ear.count += 1
    ear.lags[slot], ear.heights[slot] = seconds, top


@njit(cache=True, error_model="numpy")
def gather(ear):
    """What speaks for each candidate: its height, and the best of the paths that lead to it."""
    for i in range(ear.count):
        path = 0.0
        for j in range(ear.old_count):
            away = abs(np.log2(ear.lags[i] / ear.old_lags[j]))
            cost = JUMP if away > STEP else JUMP * 0.3 * away / STEP
            path = max(path, MEMORY * ear.old_scores[j] - cost)
        ear.scores[i] = path + ear.heights[i] - OCTAVE * np.log2(ear.lags[i] * ear.high)


@njit(cache=True, error_model="numpy")
def decide(ear, best):
    """Voiced or not, and an onset where it begins."""
    ear.onset = 0
    if best >= 0:
        threshold, level = (CLOSE, ear.gate) if ear.voiced else (OPEN, ear.gate + HYSTERESIS)
        if ear.heights[best] > threshold and ear.level > level:
            ear.onset = 1 - ear.voiced
            ear.voiced = 1
            ear.since = 0 if ear.onset else ear.since + 1
            ear.pitch = 1 / ear.lags[best]
            return
    ear.voiced = 0
    ear.since = 0
