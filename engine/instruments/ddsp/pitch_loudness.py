"""[audio thread] Pitch and loudness curves of a voice, and their scaling to decoder features."""

import math

import numpy as np

from engine.dsp.pitch_units import frequency_of, pitch_of
from engine.kernel import njit
from engine.plugin import clamp

from .state import ATTACK, DECAY, PRESSURE, RELEASE, SPEED, SUSTAIN, SWAY, TRACKED_VOICE, VIBRATO

ATTACK_DB = np.float32(36)  # rise of the level in the attack
RELEASE_DB = np.float32(60)  # fall of the level in the release
UNVOICED_DB_PER_SECOND = np.float32(600)  # at which the harmonics of the tracked voice fall while it is unvoiced
RETURN_DB_PER_SECOND = np.float32(2400)  # at which they come back
MAX_UNVOICED_DB = np.float32(150)  # from which on it is silent
MIN_DEVIATIONS, MAX_DEVIATIONS = np.float32(-2.5), np.float32(2)  # loudness range of the decoder
MUTE_DB = np.float32(-80)  # relative to the lower end of that range: silence below
MAX_EXCESS_DB = np.float32(12)  # above the upper end of that range
MIN_PITCH_HZ = 8.0
SWAY_DELAY_SECONDS, FULL_SWAY_SECONDS = 0.25, 0.75  # after which `sway` starts, and reaches its full depth


@njit(cache=True, error_model="numpy")
def update_features(state, v, time):
    """Advance the curves of a voice to a time; the pitch and loudness features of the decoder."""
    voice = state.voices[v]
    seconds = np.float32((time - voice.updated_at) / state.rate)
    voice.updated_at = time
    advance_glide(voice, seconds)
    if v == TRACKED_VOICE:
        step = UNVOICED_DB_PER_SECOND if voice.damping > 0 else -RETURN_DB_PER_SECOND
        voice.unvoiced_db = max(voice.unvoiced_db + step * seconds, np.float32(0))
    else:
        voice.attenuation_db += voice.damping * RELEASE_DB / state.param[RELEASE] * seconds
    hertz = frequency_at(state, v, time)
    voice.pitch_next = hertz / state.rate
    clamped = clamp(np.float32(hertz), state.min_frequency, state.max_frequency)
    pitch_feature = clamped if state.uses_hertz else np.float32(pitch_of(clamped) / 127)
    return pitch_feature, scale_loudness(state, voice, loudness_at(state, v, time))


@njit(cache=True, error_model="numpy")
def frequency_at(state, v, time):
    """Frequency in Hz at a time; pitch bend and tuning do not apply to the tracked voice."""
    voice = state.voices[v]
    cents, bend = state.param[VIBRATO] * state.modulation[voice.channel], 0.0
    if v != TRACKED_VOICE:
        bend = voice.bend + state.bend[voice.channel]
        age = (time - voice.started_at) / state.rate
        share = (age - SWAY_DELAY_SECONDS) / (FULL_SWAY_SECONDS - SWAY_DELAY_SECONDS)
        cents += state.param[SWAY] * min(max(share, 0.0), 1.0)
    lfo = state.lfo + state.param[SPEED] * (time - state.lfo_at) / state.rate
    semitones = voice.semitone + bend + math.sin(2 * math.pi * lfo) * cents / 100
    return min(max(frequency_of(semitones), MIN_PITCH_HZ), 0.49 * state.rate)


@njit(cache=True, error_model="numpy")
def loudness_at(state, v, time):
    """Loudness in dB at a time, from velocity, envelope, pressure and channel volume."""
    voice = state.voices[v]
    volume = state.volume[voice.channel]
    total = voice.loudness - voice.attenuation_db + np.float32(6.0206 * math.log2(max(volume, np.float32(1e-8))))
    if v == TRACKED_VOICE:
        return total
    total += state.param[PRESSURE] * max(voice.pressure, state.pressure[voice.channel])
    age, attack = np.float32((time - voice.started_at) / state.rate), state.param[ATTACK]
    if age < attack:
        return total - ATTACK_DB * (np.float32(1) - age / attack)
    return total + state.param[SUSTAIN] * min((age - attack) / state.param[DECAY], np.float32(1))


@njit(cache=True, error_model="numpy")
def scale_loudness(state, voice, level):
    """The loudness feature of a level in dB; what is beyond the decoder's range becomes the voice's `scale`."""
    deviations = (level - state.mean) / state.deviation
    clamped = clamp(deviations, MIN_DEVIATIONS, MAX_DEVIATIONS)
    excess = (deviations - clamped) * state.deviation
    is_audible = excess > MUTE_DB and voice.unvoiced_db < MAX_UNVOICED_DB
    voice.scale = np.float32(10 ** (min(excess, MAX_EXCESS_DB) / 20)) if is_audible else np.float32(0)
    return clamped


@njit(cache=True, error_model="numpy")
def advance_glide(voice, seconds):
    """Advance the glide of a voice towards its target by some seconds."""
    distance, step = voice.target - voice.semitone, voice.glide_rate * seconds
    if abs(distance) <= step or voice.glide_rate <= 0:
        voice.semitone = voice.target
    else:
        voice.semitone += step if distance > 0 else -step
