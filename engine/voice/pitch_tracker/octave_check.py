"""[audio thread] Octave check: penalize candidates that contradict the spectrum of a longer window.

Every multiple of a period correlates too, and two tones together, as in any reverberation, correlate best at a lag
that is the period of neither. So each low candidate is checked for partials that a tone at a multiple of its pitch
does not have. Once a tone has lasted as long as the spectrum the check is stricter: before, the spectrum still holds
earlier sound.
"""

from engine.dsp import partial_spectrum
from engine.kernel import njit

from .autocorrelation_peaks import MIN_STRENGTH
from .state import BIN_HZ, MAX_CANDIDATES, SPECTRUM_BINS

MAX_MULTIPLE = 5  # of the pitch of a candidate that it may be mistaken for
PRESENT_SHARE = 0.3  # share of a strong partial's magnitude at which another is present
ABSENT_BELOW, ABSENT_BELOW_OCTAVE = 0.75, 0.6  # presence below which the low tone is penalized
PRESENT_ABOVE, PRESENT_ABOVE_OCTAVE = 0.9, 0.8  # presence above which the high tone is
MAX_PENALTY = 0.6  # in units of correlation
SETTLED_SECONDS = 0.04  # duration of a tone before the stricter check
EVEN_SHARE, LOWEST_WEIGHT = 0.2, 0.3  # threshold, and weight of the weakest partial, in the stricter check
ABSENT_BELOW_LATER, ABSENT_BELOW_OCTAVE_LATER, PRESENT_ABOVE_LATER, PRESENT_ABOVE_OCTAVE_LATER = (
    0.6,
    0.55,
    0.85,
    0.7,
)  # in the stricter check
SUPPORT_COST, SUPPORT_COST_PER_PRESENCE = 0.1, 0.6  # less than its own strength that a low tone gives to a high one
FAINT_PRESENCE = 0.15  # presence of a low tone that may be a faint part of the sound,
NEAR_FULL_STRENGTH, REST_SHARE = 0.9, 0.4  # where the high one explains nearly all and the low one most of the rest;
FAINT_PENALTY = 0.12  # the penalty of the high one then
MIN_PERIODS = 2.5  # of a low tone that must have passed before it can penalize a high one


@njit(cache=True, error_model="numpy")
def update_spectrum(tracker):
    """Compute the spectrum of the last SPECTRUM_SECONDS."""
    sound = tracker.coarse[tracker.coarse_end - tracker.span : tracker.coarse_end]
    half = tracker.span // 2
    partial_spectrum.magnitude_spectrum(
        sound, tracker.cosines, tracker.sines, tracker.even[:half], tracker.odd[:half], tracker.magnitudes
    )


@njit(cache=True, error_model="numpy")
def penalize_octaves(tracker):
    """Penalize low tones whose own partials are missing, and high tones that are partials of a low tone."""
    for i in range(MAX_CANDIDATES):
        tracker.penalties[i] = 0.0
    for i in range(tracker.count):
        for multiple in range(2, MAX_MULTIPLE + 1):
            lag = tracker.lags[i] / multiple
            position = 1 / (tracker.lags[i] * BIN_HZ)
            if lag * tracker.high < 1 or multiple * position > SPECTRUM_BINS - 2:
                break
            share, absent, present = _partial_evidence(tracker, position, multiple)
            high = _candidate_at(tracker, lag)
            if high >= 0 and share > FAINT_PRESENCE and _explains_rest(tracker.strengths[i], tracker.strengths[high]):
                tracker.penalties[high] = max(tracker.penalties[high], FAINT_PENALTY)
            elif share < absent:
                tracker.penalties[i] = max(tracker.penalties[i], MAX_PENALTY * (1 - share / absent))
                _support_multiple(
                    tracker, i, high, lag, tracker.strengths[i] - SUPPORT_COST - SUPPORT_COST_PER_PRESENCE * share
                )
            elif share > present and high >= 0 and _has_enough_periods(tracker, tracker.lags[i]):
                tracker.penalties[high] = max(
                    tracker.penalties[high], MAX_PENALTY * (share - present) / (1 - present)
                )


@njit(cache=True, error_model="numpy")
def _partial_evidence(tracker, position, multiple):
    """Presence of a low tone's own partials, and the thresholds of absent and present; see `penalize_octaves`."""
    octave = multiple == 2
    if tracker.voiced and tracker.hops_since_onset * tracker.hop >= SETTLED_SECONDS * tracker.rate:
        mean, worst = partial_spectrum.partial_evenness(tracker.magnitudes, position, multiple, EVEN_SHARE)
        absent, present = (
            ABSENT_BELOW_OCTAVE_LATER if octave else ABSENT_BELOW_LATER,
            PRESENT_ABOVE_OCTAVE_LATER if octave else PRESENT_ABOVE_LATER,
        )
        return mean + LOWEST_WEIGHT * (worst - mean), absent, present
    absent, present = (
        ABSENT_BELOW_OCTAVE if octave else ABSENT_BELOW,
        PRESENT_ABOVE_OCTAVE if octave else PRESENT_ABOVE,
    )
    return (
        partial_spectrum.partial_presence(tracker.magnitudes, position, multiple, PRESENT_SHARE),
        absent,
        present,
    )


@njit(cache=True, error_model="numpy")
def _explains_rest(low, high):
    """Whether a low tone explains most of what a high one does not, by their strengths."""
    return high > NEAR_FULL_STRENGTH and 1 - low < REST_SHARE * (1 - high)


@njit(cache=True, error_model="numpy")
def _support_multiple(tracker, low, high, lag, strength):
    """Give the strength of a low candidate to the tone at its multiple, added as a candidate if needed."""
    if strength < MIN_STRENGTH:
        return
    if high < 0:
        if tracker.count == MAX_CANDIDATES:
            return
        high = tracker.count
        tracker.count += 1
        tracker.lags[high], tracker.strengths[high] = lag, 0.0
    if strength > tracker.strengths[high]:
        tracker.strengths[high], tracker.support[high] = strength, tracker.support[low]


@njit(cache=True, error_model="numpy")
def _candidate_at(tracker, lag):
    """The index of the candidate at a lag in seconds, or −1."""
    for i in range(tracker.count):
        if abs(tracker.lags[i] - lag) < 0.03 * lag:
            return i
    return -1


@njit(cache=True, error_model="numpy")
def _has_enough_periods(tracker, lag):
    """Whether enough periods have passed since the level rose for the spectrum to resolve the partials."""
    return tracker.hops_since_rise == 0 or tracker.hops_since_rise * tracker.hop > MIN_PERIODS * lag * tracker.rate
