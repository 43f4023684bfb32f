"""[audio thread] The voice that a tracker drives, by what it hears: loudness, then pitch."""

import math

import numpy as np
from numba import njit

from engine.instruments.shared.voice_allocation import ENDING, FREE, HELD

from .frames import cut
from .note_on import begin
from .pitch_loudness import pitch
from .state import BEGIN, GO_ON, SINGER

SUNG = -3  # its note id: no note's, so that only all can be silenced


@njit(cache=True, error_model="numpy")
def take_loudness(state, event):
    """LOUDNESS in dB: of the next frame."""
    state.voices[SINGER].peak = event.value


@njit(cache=True, error_model="numpy")
def take_pitch(state, event):
    """PITCH in Hz: followed at once; 0 where there is none. With key 1 something begins, and a frame with it."""
    v = np.intp(SINGER)  # as the type of any other voice's number, or all below would be compiled twice
    voice = state.voices[v]
    if not event.value > 0:
        voice.damping = 1
        return
    voice.semitone = voice.aim = np.float32(69 + 12 * math.log2(event.value / 440))
    if voice.stage == FREE or voice.stage == ENDING:
        voice.stage, voice.note, voice.channel = HELD, SUNG, event.channel & 15
        begin(state, v)
    elif voice.asked == 0:
        again = event.key == 1 or voice.damping > 0
        voice.damping = 0
        if again:
            voice.asked = GO_ON
        else:
            steer(state, v)


@njit(cache=True, error_model="numpy")
def steer(state, v):
    """Let a voice that sounds reach a new pitch by the end of its frame."""
    voice = state.voices[v]
    if voice.asked == BEGIN or state.clock >= voice.due:
        return
    cut(state, v)
    voice.pitch_to = pitch(state, v, voice.due) / state.rate
