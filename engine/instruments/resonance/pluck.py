"""[audio thread] How a note begins: its resonance, moved to the key and to the velocity, is struck."""

import numpy as np
from numba import njit

from ...dsp import modal
from ...memory import view_f4, view_i4
from ..voices import FREE, HELD, VOICES, allot
from .record import STRIKES, VARIATION
from .tuning import morph, settle, touch

LEARNED = -2  # the note id of a resonance that rings as learned: no note's, so that only all can be silenced


@njit(cache=True, error_model="numpy")
def pluck(state, event):
    """Begin a note: NOTE_ON in the chromatic way."""
    index = allot(state.voices, event, state.notes)
    state.notes += 1
    voice = state.voices[index]
    key = min(max(event.key, 0), 127)
    voice.resonance = view_i4(state.nearest, 128)[key]
    ratio = view_f4(state.move, 128)[key]
    layer, share, loudness, dullness = touch(state, voice.resonance, event.value)
    beside = morph(state, index, layer, share, ratio, -dullness)
    silence(state, index)
    voice.drive = view_f4(state.drive, state.R)[voice.resonance]
    voice.damping = 0
    settle(state, index)
    nearest = layer + (1 if share > 0.5 else 0)
    strike(state, voice, voice.resonance * state.L + nearest, loudness, beside * loudness)


@njit(cache=True, error_model="numpy")
def silence(state, index):
    """Let a voice forget all that rings in it."""
    voice = state.voices[index]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[index]
    for e in range(state.E):
        for k in range(state.width):
            banks[e, modal.RE, k] = 0
            banks[e, modal.IM, k] = 0
    voice.striking = 0
    voice.asleep = 0


@njit(cache=True, error_model="numpy")
def strike(state, voice, table, gain, direct):
    """Strike a voice with an attack of the preset, and let so much of it be heard directly.

    Strikes at the same frame are one.
    """
    last = voice.striking - 1
    if last >= 0 and voice.strikes[last].position == 0 and voice.strikes[last].table == table:
        voice.strikes[last].gain += gain
        voice.strikes[last].direct += direct
        return
    if voice.striking == STRIKES:
        for i in range(STRIKES - 1):
            _move(voice.strikes[i + 1], voice.strikes[i])
        voice.striking -= 1
    new = voice.strikes[voice.striking]
    new.position = 0
    new.table = table
    new.gain = gain
    new.direct = direct
    longest = max(state.blown, state.hissed)
    if state.param[VARIATION] > 0.5:
        new.noise = np.int64(roll(state) % np.uint32(max(state.noisy - longest, 1)))
    else:
        new.noise = (table * longest) % max(state.noisy - longest, 1)
    voice.striking += 1
    voice.asleep = 0


@njit(cache=True, error_model="numpy")
def arm(state, r):
    """Give resonance r the voice r, as it was learned."""
    voice = state.voices[r]
    voice.stage = HELD
    voice.resonance = r
    voice.note = LEARNED
    voice.drive = view_f4(state.drive, state.R)[r]
    voice.damping = 0
    morph(state, r, 0, np.float32(0), np.float32(1), np.float32(0))
    settle(state, r)


@njit(cache=True, error_model="numpy")
def excite_key(state, event):
    """Play a key as learned: its part of the control plane, with the energy of its velocity."""
    shares = view_f4(state.keys, (128, state.R))[min(max(event.key, 0), 127)]
    _excite(state, shares, event.value, event.channel)


@njit(cache=True, error_model="numpy")
def excite_dimension(state, event):
    """Inject energy into one dimension of the control plane."""
    if 0 <= event.key < state.K:
        _excite(state, view_f4(state.router, (state.K, state.R))[event.key], event.value, event.channel)


@njit(cache=True, error_model="numpy")
def roll(state):
    """The next random number of 32 bits: xorshift, Marsaglia 2003."""
    x = state.dice
    x ^= (x << np.uint32(13)) & np.uint32(0xFFFFFFFF)
    x ^= x >> np.uint32(17)
    x ^= (x << np.uint32(5)) & np.uint32(0xFFFFFFFF)
    state.dice = x
    return np.uint32(x)


@njit(cache=True, error_model="numpy")
def _excite(state, shares, energy, channel):
    for r in range(state.R):
        gain, voice = energy * shares[r], state.voices[r]
        if gain != 0 and voice.stage == FREE:
            arm(state, r)
        if gain != 0 and voice.note == LEARNED:
            voice.channel = channel & 15
            if voice.asleep:
                voice.stage = HELD
                settle(state, r)
            strike(state, voice, r * state.L, gain, gain)


@njit(cache=True, error_model="numpy")
def _move(source, target):
    target.position = source.position
    target.noise = source.noise
    target.table = source.table
    target.gain = source.gain
    target.direct = source.direct
