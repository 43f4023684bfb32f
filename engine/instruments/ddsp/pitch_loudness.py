"""[audio thread] What a voice sounds like at a moment to come: pitch and loudness, and how the decoder hears them."""

import math

import numpy as np
from numba import njit

from engine.plugin import clamp

from .state import ATTACK, DECAY, PRESSURE, RELEASE, SINGER, SPEED, SUSTAIN, SWAY, VIBRATO

RISE = np.float32(36)  # dB that a note rises in its attack
FALL = np.float32(60)  # dB that it falls in its release
SHUT = np.float32(600)  # dB a second that a singer's voice falls where it has no pitch
SOFTEST, LOUDEST = np.float32(-2.5), np.float32(2)  # deviations from the mean: what the decoder is told at most
MUTE = np.float32(-80)  # dB below the softest at which there is nothing
EXCESS = np.float32(12)  # dB above the loudest, at most
LOWEST = 8.0  # Hz
STILL, SWAYING = 0.25, 0.75  # seconds after which a held note begins to sway by itself, and does so fully


@njit(cache=True, error_model="numpy")
def judge(state, v, moment):
    """Move the curves of a voice on to a moment: pitch and loudness as the decoder hears them."""
    voice = state.voices[v]
    seconds = np.float32((moment - voice.judged) / state.rate)
    voice.judged = moment
    glide(voice, seconds)
    if v == SINGER:
        voice.fallen = voice.fallen + SHUT * seconds if voice.damping > 0 else np.float32(0)
    else:
        voice.fallen += voice.damping * FALL / state.param[RELEASE] * seconds
    hertz = pitch(state, v, moment)
    voice.pitch_next = hertz / state.rate
    known = clamp(np.float32(hertz), state.lowest, state.highest)
    told = known if state.hertz else np.float32((69 + 12 * math.log2(known / 440)) / 127)
    return told, tell_loudness(state, voice, loudness(state, v, moment))


@njit(cache=True, error_model="numpy")
def pitch(state, v, moment):
    """Hz at a moment, as far as the glide has come; a singer needs no wheel to bend, and is in tune with herself."""
    voice = state.voices[v]
    cents, bend = state.param[VIBRATO] * state.modulation[voice.channel], 0.0
    if v != SINGER:
        bend = voice.bend + state.bend[voice.channel]
        age = (moment - voice.born) / state.rate
        cents += state.param[SWAY] * min(max((age - STILL) / (SWAYING - STILL), 0.0), 1.0)
    lfo = state.lfo + state.param[SPEED] * (moment - state.ticked) / state.rate
    number = voice.semitone + bend + math.sin(2 * math.pi * lfo) * cents / 100
    return min(max(440 * 2 ** ((number - 69) / 12), LOWEST), 0.49 * state.rate)


@njit(cache=True, error_model="numpy")
def loudness(state, v, moment):
    """DB at a moment, by velocity, envelope, pressure and the channel's volume."""
    voice = state.voices[v]
    volume = state.volume[voice.channel]
    total = voice.peak - voice.fallen + np.float32(6.0206 * math.log2(max(volume, np.float32(1e-8))))
    if v == SINGER:
        return total
    total += state.param[PRESSURE] * max(voice.pressure, state.pressure[voice.channel])
    age, attack = np.float32((moment - voice.born) / state.rate), state.param[ATTACK]
    if age < attack:
        return total - RISE * (np.float32(1) - age / attack)
    return total + state.param[SUSTAIN] * min((age - attack) / state.param[DECAY], np.float32(1))


@njit(cache=True, error_model="numpy")
def tell_loudness(state, voice, level):
    """A loudness in dB as the decoder hears it; what is beyond its knowledge becomes the voice's `scale`."""
    asked = (level - state.mean) / state.deviation
    known = clamp(asked, SOFTEST, LOUDEST)
    beyond = (asked - known) * state.deviation
    voice.scale = np.float32(10 ** (min(beyond, EXCESS) / 20)) if beyond > MUTE else np.float32(0)
    return known


@njit(cache=True, error_model="numpy")
def glide(voice, seconds):
    """Let the pitch of a voice go on towards its aim for so many seconds."""
    far, way = voice.aim - voice.semitone, voice.slide * seconds
    if abs(far) <= way or voice.slide <= 0:
        voice.semitone = voice.aim
    else:
        voice.semitone += way if far > 0 else -way
