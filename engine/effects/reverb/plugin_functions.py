"""The functions of the reverb that the audio thread calls: parameters, and runs of frames."""

import math

import numpy as np

from engine.dsp.decibels import NEPERS_PER_60_DB
from engine.effects.ramp import start_ramp
from engine.effects.tail import drop_tiny, dry_gain, start_choke, wet_gain
from engine.kernel import Signature, njit
from engine.plugin import param_changed

from .delay_lines import is_swayed, mix_lines, read_lines, turn_sway, write_lines
from .diffusion import enter
from .state import (
    DAMPING,
    DECAY,
    DRY,
    HIGH_GAIN,
    LENGTH,
    LENGTHS,
    LINES,
    LOW_GAIN,
    MAX_DAMPING_RATIO,
    METRES_PER_SECOND,
    MIN_ENERGY,
    MIN_METRES,
    MIX,
    ON,
    PREDELAY,
    RUN_FRAMES,
    SEND,
    SIDE,
    SIGNS,
    SIZE,
    STATE,
    WAIT,
    WET,
    WIDTH,
)


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_targets(state):
    """Set the targets of all gains and lengths."""
    decay = np.float64(state.param[DECAY]) * state.rate
    ratio = MAX_DAMPING_RATIO ** np.float64(state.param[DAMPING])
    energy = 0.0
    for i in range(LINES):
        length = LENGTHS[i] * (state.param[SIZE] + MIN_METRES) / METRES_PER_SECOND * state.rate
        nepers = NEPERS_PER_60_DB * length / decay
        state.target[LENGTH + i] = length if is_swayed(i) else math.floor(length + 0.5)
        state.target[LOW_GAIN + i] = math.exp(-nepers)
        state.target[HIGH_GAIN + i] = math.exp(-nepers * ratio)
        energy += math.exp(-2 * nepers) / LINES
    is_on = state.param[ON] > 0.5
    state.target[DRY] = dry_gain(state.param[MIX], is_on)
    state.target[WET] = wet_gain(state.param[MIX], is_on) * np.float32(
        math.sqrt((1 - energy) / (8 * max(energy, MIN_ENERGY)))
    )
    state.target[SEND] = 1 if is_on else 0  # what is played while it is off does not sound on later
    state.target[SIDE] = state.param[WIDTH]
    state.target[WAIT] = math.floor(state.param[PREDELAY] * state.rate + 0.5)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter, or end the tail at a choke of all notes."""
    start_choke(state, event)
    if param_changed(state, event):
        update_targets(state)
        start_ramp(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the room to audio (2, T), in place."""
    start = 0
    while start < audio.shape[1]:
        count = min(audio.shape[1] - start, RUN_FRAMES - state.position % RUN_FRAMES)
        if state.ramp_left > 0:
            count = min(count, state.ramp_left)
        if state.choke_left > 0:
            count = min(count, state.choke_left)
        _process_run(state, audio[:, start : start + count])
        start += count


@njit(cache=True, error_model="numpy")
def _process_run(state, audio):
    """Add the room to audio (2, T) of at most RUN_FRAMES, within one ramp and one choke."""
    count = audio.shape[1]
    enter(state, audio)
    turn_sway(state, count)
    read_lines(state, count)
    _leave(state, audio)
    mix_lines(state, count)
    write_lines(state, count)
    state.position += count
    state.filled += count
    _end_run(state, count)


@njit(cache=True, error_model="numpy")
def _leave(state, audio):
    """Mix the sound as it is, even lines to the left and odd lines to the right."""
    dry, wet, width = state.now[DRY], state.now[WET], state.now[SIDE]
    for t in range(audio.shape[1]):
        dry += state.step[DRY]
        wet += state.step[WET]
        width += state.step[SIDE]
        gain = wet
        if state.choke_left > 0:
            gain *= np.float32(state.choke_left - t) / np.float32(state.choke_frames)
        even, odd = np.float32(0), np.float32(0)
        for i in range(0, LINES, 2):
            even += SIGNS[i] * state.heard[i, t]
            odd += SIGNS[i + 1] * state.heard[i + 1, t]
        other = np.float32(0.5) * (np.float32(1) - width) * (odd - even)
        audio[0, t] = dry * state.dry[0, t] + gain * (even + other)
        audio[1, t] = dry * state.dry[1, t] + gain * (odd - other)


@njit(cache=True, error_model="numpy")
def _end_run(state, count):
    """Move what is ramped, and forget the tail where a choke has faded it out."""
    if state.position % RUN_FRAMES == 0:
        for i in range(LINES):
            state.low[i] = drop_tiny(state.low[i])
    if state.ramp_left > 0:
        state.ramp_left -= count
        for i in range(state.now.shape[0]):
            for _ in range(count):
                state.now[i] += state.step[i]
        if state.ramp_left == 0:
            for i in range(state.now.shape[0]):
                state.now[i], state.step[i] = state.target[i], np.float32(0)
    if state.choke_left > 0:
        state.choke_left -= count
        if state.choke_left == 0:
            state.filled = 0
            for i in range(LINES):
                state.low[i] = 0
