"""[audio thread] The plugin functions of a DDSP instrument: handle events, process a block."""

from engine.events import Kind
from engine.instruments.shared.channel_controls import handle_control
from engine.instruments.shared.voice_allocation import ENDING, FREE, RELEASED, VOICES, matches
from engine.instruments.shared.voice_gain import is_silent
from engine.kernel import njit
from engine.plugin import param_changed

from .frame_plan import begin_run, prepare_frames
from .note_on_off import choke, note_off, note_on
from .remote_frames import exchange_frames
from .render import render_voice, update_gains
from .state import CONTROL_FRAMES, LEGATO, SPEED
from .voice_input import retarget_pitch, set_loudness, set_pitch


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Apply a note, tracker, parameter or channel event."""
    kind = event.kind
    if kind == Kind.NOTE_ON:
        note_on(state, event)
    elif kind == Kind.NOTE_OFF:
        note_off(state, event)
    elif kind == Kind.CHOKE:
        choke(state, event)
    elif kind == Kind.PITCH:
        set_pitch(state, event)
    elif kind == Kind.LOUDNESS:
        set_loudness(state, event)
    elif param_changed(state, event):
        if event.key == LEGATO:
            state.held_count = 0
    else:
        handle_control(state, event)
        if kind == Kind.BEND:
            _bend_voices(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add all voices to audio (2, T), in runs up to a multiple of CONTROL_FRAMES or an amendment."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % CONTROL_FRAMES
        if since == 0:
            _update_controls(state)
        count = min(min(CONTROL_FRAMES - since, frames - start), state.min_frame)
        if state.mailbox != 0:
            exchange_frames(state, count)
        else:
            count = min(count, begin_run(state))
            prepare_frames(state, count)
        for v in range(VOICES + 1):
            if state.voices[v].stage != FREE:
                render_voice(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _update_controls(state):
    """Every CONTROL_FRAMES: advance the LFO, move gains towards the controllers, free silent voices."""
    state.lfo = (state.lfo + state.param[SPEED] * (state.clock - state.lfo_at) / state.rate) % 1.0
    state.lfo_at = state.clock
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE:
            continue
        update_gains(state, voice)
        faded = voice.stage == ENDING and is_silent(voice)
        over = voice.silent_frames >= 2 and (v == VOICES or voice.stage == RELEASED)
        if faded or over:
            voice.stage = FREE
            voice.requested = 0


@njit(cache=True, error_model="numpy")
def _bend_voices(state, event):
    """Apply a bend at once to the voices that sound."""
    for v in range(VOICES + 1):
        if matches(state.voices[v], event):
            retarget_pitch(state, v)
