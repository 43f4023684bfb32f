"""[audio thread] The voice that follows a tracker's LOUDNESS and PITCH events."""

import numpy as np

from engine.dsp.pitch_units import pitch_of
from engine.instruments.shared.voice_allocation import ENDING, FREE, HELD
from engine.kernel import njit

from .frame_schedule import split_frame
from .note_on_off import start_voice
from .pitch_leap import move_pitch
from .pitch_loudness import frequency_at
from .state import CONTINUE, START, TRACKED_VOICE
from .voice_range import pitch_in_range

MIN_RESTART_DB = 30.0  # of the fall while unvoiced, from which on it was a pause
TRACKED_NOTE = -3  # note id of the tracked voice, which no note has: only an event for ALL notes applies to it


@njit(cache=True, error_model="numpy")
def set_loudness(state, event):
    """LOUDNESS in dB: applies from the next model frame."""
    state.voices[TRACKED_VOICE].loudness = event.value


@njit(cache=True, error_model="numpy")
def set_pitch(state, event):
    """PITCH in Hz: applied at once; 0 while unvoiced. Key 1 marks an onset.

    After a pause it requests a model frame; after less the tone comes back softly.
    """
    v = np.intp(TRACKED_VOICE)  # same type as other voice numbers, so that nothing is compiled twice
    voice = state.voices[v]
    if not event.value > 0:
        voice.damping = 1
        return
    voice.semitone = voice.target = np.float32(pitch_in_range(state, voice, pitch_of(event.value)))
    if voice.stage == FREE or voice.stage == ENDING:
        voice.stage, voice.note, voice.channel = HELD, TRACKED_NOTE, event.channel & 15
        start_voice(state, v)
    elif voice.requested == 0:
        restart = (event.key == 1 or voice.damping > 0) and voice.unvoiced_db >= MIN_RESTART_DB
        voice.damping = 0
        if restart:
            voice.unvoiced_db = 0
            voice.requested = CONTINUE
        else:
            retarget_pitch(state, v)


@njit(cache=True, error_model="numpy")
def retarget_pitch(state, v):
    """Make a sounding voice reach its new pitch by the end of its model frame."""
    voice = state.voices[v]
    if voice.requested == START or state.clock >= voice.frame_end:
        return
    split_frame(state, v)
    move_pitch(state, v, frequency_at(state, v, voice.frame_end) / state.rate)
