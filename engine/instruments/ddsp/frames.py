"""[audio thread] The frames of the voices: when they are due, and how they become amplitudes and filters.

Each voice has a frame every `hop`, at its own of SLOTS moments, and one at once when it begins. A frame says how the
voice sounds a hop later, so that it gets there in a straight line; the first one how it sounds now.
"""

import math

import numpy as np
from numba import njit

from engine.dsp import harmonics, noise
from engine.instruments.shared.voice_allocation import VOICES
from engine.memory import view_f4
from engine.plugin import clamp

from .initial_states import LEVELS
from .state import BEGIN, BRIGHTNESS, GO_ON, NOISE, SHARE, SLOTS

_NAUGHT = np.float32(0)
SILENT_NOISE = np.float32(-59.9)  # dB, of the knob: below it there is none


@njit(cache=True, error_model="numpy")
def advance(state, v):
    """Let the next frame of a voice sound: it was due now, and is decoded."""
    voice = state.voices[v]
    voice.phase = harmonics.advance_phase(
        voice.phase, voice.pitch_from, voice.pitch_to, voice.due - voice.since, voice.due - voice.since
    )
    voice.pitch_from, voice.pitch_to = voice.pitch_to, voice.pitch_next
    voice.since = voice.due
    voice.due += state.hop
    voice.turn = (voice.turn + 1) % 3


@njit(cache=True, error_model="numpy")
def cut(state, v):
    """Let the frame that sounds begin now, wherever it has come to."""
    voice = state.voices[v]
    length, gone = voice.due - voice.since, state.clock - voice.since
    if gone <= 0:
        return
    share = np.float32(gone / length)
    voice.phase = harmonics.advance_phase(voice.phase, voice.pitch_from, voice.pitch_to, gone, length)
    voice.pitch_from += share * (voice.pitch_to - voice.pitch_from)
    voice.since = state.clock
    for controls in (_harmonics(state, v), _filters(state, v)):
        before, after = controls[voice.turn], controls[(voice.turn + 1) % 3]
        for k in range(before.shape[0]):
            before[k] += share * (after[k] - before[k])


@njit(cache=True, error_model="numpy")
def draw(state, v):
    """Let a voice begin with noise of its own."""
    voice = state.voices[v]
    voice.seed = np.uint32(state.seed + 2 * state.notes)
    noise.fill_line(view_f4(state.lines, (VOICES + 1, 2, state.line))[v], state.taps, voice.seed, state.clock)


@njit(cache=True, error_model="numpy")
def recall(state, voice, loudness, memory):
    """Write to memory (size,) what it holds in a note of this pitch and loudness that has long been held."""
    hertz = clamp(np.float32(voice.pitch_next * state.rate), state.lowest, state.highest)
    key = round(69 + 12 * math.log2(hertz / 440)) - state.first
    held = view_f4(state.settled, (state.known, len(LEVELS), state.size))[min(max(key, 0), state.known - 1)]
    above = 1
    while above < len(LEVELS) - 1 and loudness > LEVELS[above]:
        above += 1
    share = (loudness - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1])
    for k in range(state.size):
        memory[k] = held[above - 1, k] + share * (held[above, k] - held[above - 1, k])


@njit(cache=True, error_model="numpy")
def moment(state, v):
    """The moment that the next frame of a voice speaks of; a frame at once is set on the grid again."""
    voice = state.voices[v]
    if voice.asked == 0:
        return voice.due + state.hop
    soonest, own = state.clock + state.reach, (v // SHARE) * state.hop // SLOTS
    if voice.asked == BEGIN:
        voice.since = state.clock
        voice.due = soonest if state.post != 0 else soonest + (own - soonest) % state.hop
        return state.clock
    cut(state, v)
    if voice.due < soonest:
        voice.due += state.hop
    return voice.due


@njit(cache=True, error_model="numpy")
def take(state, v, said):
    """Make what the decoder said into the controls of a voice."""
    voice = state.voices[v]
    amplitudes, filters = _harmonics(state, v), _filters(state, v)
    at = (voice.turn + (1 if voice.asked == GO_ON else 2)) % 3
    whole = _share(state, voice, said, amplitudes[at])
    _blow(state, voice, said[1 + state.H : 1 + state.H + state.N], filters[at], whole)
    voice.quiet = 0 if voice.scale > 0 and whole else voice.quiet + 1
    if voice.asked == BEGIN:
        voice.pitch_from = voice.pitch_to = voice.pitch_next
        for controls in (amplitudes, filters):
            for k in range(controls.shape[1]):
                controls[(at + 2) % 3, k] = controls[at, k]
        voice.turn = (at + 2) % 3
    elif voice.asked == GO_ON:
        voice.pitch_to = voice.pitch_next
    voice.asked = 0


@njit(cache=True, error_model="numpy")
def _share(state, voice, said, amplitudes):
    """Share the amplitude among the harmonics that can be heard; whether what was said is sound."""
    count = min(int(state.band / (voice.pitch_next * state.rate) - 1e-9), state.H)
    tilt = state.param[BRIGHTNESS] / np.float32(6.0206)
    total = _NAUGHT
    for k in range(state.H):
        part = said[1 + k] if k < count else _NAUGHT
        if tilt != 0:
            part *= np.float32(k + 1) ** tilt
        amplitudes[k] = part
        total += part
    whole = 0 < total < 1e6 and said[0] < 1e6
    gain = voice.scale * said[0] / total if whole else _NAUGHT
    for k in range(state.H):
        amplitudes[k] = gain * amplitudes[k] if whole else _NAUGHT
    return whole


@njit(cache=True, error_model="numpy")
def _blow(state, voice, bands, filter, whole):
    """Make a filter of the bands of noise."""
    knob = state.param[NOISE]
    gain = voice.scale * np.float32(10 ** (knob / 20)) if whole and knob > SILENT_NOISE else _NAUGHT
    for k in range(bands.shape[0]):
        bands[k] = gain * bands[k] if gain > 0 else _NAUGHT
    noise.write_filter(view_f4(state.table, (state.R, state.N)), bands, filter)


@njit(cache=True, error_model="numpy")
def _harmonics(state, v):
    return view_f4(state.harmonics, (VOICES + 1, 3, state.H))[v]


@njit(cache=True, error_model="numpy")
def _filters(state, v):
    return view_f4(state.filters, (VOICES + 1, 3, state.taps))[v]
