"""What enters the lines of the reverb: the sound, delayed and diffused by all-passes."""

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE
from engine.effects.tail import drop_tiny
from engine.kernel import njit
from engine.pointers import view_f4

from .state import DIFFUSERS, DIFFUSION, SEND, WAIT


@njit(cache=True, error_model="numpy")
def enter(state, audio):
    """[audio thread] Delay and diffuse what is played, audio (2, T) of at most RUN_FRAMES."""
    entry = view_f4(state.entry, (2, state.entry_size))
    diffusers = view_f4(state.diffusers, (2, DIFFUSERS, state.diffuser_size))
    for c in range(2):
        send, wait = state.now[SEND], state.now[WAIT]
        for t in range(audio.shape[1]):
            send += state.step[SEND]
            wait += state.step[WAIT]
            x = audio[c, t] if abs(audio[c, t]) < MAX_SAMPLE else np.float32(0)
            state.dry[c, t] = x
            entry[c, (state.position + t) & (state.entry_size - 1)] = send * x
            state.sent[c, t] = _read_entry(entry[c], state.position + t, state.filled + t, wait)
        for i in range(DIFFUSERS):
            _diffuse(state, diffusers[c, i], state.diffuser_lengths[c, i], state.sent[c], audio.shape[1])


@njit(cache=True, error_model="numpy")
def _read_entry(line, position, filled, wait):
    """The sample so long ago, in a straight line between two samples."""
    whole, mask = np.int64(wait), np.uint64(line.shape[0] - 1)
    near = line[np.uint64(position - whole) & mask] if whole <= filled else np.float32(0)
    far = line[np.uint64(position - whole - 1) & mask] if whole < filled else np.float32(0)
    return near + (wait - np.float32(whole)) * (far - near)


@njit(cache=True, error_model="numpy")
def _diffuse(state, line, length, sound, count):
    """The first samples of a sound through an all-pass of so many samples (M. R. Schroeder, 1962), in place."""
    mask, position, missing = np.uint64(state.diffuser_size - 1), state.position, length - state.filled
    for t in range(count):
        late = line[np.uint64(position + t - length) & mask] if t >= missing else np.float32(0)
        stored = drop_tiny(sound[t] + DIFFUSION * late)
        line[np.uint64(position + t) & mask] = stored
        sound[t] = late - DIFFUSION * stored
