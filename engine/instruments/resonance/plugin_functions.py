"""[audio thread] The plugin functions of a resonance instrument: handle events, process a block."""

from engine.dsp import modal
from engine.dsp.decibels import NEPERS_PER_60_DB
from engine.events import Kind
from engine.instruments.shared.channel_controls import handle_control
from engine.instruments.shared.voice_allocation import (
    FREE,
    RELEASED,
    VOICES,
    choke_all,
    choke_matching,
    is_sounding,
    matches,
)
from engine.kernel import Signature, njit
from engine.plugin import clamp, param_changed

from .control_rate import retune_pending, update_voices
from .note_on import assign_voice, excite_dimension, excite_key, note_on
from .render import render_voice
from .state import BODY, BRIGHTNESS, DECAY, PLAY, RELEASE, RESONANCE, WIDTH
from .variant_crossfade import compute_weights, start_crossfade
from .voice_modes import retune


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Apply a note, control, parameter or channel event."""
    kind, index = event.kind, event.key
    chromatic = state.param[PLAY] > 0.5
    if kind == Kind.NOTE_ON:
        if chromatic:
            note_on(state, event)
        else:
            excite_key(state, event)
    elif kind == Kind.NOTE_OFF:
        _release(state, event)
    elif kind == Kind.CHOKE:
        choke_matching(state.voices, event)
    elif kind == Kind.CONTROL and not chromatic:
        excite_dimension(state, event)
    elif kind == Kind.DEFORM and 0 <= index < state.E:
        state.logit[index] = event.value
        start_crossfade(state)
    elif param_changed(state, event):
        if (state.param[PLAY] > 0.5) != chromatic:
            choke_all(state.voices)
        if index in (DECAY, BRIGHTNESS, BODY, WIDTH):
            state.retunes_pending = VOICES  # sounding voices follow in the next control periods
    else:
        handle_control(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add all voices to audio (2, T), in runs that end at multiples of STRIDE frames."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % modal.STRIDE
        if since == 0:
            update_voices(state)
            retune_pending(state)
        count = min(modal.STRIDE - since, frames - start)
        compute_weights(state, count)
        for v in range(VOICES):
            if state.voices[v].stage != FREE and not state.voices[v].idle:
                render_voice(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy", exported=Signature("", RESONANCE))
def reset_voices(state):
    """[main thread] Set the weights at rest; where it plays as learned, assign a voice to each resonance."""
    for e in range(state.E):
        state.weight[e] = 1 if state.E == 1 else 0
        state.slope[e] = 0
    state.ramp_position = state.ramp_length
    if state.E > 1:
        start_crossfade(state)
    if state.param[PLAY] <= 0.5:
        for r in range(state.R):
            assign_voice(state, r)


@njit(cache=True, error_model="numpy")
def _release(state, event):
    """Release a note; the value is the share of the damping."""
    damping = clamp(event.value, 0, 1) * NEPERS_PER_60_DB / state.param[RELEASE]
    for v in range(VOICES):
        voice = state.voices[v]
        if is_sounding(voice) and matches(voice, event):
            voice.stage = RELEASED
            voice.damping = damping
            retune(state, v)
