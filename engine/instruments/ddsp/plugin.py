"""[audio thread] A decoded instrument as the host sees it: it takes events and adds its sound."""

from numba import njit

from engine.events import Kind
from engine.instruments.shared.channel_controls import handle_control
from engine.instruments.shared.voice_allocation import ENDING, FREE, RELEASED, VOICES, matches
from engine.instruments.shared.voice_gain import is_silent
from engine.plugin import param_changed

from .decode_batch import decode_due
from .note_on import choke, press, release
from .render import follow, sound
from .state import LEGATO, SPEED, TICK
from .voice_input import steer, take_loudness, take_pitch


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Begin, let go, bend, press, or take what a tracker heard."""
    kind = event.kind
    if kind == Kind.NOTE_ON:
        press(state, event)
    elif kind == Kind.NOTE_OFF:
        release(state, event)
    elif kind == Kind.CHOKE:
        choke(state, event)
    elif kind == Kind.PITCH:
        take_pitch(state, event)
    elif kind == Kind.LOUDNESS:
        take_loudness(state, event)
    elif param_changed(state, event):
        if event.key == LEGATO:
            state.held = 0
    else:
        handle_control(state, event)
        if kind == Kind.BEND:
            _steer_all(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound of all voices to audio (2, T), in runs that end at the ticks of the clock."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % TICK
        if since == 0:
            _tick(state)
        count = min(min(TICK - since, frames - start), state.reach)
        decode_due(state, count)
        for v in range(VOICES + 1):
            if state.voices[v].stage != FREE:
                sound(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _tick(state):
    """Follow the controllers, and let go of what is silent."""
    state.lfo = (state.lfo + state.param[SPEED] * (state.clock - state.ticked) / state.rate) % 1.0
    state.ticked = state.clock
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE:
            continue
        follow(state, voice)
        faded = voice.stage == ENDING and is_silent(voice)
        over = voice.quiet >= 2 and (v == VOICES or voice.stage == RELEASED)
        if faded or over:
            voice.stage = FREE
            voice.asked = 0


@njit(cache=True, error_model="numpy")
def _steer_all(state, event):
    """Let those that sound follow a bend at once."""
    for v in range(VOICES + 1):
        if matches(state.voices[v], event):
            steer(state, v)
