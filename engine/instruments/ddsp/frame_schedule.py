"""[audio thread] Schedule the model frames of the voices, and turn decoder outputs into amplitudes and filters.

Each voice has a model frame every `hop` frames, at one of FRAME_PHASES phases, and one at its start. A model
frame is the target one hop later, reached by linear interpolation; the first one is the start.
"""

import numpy as np
from numba import njit

from engine.dsp import harmonics, noise
from engine.dsp.pitch_units import pitch_of
from engine.instruments.shared.voice_allocation import VOICES
from engine.plugin import clamp
from engine.pointers import view_f4

from .initial_states import LOUDNESS_LEVELS
from .state import BRIGHTNESS, CONTINUE, FRAME_PHASES, NOISE, START, VOICES_PER_PHASE

_ZERO = np.float32(0)
MIN_NOISE_DB = np.float32(-59.9)  # of the parameter: below it there is no noise


@njit(cache=True, error_model="numpy")
def next_frame(state, v):
    """Start the next model frame of a voice, due now and decoded."""
    voice = state.voices[v]
    length = voice.frame_end - voice.frame_start
    voice.phase = harmonics.advance_phase(voice.phase, voice.pitch_from, voice.pitch_to, length, length)
    voice.pitch_from, voice.pitch_to = voice.pitch_to, voice.pitch_next
    voice.frame_start = voice.frame_end
    voice.frame_end += state.hop
    voice.current = (voice.current + 1) % 3


@njit(cache=True, error_model="numpy")
def split_frame(state, v):
    """Restart the current model frame now, from the values reached so far."""
    voice = state.voices[v]
    length, elapsed = voice.frame_end - voice.frame_start, state.clock - voice.frame_start
    if elapsed <= 0:
        return
    share = np.float32(elapsed / length)
    voice.phase = harmonics.advance_phase(voice.phase, voice.pitch_from, voice.pitch_to, elapsed, length)
    voice.pitch_from += share * (voice.pitch_to - voice.pitch_from)
    voice.frame_start = state.clock
    for controls in (_harmonics(state, v), _filters(state, v)):
        before, after = controls[voice.current], controls[(voice.current + 1) % 3]
        for k in range(before.shape[0]):
            before[k] += share * (after[k] - before[k])


@njit(cache=True, error_model="numpy")
def start_noise(state, v):
    """Start the noise of a voice with a seed of its own."""
    voice = state.voices[v]
    voice.seed = np.uint32(state.seed + 2 * state.notes)
    noise.fill_line(view_f4(state.noise_lines, (VOICES + 1, 2, state.line))[v], state.taps, voice.seed, state.clock)


@njit(cache=True, error_model="numpy")
def read_initial_state(state, voice, loudness, memory):
    """Write to memory (size,) the steady state of a note of this pitch and loudness."""
    hertz = clamp(np.float32(voice.pitch_next * state.rate), state.min_frequency, state.max_frequency)
    key = round(pitch_of(hertz)) - state.first_key
    steady = view_f4(state.steady, (state.key_count, len(LOUDNESS_LEVELS), state.size))
    held = steady[min(max(key, 0), state.key_count - 1)]
    above = 1
    while above < len(LOUDNESS_LEVELS) - 1 and loudness > LOUDNESS_LEVELS[above]:
        above += 1
    share = (loudness - LOUDNESS_LEVELS[above - 1]) / (LOUDNESS_LEVELS[above] - LOUDNESS_LEVELS[above - 1])
    for k in range(state.size):
        memory[k] = held[above - 1, k] + share * (held[above, k] - held[above - 1, k])


@njit(cache=True, error_model="numpy")
def schedule_frame(state, v):
    """The time of the next model frame of a voice; a requested frame is realigned with the grid."""
    voice = state.voices[v]
    if voice.requested == 0:
        return voice.frame_end + state.hop
    earliest, phase = state.clock + state.min_frame, (v // VOICES_PER_PHASE) * state.hop // FRAME_PHASES
    if voice.requested == START:
        voice.frame_start = state.clock
        voice.frame_end = earliest if state.mailbox != 0 else earliest + (phase - earliest) % state.hop
        return state.clock
    split_frame(state, v)
    if voice.frame_end < earliest:
        voice.frame_end += state.hop
    return voice.frame_end


@njit(cache=True, error_model="numpy")
def apply_outputs(state, v, outputs):
    """Turn the outputs of the decoder into amplitudes and noise filter of a voice."""
    voice = state.voices[v]
    amplitudes, filters = _harmonics(state, v), _filters(state, v)
    at = (voice.current + (1 if voice.requested == CONTINUE else 2)) % 3
    valid = _write_harmonics(state, voice, outputs, amplitudes[at])
    _write_noise_filter(state, voice, outputs[1 + state.H : 1 + state.H + state.N], filters[at], valid)
    voice.silent_frames = 0 if voice.scale > 0 and valid else voice.silent_frames + 1
    if voice.requested == START:
        voice.pitch_from = voice.pitch_to = voice.pitch_next
        for controls in (amplitudes, filters):
            for k in range(controls.shape[1]):
                controls[(at + 2) % 3, k] = controls[at, k]
        voice.current = (at + 2) % 3
    elif voice.requested == CONTINUE:
        voice.pitch_to = voice.pitch_next
    voice.requested = 0


@njit(cache=True, error_model="numpy")
def _write_harmonics(state, voice, outputs, amplitudes):
    """Distribute the amplitude over the harmonics below the band limit; whether the outputs are valid."""
    count = min(int(state.band / (voice.pitch_next * state.rate) - 1e-9), state.H)
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
    for k in range(state.H):
        amplitudes[k] = gain * amplitudes[k] if valid else _ZERO
    return valid


@njit(cache=True, error_model="numpy")
def _write_noise_filter(state, voice, bands, filter, valid):
    """Compute the noise filter from the bands."""
    knob = state.param[NOISE]
    gain = voice.scale * np.float32(10 ** (knob / 20)) if valid and knob > MIN_NOISE_DB else _ZERO
    for k in range(bands.shape[0]):
        bands[k] = gain * bands[k] if gain > 0 else _ZERO
    noise.write_filter(view_f4(state.filter_table, (state.R, state.N)), bands, filter)


@njit(cache=True, error_model="numpy")
def _harmonics(state, v):
    return view_f4(state.harmonics, (VOICES + 1, 3, state.H))[v]


@njit(cache=True, error_model="numpy")
def _filters(state, v):
    return view_f4(state.filters, (VOICES + 1, 3, state.taps))[v]
