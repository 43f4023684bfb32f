"""[audio thread] What the keys do: notes begin, glide into each other, and are let go."""

import numpy as np
from numba import njit

from engine.instruments.shared.voice_allocation import ENDING, FREE, HELD, RELEASED, VOICES, allocate, matches
from engine.plugin import clamp

from .frames import draw
from .render import settle
from .state import BEGIN, DYNAMICS, GLIDING, GO_ON, KEPT, LEGATO, PORTAMENTO

_NOMINAL, _ABOVE = np.float32(0.8), np.float32(0.5)  # a velocity, and its loudness in deviations above the mean
_STEEP = np.float32(3)  # deviations from the softest velocity to the hardest
_FASTEST = np.float32(1e6)  # semitones a second: at once


@njit(cache=True, error_model="numpy")
def press(state, event):
    """NOTE_ON: a note begins, or the voice of its channel goes on to it."""
    key, velocity = clamp(event.key, 0, 127), clamp(event.value, 0, 1)
    if state.param[LEGATO] > 0.5:
        lift(state, event.note)
        _keep(state, event, key, velocity)
        v = _singing(state, event.channel & 15)
        if v >= 0:
            _go_on(state, v, event.note, key, velocity)
            return
    v = allocate(state.voices[:VOICES], event, state.notes)
    voice = state.voices[v]
    voice.semitone = voice.aim = np.float32(key)
    voice.peak = asked(state, velocity)
    begin(state, v)


@njit(cache=True, error_model="numpy")
def begin(state, v):
    """Let a voice that was given a pitch and a loudness begin now."""
    voice = state.voices[v]
    voice.asked = BEGIN
    voice.born = voice.judged = state.clock
    voice.phase = voice.slide = 0
    voice.fallen = voice.damping = voice.bend = voice.pressure = 0
    voice.quiet = 0
    draw(state, v)
    settle(state, voice)
    state.notes += 1


@njit(cache=True, error_model="numpy")
def release(state, event):
    """NOTE_OFF: a note is let go as far as its key and pedal say; one voice goes back to a key that is still held."""
    damping = clamp(event.value, 0, 1)
    if damping > 0 and state.held > 0:
        lift(state, event.note)
        v = _singing(state, event.channel & 15)
        last = _last(state, event.channel & 15)
        if v >= 0 and last >= 0 and state.voices[v].note == event.note:
            _go_on(state, v, state.keys[last].note, state.keys[last].key, state.keys[last].velocity)
            return
    for v in range(VOICES):
        voice = state.voices[v]
        if (voice.stage == HELD or voice.stage == RELEASED) and matches(voice, event):
            voice.stage = RELEASED
            voice.damping = damping


@njit(cache=True, error_model="numpy")
def choke(state, event):
    """CHOKE: notes end within milliseconds."""
    state.held = 0
    for v in range(VOICES + 1):
        if matches(state.voices[v], event):
            state.voices[v].stage = FREE if state.voices[v].asked == BEGIN else ENDING


@njit(cache=True, error_model="numpy")
def asked(state, velocity):
    """The loudness in dB that a velocity asks for."""
    way = _STEEP * (velocity - _NOMINAL) * state.param[DYNAMICS]
    return state.mean + state.deviation * (_ABOVE + way)


@njit(cache=True, error_model="numpy")
def lift(state, note):
    """Forget a key that one voice plays in turn with others."""
    kept = 0
    for i in range(state.held):
        if state.keys[i].note != note:
            _copy(state.keys[i], state.keys[kept])
            kept += 1
    state.held = kept


@njit(cache=True, error_model="numpy")
def _keep(state, event, key, velocity):
    """Remember a key, as the last of those that are held; the first is forgotten if they are too many."""
    if state.held == KEPT:
        lift(state, state.keys[0].note)
    kept = state.keys[state.held]
    kept.note, kept.channel, kept.key, kept.velocity = event.note, event.channel & 15, key, velocity
    state.held += 1


@njit(cache=True, error_model="numpy")
def _last(state, channel):
    """The key of a channel that was pressed last of those held, or -1."""
    for i in range(state.held - 1, -1, -1):
        if state.keys[i].channel == channel:
            return i
    return -1


@njit(cache=True, error_model="numpy")
def _singing(state, channel):
    """The voice of a channel that is held, by its key or by a pedal, or -1."""
    for v in range(VOICES):
        voice = state.voices[v]
        held = voice.stage == HELD or (voice.stage == RELEASED and voice.damping == 0)
        if held and voice.channel == channel:
            return v
    return -1


@njit(cache=True, error_model="numpy")
def _go_on(state, v, note, key, velocity):
    """Let a voice glide to another key, with a frame at once."""
    voice = state.voices[v]
    voice.note, voice.key = note, key
    voice.stage = HELD
    voice.aim = np.float32(key)
    seconds = state.param[PORTAMENTO] if state.param[GLIDING] > 0.5 else np.float32(0)
    voice.slide = abs(voice.aim - voice.semitone) / seconds if seconds > 1e-3 else _FASTEST
    voice.peak = asked(state, velocity)
    if voice.asked == 0:
        voice.asked = GO_ON


@njit(cache=True, error_model="numpy")
def _copy(source, target):
    target.note, target.channel = source.note, source.channel
    target.key, target.velocity = source.key, source.velocity
