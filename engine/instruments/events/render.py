"""[audio thread] Read a voice's rendered event at its playback speed."""

import numpy as np

from engine.dsp.sinc_interpolation import LOOKAHEAD, PHASES, TABLES, TAPS, interpolate, table_index
from engine.instruments.shared.voice_allocation import FREE
from engine.kernel import njit
from engine.pointers import view_f4, view_i2, view_i4


@njit(cache=True, error_model="numpy")
def render_voice(state, v, audio):
    """Add one voice to audio (2, T); free it at the end of its event."""
    voice = state.voices[v]
    wave = view_i2(state.bank, (state.slots, state.samples))[voice.slot]
    scale = view_f4(state.scales, state.slots)[voice.slot]
    end = view_i4(state.ends, state.slots)[voice.slot]
    table = view_f4(state.sincs, (TABLES, PHASES + 1, TAPS))[table_index(voice.speed)]
    left, right, left_step, right_step = voice.gain[0], voice.gain[1], voice.step[0], voice.step[1]
    at, speed = voice.at, voice.speed
    for t in range(audio.shape[1]):
        if at >= end:
            voice.stage = FREE
            break
        first = int(at)
        x = scale * interpolate(wave, TAPS + first - LOOKAHEAD + 1, np.float32(at - first), table)
        audio[0, t] += left * x
        audio[1, t] += right * x
        left += left_step
        right += right_step
        at += speed
    voice.at, voice.gain[0], voice.gain[1] = at, left, right
