"""The range of pitch that an instrument has where it follows a voice.

A violin has no note below its open G: a pitch that is lower is an error of the tracker, or a voice that goes on where
the instrument ends. An error is short. So the instrument stays where it is for OUTSIDE_SECONDS, and then plays the
voice by octaves higher, until that is inside the range again by RETURN_SEMITONES. Above its recordings an instrument
has a reserve of MAX_EXTRA_SEMITONES.
"""

from engine.instruments.shared.voice_allocation import ENDING, FREE
from engine.kernel import njit
from engine.pitch_and_frequency import pitch_of

MIN_EXTRA_SEMITONES, MAX_EXTRA_SEMITONES = 1.0, 12.0  # below the lowest and above the highest pitch of recordings
OUTSIDE_SECONDS = 0.06
RETURN_SEMITONES = 1.0
OCTAVE = 12.0  # semitones


def voice_range(pitch: dict[str, float]) -> tuple[float, float]:
    """[main thread] The lowest and the highest MIDI pitch for the range of pitch in Hz of a header."""
    low = float(pitch_of(pitch["low"])) - MIN_EXTRA_SEMITONES
    return low, max(float(pitch_of(pitch["high"])) + MAX_EXTRA_SEMITONES, low + 2 * OCTAVE)


@njit(cache=True, error_model="numpy")
def pitch_in_range(state, voice, semitone):
    """[audio thread] The MIDI pitch inside the range that a voice is to play for a tracked one."""
    if _is_inside(state, voice, semitone + voice.octaves):
        voice.outside_at = -1
    elif voice.stage == FREE or voice.stage == ENDING or voice.damping > 0 or _was_outside(state, voice):
        voice.octaves, voice.outside_at = _octaves_into_range(state, semitone), -1
    else:
        return voice.semitone
    return semitone + voice.octaves


@njit(cache=True, error_model="numpy")
def _is_inside(state, voice, semitone):
    """Whether a pitch that is moved as now is inside the range, and one that is not moved would not be."""
    if voice.octaves > 0 and semitone - voice.octaves > state.min_semitone + RETURN_SEMITONES:
        return False
    if voice.octaves < 0 and semitone - voice.octaves < state.max_semitone - RETURN_SEMITONES:
        return False
    return state.min_semitone <= semitone <= state.max_semitone


@njit(cache=True, error_model="numpy")
def _was_outside(state, voice):
    """Whether the pitch has been outside for OUTSIDE_SECONDS; the first call notes the time."""
    if voice.outside_at < 0:
        voice.outside_at = state.clock
    return state.clock - voice.outside_at >= OUTSIDE_SECONDS * state.rate


@njit(cache=True, error_model="numpy")
def _octaves_into_range(state, semitone):
    """Semitones, whole octaves, that bring a pitch into the range."""
    octaves = 0.0
    while semitone + octaves < state.min_semitone and octaves < 10 * OCTAVE:
        octaves += OCTAVE
    while semitone + octaves > state.max_semitone and octaves > -10 * OCTAVE:
        octaves -= OCTAVE
    return octaves
