"""[audio thread] Render a voice: harmonics in the centre, filtered noise on both sides."""

import math

import numpy as np

from engine.dsp import harmonics, noise
from engine.dsp.decibels import gain_of
from engine.instruments.shared.voice_allocation import VOICES
from engine.instruments.shared.voice_gain import ramp_gains, snap_gains
from engine.kernel import njit
from engine.pointers import view_f4

from .decoder_outputs import MIN_NOISE_DB
from .frame_schedule import next_frame
from .pitch_leap import render_fade
from .state import CONTROL_FRAMES, LEVEL, NOISE, WIDTH


@njit(cache=True, error_model="numpy")
def render_voice(state, v, audio):
    """Add a voice to audio (2, T), T ≤ CONTROL_FRAMES, starting its next model frame where that is due."""
    voice = state.voices[v]
    frames = audio.shape[1]
    until = min(voice.frame_end - state.clock, frames)
    if until > 0:
        _render_part(state, v, audio[:, :until], state.clock)
    if until < frames:
        next_frame(state, v)
        _render_part(state, v, audio[:, until:], state.clock + until)


@njit(cache=True, error_model="numpy")
def reset_gains(state, voice):
    """Set the gains of a starting voice at once."""
    snap_gains(state, voice, gain_of(state.param[LEVEL]))


@njit(cache=True, error_model="numpy")
def update_gains(state, voice):
    """Ramp the gains of a voice towards the controllers over the next CONTROL_FRAMES."""
    ramp_gains(state, voice, gain_of(state.param[LEVEL]), CONTROL_FRAMES)


@njit(cache=True, error_model="numpy")
def _render_part(state, v, audio, clock):
    """Add a voice from a time on to audio (2, T), within one of its model frames."""
    voice = state.voices[v]
    frames, start, hop = audio.shape[1], clock - voice.frame_start, voice.frame_end - voice.frame_start
    tone, left, right = state.tone[:frames], state.left[:frames], state.right[:frames]
    for t in range(frames):
        tone[t] = left[t] = right[t] = 0
    first, last = voice.current, (voice.current + 1) % 3
    if voice.silent_frames < 2:
        controls = view_f4(state.harmonics, (VOICES + 1, 3, state.H))[v]
        pitches = voice.phase, voice.pitch_from, voice.pitch_to
        harmonics.add_harmonics(tone, pitches[0], pitches[1], pitches[2], controls[first], controls[last], start, hop)
        if clock < voice.fade_end:
            render_fade(state, v, tone, clock)
        _render_noise(state, v, left, right, clock, start, hop)
    _mix_voice(state, voice, tone, left, right, audio, clock)


@njit(cache=True, error_model="numpy")
def _render_noise(state, v, left, right, clock, start, hop):
    """Write the noise of a voice to both sides (T,), decorrelated by `width`."""
    if state.param[NOISE] <= MIN_NOISE_DB:
        return
    voice = state.voices[v]
    first, last = voice.current, (voice.current + 1) % 3
    line = view_f4(state.noise_lines, (VOICES + 1, 2, state.line))[v]
    filters = view_f4(state.filters, (VOICES + 1, 3, state.taps))[v]
    noise.advance_line(line, state.taps, voice.seed, clock, left.shape[0])
    noise.add_noise(left, line[0], filters[first], filters[last], start, hop)
    noise.add_noise(right, line[1], filters[first], filters[last], start, hop)
    angle = state.param[WIDTH] * np.float32(math.pi / 4)
    middle, side = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    for t in range(left.shape[0]):
        mid, side_sum = middle * left[t], side * right[t]
        left[t], right[t] = mid + side_sum, mid - side_sum


@njit(cache=True, error_model="numpy")
def _mix_voice(state, voice, tone, left, right, audio, clock):
    """Add both sides of a voice to audio at its gains, with a fade-in at its start."""
    age, onset = clock - voice.started_at, np.float32(state.onset)
    for t in range(tone.shape[0]):
        fade = min(np.float32(age + t + 1) / onset, np.float32(1))
        audio[0, t] += fade * voice.gain[0] * (tone[t] + left[t])
        audio[1, t] += fade * voice.gain[1] * (tone[t] + right[t])
        voice.gain[0] += voice.step[0]
        voice.gain[1] += voice.step[1]
