"""[audio thread] A decoded instrument as the host sees it: it takes events and adds its sound."""

from numba import njit

from ...events import ALL, Kind
from ..controllers import within
from ..voices import ENDING, FREE, RELEASED, VOICES, concerns
from .due import decode_due
from .keys import choke, press, release
from .record import LEGATO, SPEED, TICK
from .singing import steer, take_loudness, take_pitch
from .sounding import follow, sound

FARTHEST = 96  # semitones that a bend may reach
LOUDEST = 4  # the most that a channel may amplify
GONE = 1e-6  # -120 dB: what cannot be heard


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Begin, let go, bend, press, or take what a tracker heard."""
    kind = event.kind
    channel = event.channel & 15
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
    elif kind == Kind.BEND:
        _bend(state, event)
    elif kind == Kind.PRESSURE:
        _press(state, event)
    elif kind == Kind.MODULATION:
        state.modulation[channel] = within(event.value, 0, 1)
    elif kind == Kind.VOLUME:
        state.volume[channel] = within(event.value, 0, LOUDEST)
    elif kind == Kind.PAN:
        state.pan[channel] = within(event.value, -1, 1)
    elif kind == Kind.PARAM and 0 <= event.key < state.param.shape[0]:
        state.param[event.key] = within(event.value, state.least[event.key], state.most[event.key])
        if event.key == LEGATO:
            state.held = 0


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
        faded = voice.stage == ENDING and max(abs(voice.gain[0]), abs(voice.gain[1])) < GONE
        over = voice.quiet >= 2 and (v == VOICES or voice.stage == RELEASED)
        if faded or over:
            voice.stage = FREE
            voice.asked = 0


@njit(cache=True, error_model="numpy")
def _bend(state, event):
    """Bend a note, or all of a channel; who sounds follows at once."""
    semitones = within(event.value, -FARTHEST, FARTHEST)
    if event.note == ALL:
        state.bend[event.channel & 15] = semitones
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if concerns(voice, event):
            if event.note != ALL:
                voice.bend = semitones
            steer(state, v)


@njit(cache=True, error_model="numpy")
def _press(state, event):
    """Press a note, or all of a channel."""
    pressure = within(event.value, 0, 1)
    if event.note == ALL:
        state.pressed[event.channel & 15] = pressure
        return
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].pressure = pressure
