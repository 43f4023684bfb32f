"""[audio thread] Turn the outputs of the decoder into amplitudes of harmonics and noise filters of a voice."""

import numpy as np

from engine.dsp import noise
from engine.dsp.decibels import gain_of
from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import njit
from engine.pointers import view_f4

from .pitch_leap import mask_harmonics, move_pitch
from .state import BRIGHTNESS, CONTINUE, NOISE, START
from .voice_controls import harmonic_count, voice_filters, voice_harmonics

MIN_NOISE_DB = np.float32(-59.9)  # of the parameter: below it there is no noise
UNVOICED_NOISE_SHARE = np.float32(0.5)  # of the fall of the harmonics of the tracked voice while it is unvoiced
_ZERO = np.float32(0)


@njit(cache=True, error_model="numpy")
def start_noise(state, v):
    """Start the noise of a voice with a seed of its own."""
    voice = state.voices[v]
    voice.seed = np.uint32(state.seed + 2 * state.notes)
    noise.fill_line(view_f4(state.noise_lines, (VOICES + 1, 2, state.line))[v], state.taps, voice.seed, state.clock)


@njit(cache=True, error_model="numpy")
def apply_outputs(state, v, outputs):
    """Turn the outputs of the decoder into the controls of a voice's next model frame, or of the requested one."""
    voice = state.voices[v]
    at = (voice.current + (1 if voice.requested == CONTINUE else 2)) % 3
    is_audible = _write_controls(state, v, outputs, at)
    voice.silent_frames = 0 if is_audible else voice.silent_frames + 1
    if voice.requested == START:
        voice.pitch_from = voice.pitch_to = voice.pitch_next
        for controls in (voice_harmonics(state, v), voice_filters(state, v)):
            for k in range(controls.shape[1]):
                controls[(at + 2) % 3, k] = controls[at, k]
        voice.current = (at + 2) % 3
    elif voice.requested == CONTINUE:
        move_pitch(state, v, voice.pitch_next)
    voice.requested = 0


@njit(cache=True, error_model="numpy")
def amend_outputs(state, v, outputs):
    """Turn the outputs of the decoder into the controls at the end of the current model frame of a voice."""
    voice = state.voices[v]
    at = (voice.current + 1) % 3
    if _write_controls(state, v, outputs, at):
        voice.silent_frames = 0
    mask_harmonics(state, voice_harmonics(state, v)[at], voice.pitch_to)


@njit(cache=True, error_model="numpy")
def _write_controls(state, v, outputs, at):
    """Write one of the three sets of controls of a voice; whether it is audible."""
    voice = state.voices[v]
    valid = _write_harmonics(state, voice, outputs, voice_harmonics(state, v)[at])
    _write_noise_filter(
        state, voice, outputs[1 + state.H : 1 + state.H + state.N], voice_filters(state, v)[at], valid
    )
    return voice.scale > 0 and valid


@njit(cache=True, error_model="numpy")
def _write_harmonics(state, voice, outputs, amplitudes):
    """Distribute the amplitude over the harmonics below the band limit; whether the outputs are valid."""
    count = harmonic_count(state, voice.pitch_next)
    tilt = state.param[BRIGHTNESS] / np.float32(6.0206)
    total = _ZERO
    for k in range(state.H):
        part = outputs[1 + k] if k < count else _ZERO
        if tilt != 0:
            part *= np.float32(k + 1) ** tilt
        amplitudes[k] = part
        total += part
    valid = 0 < total < 1e6 and outputs[0] < 1e6
    gain = voice.scale * outputs[0] / total if valid else _ZERO
    if voice.unvoiced_db > 0:
        gain *= gain_of(-voice.unvoiced_db)
    for k in range(state.H):
        amplitudes[k] = gain * amplitudes[k] if valid else _ZERO
    return valid


@njit(cache=True, error_model="numpy")
def _write_noise_filter(state, voice, bands, filter, valid):
    """Compute the noise filter from the bands."""
    noise_db = state.param[NOISE]
    gain = voice.scale * np.float32(10 ** (noise_db / 20)) if valid and noise_db > MIN_NOISE_DB else _ZERO
    if voice.unvoiced_db > 0:
        gain *= gain_of(-UNVOICED_NOISE_SHARE * voice.unvoiced_db)
    for k in range(bands.shape[0]):
        bands[k] = gain * bands[k] if gain > 0 else _ZERO
    noise.write_filter(view_f4(state.filter_table, (state.R, state.N)), bands, filter)
