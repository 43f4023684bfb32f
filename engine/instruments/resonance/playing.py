"""[audio thread] A resonance instrument as the host sees it: it takes events and adds its sound."""

import numpy as np
from numba import njit

from ...dsp import modal
from ...events import Kind
from ..controllers import control, within
from ..voices import ENDING, FREE, HELD, RELEASED, VOICES, concerns
from .deforming import aim, weigh
from .pluck import arm, excite_dimension, excite_key, pluck
from .record import BODY, BRIGHTNESS, DECAY, LEARNED, PLAY, RELEASE, WIDTH
from .ringing import ring
from .ticking import retune_some, tick
from .tuning import retune

FALL = np.float32(np.log(1000.0))  # nepers in 60 dB


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Begin, damp, bend, deform or choke."""
    kind = event.kind
    if kind == Kind.NOTE_ON:
        if state.param[PLAY] > 0.5:
            pluck(state, event)
        else:
            excite_key(state, event)
    elif kind == Kind.NOTE_OFF:
        _release(state, event)
    elif kind == Kind.CHOKE:
        _choke(state, event)
    elif kind == Kind.CONTROL and state.param[PLAY] <= 0.5:
        excite_dimension(state, event)
    elif kind == Kind.DEFORM and 0 <= event.key < state.E:
        state.logit[event.key] = event.value
        aim(state)
    elif kind == Kind.PARAM and 0 <= event.key < state.param.shape[0]:
        _turn(state, event)
    else:
        control(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound of all voices to audio (2, T), in runs that end at the ticks of the clock."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % modal.STRIDE
        if since == 0:
            tick(state)
            retune_some(state)
        count = min(modal.STRIDE - since, frames - start)
        weigh(state, count)
        for v in range(VOICES):
            if state.voices[v].stage != FREE and not state.voices[v].asleep:
                ring(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def begin(state):
    """[main thread] Weights at rest; as learned, a voice for each resonance."""
    for e in range(state.E):
        state.weight[e] = 1 if state.E == 1 else 0
        state.slope[e] = 0
    state.ramped = state.ramp
    if state.E > 1:
        aim(state)
    if state.param[PLAY] <= 0.5:
        for r in range(state.R):
            arm(state, r)


@njit(cache=True, error_model="numpy")
def _release(state, event):
    """Damp a note by so much of its release as its key and pedal let go."""
    extra = within(event.value, 0, 1) * FALL / state.param[RELEASE]
    for v in range(VOICES):
        voice = state.voices[v]
        sounds = voice.stage == HELD or voice.stage == RELEASED
        if sounds and voice.note != LEARNED and concerns(voice, event):
            voice.stage = RELEASED
            voice.damping = extra
            retune(state, v)


@njit(cache=True, error_model="numpy")
def _choke(state, event):
    """Let notes end within milliseconds."""
    for v in range(VOICES):
        if concerns(state.voices[v], event) and not state.voices[v].asleep:
            state.voices[v].stage = ENDING


@njit(cache=True, error_model="numpy")
def _turn(state, event):
    """Take a knob's new value; what rings follows in the next ticks."""
    knob = event.key
    before = state.param[knob]
    state.param[knob] = within(event.value, state.low[knob], state.high[knob])
    if knob == PLAY and (before > 0.5) != (state.param[knob] > 0.5):
        for v in range(VOICES):
            if state.voices[v].stage != FREE:
                state.voices[v].stage = FREE if state.voices[v].asleep else ENDING
    if before != state.param[knob] and knob in (DECAY, BRIGHTNESS, BODY, WIDTH):
        state.dirty = VOICES
