"""[audio thread] Leaps of the pitch: a cross-fade of two oscillators in place of a glide.

A glide carries the old harmonics along: from 125 to 490 Hz within a frame those below 8 kHz reach 30 kHz before they
have faded. So where the pitch would move by more than LEAP_SEMITONES within a frame, the harmonics that sound go on
at their pitch while they fade, and those of the new pitch, with what of them is inside the band, fade in. A leap
during a cross-fade waits for its end.
"""

import numpy as np

from engine.dsp import harmonics
from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import njit
from engine.pointers import view_f4

from .voice_controls import harmonic_count, voice_harmonics

LEAP_SEMITONES = 2.0
FADE_SECONDS = 0.005  # of a cross-fade
_LEAP_RATIO = 2 ** (LEAP_SEMITONES / 12)


@njit(cache=True, error_model="numpy")
def move_pitch(state, v, pitch):
    """Let a voice whose frame begins now reach a pitch, in turns per sample, at the frame's end; or leap to it."""
    voice = state.voices[v]
    if pitch > _LEAP_RATIO * voice.pitch_from or voice.pitch_from > _LEAP_RATIO * pitch:
        if voice.frame_start < voice.fade_end:
            pitch = voice.pitch_from
        else:
            _begin_fade(state, v, pitch)
    voice.pitch_to = pitch
    mask_harmonics(state, voice_harmonics(state, v)[(voice.current + 1) % 3], pitch)


@njit(cache=True, error_model="numpy")
def render_fade(state, v, tone, clock):
    """Fade the harmonics of a voice in tone (T,), those at the new pitch, in, and those at the old one out."""
    voice = state.voices[v]
    frames, start, length = min(voice.fade_end - clock, tone.shape[0]), clock - voice.fade_start, state.fade_frames
    for t in range(frames):
        tone[t] *= np.float32((start + t) / length)
    silence = view_f4(state.silence, (state.H,))
    harmonics.add_harmonics(
        tone[:frames], voice.fade_phase, voice.fade_pitch, voice.fade_pitch, _fading(state, v), silence, start, length
    )


@njit(cache=True, error_model="numpy")
def mask_harmonics(state, amplitudes, pitch):
    """Silence the harmonics that are above the band at a pitch."""
    for k in range(harmonic_count(state, pitch), state.H):
        amplitudes[k] = 0


@njit(cache=True, error_model="numpy")
def _begin_fade(state, v, pitch):
    """Let the harmonics of a voice fade at their pitch from the start of its frame on, and be at a new one."""
    voice = state.voices[v]
    voice.fade_start, voice.fade_end = voice.frame_start, voice.frame_start + state.fade_frames
    voice.fade_phase, voice.fade_pitch, voice.pitch_from = voice.phase, voice.pitch_from, pitch
    fading, sounding = _fading(state, v), voice_harmonics(state, v)[voice.current]
    for k in range(state.H):
        fading[k] = sounding[k]
    mask_harmonics(state, sounding, pitch)


@njit(cache=True, error_model="numpy")
def _fading(state, v):
    """Amplitudes (H,) of the harmonics of a voice that fade at their old pitch."""
    return view_f4(state.fading, (VOICES + 1, state.H))[v]
