"""[audio thread] How a voice sounds: harmonics in the middle, bow and breath on both sides."""

import math

import numpy as np
from numba import njit

from engine.dsp import harmonics, noise
from engine.dsp.levels import gain_of
from engine.instruments.shared.voice_allocation import VOICES
from engine.instruments.shared.voice_gain import ramp_gains, snap_gains
from engine.memory import view_f4

from .frames import SILENT_NOISE, advance
from .state import LEVEL, NOISE, TICK, WIDTH


@njit(cache=True, error_model="numpy")
def sound(state, v, audio):
    """Add a voice to audio (2, T), T ≤ TICK; where its next frame is due in between, that goes on."""
    voice = state.voices[v]
    frames = audio.shape[1]
    until = min(voice.due - state.clock, frames)
    if until > 0:
        _part(state, v, audio[:, :until], state.clock)
    if until < frames:
        advance(state, v)
        _part(state, v, audio[:, until:], state.clock + until)


@njit(cache=True, error_model="numpy")
def settle(state, voice):
    """Bring the gains of a voice to where they should be: it begins."""
    snap_gains(state, voice, gain_of(state.param[LEVEL]))


@njit(cache=True, error_model="numpy")
def follow(state, voice):
    """Let the gains of a voice go on towards what the controllers ask for, until the next tick."""
    ramp_gains(state, voice, gain_of(state.param[LEVEL]), TICK)


@njit(cache=True, error_model="numpy")
def _part(state, v, audio, clock):
    """Add to audio (2, T) what a voice sounds like from a moment on, all within one of its frames."""
    voice = state.voices[v]
    frames, start, hop = audio.shape[1], clock - voice.since, voice.due - voice.since
    tone, left, right = state.tone[:frames], state.left[:frames], state.right[:frames]
    for t in range(frames):
        tone[t] = left[t] = right[t] = 0
    first, last = voice.turn, (voice.turn + 1) % 3
    if voice.quiet < 2:
        controls = view_f4(state.harmonics, (VOICES + 1, 3, state.H))[v]
        pitches = voice.phase, voice.pitch_from, voice.pitch_to
        harmonics.add_harmonics(tone, pitches[0], pitches[1], pitches[2], controls[first], controls[last], start, hop)
        _blow(state, v, left, right, clock, start, hop)
    _mix(state, voice, tone, left, right, audio, clock)


@njit(cache=True, error_model="numpy")
def _blow(state, v, left, right, clock, start, hop):
    """Write the noise of a voice to both sides (T,), as different from each other as the knob says."""
    if state.param[NOISE] <= SILENT_NOISE:
        return
    voice = state.voices[v]
    first, last = voice.turn, (voice.turn + 1) % 3
    line = view_f4(state.lines, (VOICES + 1, 2, state.line))[v]
    filters = view_f4(state.filters, (VOICES + 1, 3, state.taps))[v]
    noise.advance_line(line, state.taps, voice.seed, clock, left.shape[0])
    noise.add_noise(left, line[0], filters[first], filters[last], start, hop)
    noise.add_noise(right, line[1], filters[first], filters[last], start, hop)
    angle = state.param[WIDTH] * np.float32(math.pi / 4)
    middle, side = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    for t in range(left.shape[0]):
        one, other = middle * left[t], side * right[t]
        left[t], right[t] = one + other, one - other


@njit(cache=True, error_model="numpy")
def _mix(state, voice, tone, left, right, audio, clock):
    """Add a voice's sides to audio, at its gains, that come in when it begins."""
    age, onset = clock - voice.born, np.float32(state.onset)
    for t in range(tone.shape[0]):
        coming = min(np.float32(age + t + 1) / onset, np.float32(1))
        audio[0, t] += coming * voice.gain[0] * (tone[t] + left[t])
        audio[1, t] += coming * voice.gain[1] * (tone[t] + right[t])
        voice.gain[0] += voice.step[0]
        voice.gain[1] += voice.step[1]
