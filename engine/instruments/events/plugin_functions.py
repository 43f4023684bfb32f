"""[audio thread] The plugin functions of an instrument of events: handle events, process a block."""

from engine.dsp.decibels import gain_of
from engine.events import Kind
from engine.instruments.shared.channel_controls import advance_vibrato, handle_control
from engine.instruments.shared.playback_control import CONTROL_FRAMES, update_gains, update_pitch
from engine.instruments.shared.voice_allocation import ENDING, FREE, VOICES
from engine.instruments.shared.voice_gain import MIN_GAIN, is_silent
from engine.kernel import njit
from engine.plugin import param_changed

from .note_on_off import choke, note_off, note_on
from .render import render_voice
from .state import LEVEL, SPEED, VIBRATO


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Apply a note, parameter or channel event."""
    kind = event.kind
    if kind == Kind.NOTE_ON:
        note_on(state, event)
    elif kind == Kind.NOTE_OFF:
        note_off(state, event)
    elif kind == Kind.CHOKE:
        choke(state, event)
    elif not param_changed(state, event):
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
            if state.voices[v].stage != FREE:
                render_voice(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _update_controls(state):
    """Every CONTROL_FRAMES: move pitch and gain towards the controllers, free voices that have faded out."""
    vibrato = advance_vibrato(state, CONTROL_FRAMES, state.param[SPEED], state.param[VIBRATO])
    level = gain_of(state.param[LEVEL])
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE:
            continue
        update_pitch(state, voice, vibrato)
        update_gains(state, voice, level)
        if is_silent(voice) and (voice.stage == ENDING or voice.amplitude < MIN_GAIN):
            voice.stage = FREE
