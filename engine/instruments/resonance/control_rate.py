"""[audio thread] Updates at the control rate, every STRIDE frames: pitch, gain, rounding errors, silent voices."""

import numpy as np

from engine.dsp import modal
from engine.dsp.decibels import gain_of
from engine.instruments.shared.channel_controls import advance_vibrato, pitch_ratio
from engine.instruments.shared.voice_allocation import AS_LEARNED_NOTE, ENDING, FREE, HELD, VOICES
from engine.instruments.shared.voice_gain import MIN_GAIN, is_silent, ramp_gains
from engine.kernel import njit
from engine.pointers import view_f4

from .note_on import clear_voice
from .state import LEVEL, PLAY, SPEED, VIBRATO
from .variant_crossfade import update_deformation
from .voice_modes import retune, set_partials

MAX_RETUNED = 4  # voices that are tuned to a changed parameter in one control period


@njit(cache=True, error_model="numpy")
def update_voices(state):
    """Update all voices: controllers, rounding errors of the modes, and voices that have become silent."""
    vibrato = advance_vibrato(state, modal.STRIDE, state.param[SPEED], state.param[VIBRATO])
    level = gain_of(state.param[LEVEL])
    if state.E > 1:
        update_deformation(state)
        vibrato = np.float32(0)
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE or voice.idle:
            continue
        update_tuning(state, v, vibrato)
        ramp_gains(state, voice, state.volume[voice.channel] * level, modal.STRIDE)
        update_stage(state, v)


@njit(cache=True, error_model="numpy")
def retune_pending(state):
    """Tune a few sounding voices to changed parameters, the others in the next control periods."""
    count = 0
    while state.retunes_pending > 0 and count < MAX_RETUNED:
        state.retunes_pending -= 1
        if state.voices[state.retunes_pending].stage != FREE:
            set_partials(state, state.retunes_pending)
            retune(state, state.retunes_pending)
            count += 1


@njit(cache=True, error_model="numpy")
def update_tuning(state, v, vibrato):
    """Correct rounding errors of the modes of a voice, and tune them again if its pitch changes."""
    voice = state.voices[v]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    for e in range(state.E):
        modal.correct(banks[e])
    target = pitch_ratio(state, voice, vibrato)
    if voice.ratio != target:
        distance = target - voice.ratio
        voice.ratio = target if abs(distance) < 1e-6 else voice.ratio + state.bend_smoothing * distance
        retune(state, v)


@njit(cache=True, error_model="numpy")
def update_stage(state, v):
    """Free a voice that has become silent or whose modes have overflowed; one that plays as learned becomes idle."""
    voice = state.voices[v]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    energy = np.float32(0)
    for e in range(state.E):
        energy += modal.bank_energy(banks[e])
    faded = voice.stage == ENDING and is_silent(voice)
    slope = max(voice.drive, np.float32(1)) * max(gain_of(state.param[LEVEL]), np.float32(1))
    silent = voice.strike_count == 0 and np.sqrt(energy) * slope < MIN_GAIN
    if silent or faded or not energy < 1e12:
        clear_voice(state, v)
        voice.idle = 1
        voice.stage = HELD if voice.note == AS_LEARNED_NOTE and state.param[PLAY] <= 0.5 else FREE
