"""[audio thread] The plugin functions of a state-space instrument: handle events, process a block."""

from engine.dsp.decibels import gain_of
from engine.events import Kind
from engine.instruments.shared.channel_controls import advance_vibrato, handle_control
from engine.instruments.shared.playback_control import CONTROL_FRAMES, update_gains, update_pitch
from engine.instruments.shared.voice_allocation import (
    AS_LEARNED_NOTE,
    ENDING,
    FREE,
    VOICES,
    choke_all,
    choke_matching,
)
from engine.instruments.shared.voice_gain import MIN_GAIN, is_silent
from engine.kernel import njit
from engine.plugin import param_changed

from .note_on_off import excite_dimension, excite_key, note_off, note_on
from .render import clear_voice, render_voice
from .state import LEVEL, PLAY, SPEED, VIBRATO


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Apply a note, control, parameter or channel event."""
    kind, chromatic = event.kind, state.param[PLAY] > 0.5
    if kind == Kind.NOTE_ON:
        if chromatic:
            note_on(state, event)
        else:
            excite_key(state, event)
    elif kind == Kind.NOTE_OFF:
        note_off(state, event)
    elif kind == Kind.CHOKE:
        choke_matching(state.voices, event)
    elif kind == Kind.CONTROL and not chromatic and 0 <= event.key < state.K:
        excite_dimension(state, event)
    elif param_changed(state, event):
        if (state.param[PLAY] > 0.5) != chromatic:
            choke_all(state.voices)
    else:
        handle_control(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add all voices to audio (2, T), in runs that end at multiples of CONTROL_FRAMES."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % CONTROL_FRAMES
        if since == 0:
            _update_controls(state)
        count = min(CONTROL_FRAMES - since, frames - start)
        for v in range(VOICES):
            voice = state.voices[v]
            if voice.stage != FREE and not voice.idle:
                render_voice(state, v, audio[:, start : start + count])
                if voice.idle and voice.note != AS_LEARNED_NOTE:
                    voice.stage = FREE
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _update_controls(state):
    """Every CONTROL_FRAMES: move pitch and gain towards the controllers, free voices that have faded out."""
    vibrato = advance_vibrato(state, CONTROL_FRAMES, state.param[SPEED], state.param[VIBRATO])
    level = gain_of(state.param[LEVEL])
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE or voice.idle:
            continue
        if voice.note != AS_LEARNED_NOTE:
            update_pitch(state, voice, vibrato)
        update_gains(state, voice, level)
        if is_silent(voice) and (voice.stage == ENDING or voice.amplitude < MIN_GAIN):
            clear_voice(state, v)
            voice.stage = FREE
