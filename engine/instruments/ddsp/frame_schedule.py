"""[audio thread] Schedule the model frames of the voices.

Each voice has a model frame every `hop` frames, at one of FRAME_PHASES phases, and one at its start. A model
frame is the target one hop later, reached by linear interpolation; the first one is the start.
"""

import numpy as np

from engine.dsp import harmonics
from engine.kernel import njit

from .pitch_leap import move_pitch
from .state import FRAME_PHASES, START, VOICES_PER_PHASE
from .voice_controls import voice_filters, voice_harmonics


@njit(cache=True, error_model="numpy")
def next_frame(state, v):
    """Start the next model frame of a voice, due now and decoded."""
    voice = state.voices[v]
    length = voice.frame_end - voice.frame_start
    voice.phase = harmonics.advance_phase(voice.phase, voice.pitch_from, voice.pitch_to, length, length)
    voice.pitch_from = voice.pitch_to
    voice.frame_start = voice.frame_end
    voice.frame_end += state.hop
    voice.current = (voice.current + 1) % 3
    move_pitch(state, v, voice.pitch_next)


@njit(cache=True, error_model="numpy")
def split_frame(state, v):
    """Restart the current model frame now, from the values reached so far."""
    voice = state.voices[v]
    length, elapsed = voice.frame_end - voice.frame_start, state.clock - voice.frame_start
    if elapsed <= 0:
        return
    share = np.float32(elapsed / length)
    voice.phase = harmonics.advance_phase(voice.phase, voice.pitch_from, voice.pitch_to, elapsed, length)
    voice.pitch_from += share * (voice.pitch_to - voice.pitch_from)
    voice.frame_start = state.clock
    for controls in (voice_harmonics(state, v), voice_filters(state, v)):
        before, after = controls[voice.current], controls[(voice.current + 1) % 3]
        for k in range(before.shape[0]):
            before[k] += share * (after[k] - before[k])


@njit(cache=True, error_model="numpy")
def schedule_frame(state, v):
    """The time of the next model frame of a voice; a requested frame is realigned with the grid."""
    voice = state.voices[v]
    if voice.requested == 0:
        return voice.frame_end + state.hop
    earliest, phase = state.clock + state.min_frame, (v // VOICES_PER_PHASE) * state.hop // FRAME_PHASES
    if voice.requested == START:
        voice.frame_start = state.clock
        voice.frame_end = earliest if state.mailbox != 0 else earliest + (phase - earliest) % state.hop
        return state.clock
    split_frame(state, v)
    if voice.frame_end < earliest:
        voice.frame_end += state.hop
    return voice.frame_end
