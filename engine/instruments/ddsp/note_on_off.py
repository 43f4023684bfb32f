"""[audio thread] Note on, note off and choke of a DDSP instrument, with legato and glide."""

import numpy as np

from engine.instruments.shared.voice_allocation import ENDING, FREE, HELD, RELEASED, VOICES, allocate, matches
from engine.kernel import njit
from engine.plugin import clamp

from .decoder_outputs import start_noise
from .render import reset_gains
from .state import CONTINUE, DYNAMICS, GLIDING, LEGATO, MAX_HELD_KEYS, PORTAMENTO, START

_REFERENCE_VELOCITY, _REFERENCE_DEVIATIONS = np.float32(0.8), np.float32(0.5)  # its loudness above the mean
_DYNAMIC_DEVIATIONS = np.float32(3)  # from velocity 0 to 1
_IMMEDIATE_GLIDE_RATE = np.float32(1e6)  # semitones per second: reaches any key within a frame


@njit(cache=True, error_model="numpy")
def note_on(state, event):
    """NOTE_ON: start a voice, or in legato glide the channel's voice to the key."""
    key, velocity = clamp(event.key, 0, 127), clamp(event.value, 0, 1)
    if state.param[LEGATO] > 0.5:
        remove_key(state, event.note)
        _push_key(state, event, key, velocity)
        v = _legato_voice(state, event.channel & 15)
        if v >= 0:
            _glide_to(state, v, event.note, key, velocity)
            return
    v = allocate(state.voices[:VOICES], event, state.notes)
    voice = state.voices[v]
    voice.semitone = voice.target = np.float32(key)
    voice.loudness = loudness_of(state, velocity)
    start_voice(state, v)


@njit(cache=True, error_model="numpy")
def start_voice(state, v):
    """Start a voice whose pitch and loudness are set."""
    voice = state.voices[v]
    voice.requested = START
    voice.started_at = voice.updated_at = state.clock
    voice.phase = voice.glide_rate = 0
    voice.attenuation_db = voice.damping = voice.bend = voice.pressure = 0
    voice.silent_frames = 0
    voice.fade_end = 0
    voice.unvoiced_db = 0
    start_noise(state, v)
    reset_gains(state, voice)
    state.notes += 1


@njit(cache=True, error_model="numpy")
def note_off(state, event):
    """NOTE_OFF: release a note as key and pedal damp it; in legato return to a key that is still held."""
    damping = clamp(event.value, 0, 1)
    if damping > 0 and state.held_count > 0:
        remove_key(state, event.note)
        v = _legato_voice(state, event.channel & 15)
        last_key = _last_key(state, event.channel & 15)
        if v >= 0 and last_key >= 0 and state.voices[v].note == event.note:
            _glide_to(state, v, state.keys[last_key].note, state.keys[last_key].key, state.keys[last_key].velocity)
            return
    for v in range(VOICES):
        voice = state.voices[v]
        if (voice.stage == HELD or voice.stage == RELEASED) and matches(voice, event):
            voice.stage = RELEASED
            voice.damping = damping


@njit(cache=True, error_model="numpy")
def choke(state, event):
    """CHOKE: fade notes out within milliseconds."""
    state.held_count = 0
    for v in range(VOICES + 1):
        if matches(state.voices[v], event):
            state.voices[v].stage = FREE if state.voices[v].requested == START else ENDING


@njit(cache=True, error_model="numpy")
def loudness_of(state, velocity):
    """The loudness in dB of a velocity."""
    deviations = _DYNAMIC_DEVIATIONS * (velocity - _REFERENCE_VELOCITY) * state.param[DYNAMICS]
    return state.mean + state.deviation * (_REFERENCE_DEVIATIONS + deviations)


@njit(cache=True, error_model="numpy")
def remove_key(state, note):
    """Remove a key from the held keys of legato."""
    kept = 0
    for i in range(state.held_count):
        if state.keys[i].note != note:
            _copy_key(state.keys[i], state.keys[kept])
            kept += 1
    state.held_count = kept


@njit(cache=True, error_model="numpy")
def _push_key(state, event, key, velocity):
    """Append a key to the held keys of legato, dropping the oldest of too many."""
    if state.held_count == MAX_HELD_KEYS:
        remove_key(state, state.keys[0].note)
    key_record = state.keys[state.held_count]
    key_record.note, key_record.channel = event.note, event.channel & 15
    key_record.key, key_record.velocity = key, velocity
    state.held_count += 1


@njit(cache=True, error_model="numpy")
def _last_key(state, channel):
    """The index of the last held key of a channel, or -1."""
    for i in range(state.held_count - 1, -1, -1):
        if state.keys[i].channel == channel:
            return i
    return -1


@njit(cache=True, error_model="numpy")
def _legato_voice(state, channel):
    """The voice of a channel that is held by a key or a pedal, or -1."""
    for v in range(VOICES):
        voice = state.voices[v]
        held = voice.stage == HELD or (voice.stage == RELEASED and voice.damping == 0)
        if held and voice.channel == channel:
            return v
    return -1


@njit(cache=True, error_model="numpy")
def _glide_to(state, v, note, key, velocity):
    """Glide a voice to another key, requesting a model frame at once."""
    voice = state.voices[v]
    voice.note, voice.key = note, key
    voice.stage = HELD
    voice.target = np.float32(key)
    seconds = state.param[PORTAMENTO] if state.param[GLIDING] > 0.5 else np.float32(0)
    voice.glide_rate = abs(voice.target - voice.semitone) / seconds if seconds > 1e-3 else _IMMEDIATE_GLIDE_RATE
    voice.loudness = loudness_of(state, velocity)
    if voice.requested == 0:
        voice.requested = CONTINUE


@njit(cache=True, error_model="numpy")
def _copy_key(source, target):
    target.note, target.channel = source.note, source.channel
    target.key, target.velocity = source.key, source.velocity
