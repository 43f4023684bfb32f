"""[audio thread] Note on: choose and tune the resonance of a key, and start its attack."""

import numpy as np

from engine.dsp import modal
from engine.instruments.shared.random import next_bits
from engine.instruments.shared.voice_allocation import AS_LEARNED_NOTE, ENDING, FREE, HELD, VOICES, allocate
from engine.kernel import njit
from engine.plugin import clamp
from engine.pointers import view_f4, view_i4

from .state import MAX_STRIKES, VARIATION
from .voice_modes import set_partials, start_tuning, velocity_response


@njit(cache=True, error_model="numpy")
def note_on(state, event):
    """Start a note in chromatic mode."""
    index = allocate(state.voices, event, state.notes)
    state.notes += 1
    voice = state.voices[index]
    key = min(max(event.key, 0), 127)
    voice.resonance = view_i4(state.nearest, 128)[key]
    voice.key_ratio = view_f4(state.key_ratio, 128)[key]
    voice.layer, voice.share, loudness, dullness = velocity_response(state, voice.resonance, clamp(event.value, 0, 1))
    voice.tilt = -dullness
    target_energy = set_partials(state, index)
    clear_voice(state, index)
    voice.drive = view_f4(state.drive, state.R)[voice.resonance]
    voice.damping = voice.bend = voice.pressure = 0
    start_tuning(state, index)
    energy = view_f4(state.energy, (state.R, state.L))[voice.resonance]
    for above in range(2 if voice.share > 0 else 1):
        share = voice.share if above else np.float32(1) - voice.share
        own = energy[voice.layer + above]
        direct = np.sqrt(target_energy / own) if own > 0 else np.float32(1)
        table = voice.resonance * state.L + voice.layer + above
        start_strike(state, voice, table, share * loudness, share * loudness * direct, np.float32(0))


@njit(cache=True, error_model="numpy")
def clear_voice(state, index):
    """Clear the modes and the attacks of a voice."""
    voice = state.voices[index]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[index]
    for e in range(state.E):
        modal.clear(banks[e])
    voice.strike_count = 0
    voice.idle = 0


@njit(cache=True, error_model="numpy")
def start_strike(state, voice, table, gain, direct, dullness):
    """Start an attack of the preset in a voice.

    gain: of the excitation of the modes. direct: gain of the part that bypasses them. dullness: share of the highs
    that is removed, 0 as learned. Attacks from the same table at the same frame are added up.
    """
    last = voice.strike_count - 1
    if last >= 0 and voice.strikes[last].position == 0 and voice.strikes[last].table == table:
        voice.strikes[last].gain += gain
        voice.strikes[last].direct += direct
        voice.strikes[last].dullness = dullness
        return
    if voice.strike_count == MAX_STRIKES:
        for i in range(MAX_STRIKES - 1):
            copy_strike(voice.strikes[i + 1], voice.strikes[i])
        voice.strike_count -= 1
    new = voice.strikes[voice.strike_count]
    new.position = 0
    new.table = table
    new.gain = gain
    new.direct = direct
    new.dullness = dullness
    new.low = new.left = new.right = 0
    longest = max(state.envelope_length, state.hiss_length)
    if state.param[VARIATION] > 0.5:
        new.noise = np.int64(next_bits(state) % np.uint32(max(state.noise_length - longest, 1)))
    else:
        new.noise = (table * longest) % max(state.noise_length - longest, 1)
    voice.strike_count += 1
    voice.idle = 0


@njit(cache=True, error_model="numpy")
def assign_voice(state, r):
    """Assign voice r to resonance r, tuned as learned."""
    voice = state.voices[r]
    voice.stage = HELD
    voice.resonance = r
    voice.note = AS_LEARNED_NOTE
    voice.drive = view_f4(state.drive, state.R)[r]
    voice.layer, voice.share, voice.key_ratio, voice.tilt = 0, 0, 1, 0
    voice.damping = voice.bend = voice.pressure = 0
    set_partials(state, r)
    start_tuning(state, r)


@njit(cache=True, error_model="numpy")
def copy_strike(source, target):
    """Copy one strike over another."""
    target.position = source.position
    target.noise = source.noise
    target.table = source.table
    target.gain = source.gain
    target.direct = source.direct
    target.dullness = source.dullness
    target.low = source.low
    target.left = source.left
    target.right = source.right


@njit(cache=True, error_model="numpy")
def excite_key(state, event):
    """Excite the resonances of a key as learned; the velocity sets energy and brightness."""
    shares = view_f4(state.keys, (128, state.R))[min(max(event.key, 0), 127)]
    played = view_f4(state.velocity, (state.R, state.L))[0, 0]
    _excite(state, shares, event.value, np.float32(1) - clamp(event.value, 0, 1) / played, event.channel)


@njit(cache=True, error_model="numpy")
def excite_dimension(state, event):
    """Excite one dimension of the control plane."""
    if 0 <= event.key < state.K:
        shares = view_f4(state.router, (state.K, state.R))[event.key]
        _excite(state, shares, event.value, np.float32(0), event.channel)


@njit(cache=True, error_model="numpy")
def _excite(state, shares, energy, dullness, channel):
    for r in range(state.R):
        gain, voice = energy * shares[r], state.voices[r]
        if gain != 0 and voice.stage == FREE:
            assign_voice(state, r)
        if gain != 0 and voice.note == AS_LEARNED_NOTE:
            voice.channel = channel & 15
            if voice.stage == ENDING:
                clear_voice(state, r)
            if voice.stage == ENDING or voice.idle:
                voice.stage = HELD
                start_tuning(state, r)
            start_strike(state, voice, r * state.L, gain, gain, dullness)
