"""Tails of effects: the balance of dry and wet sound, the fade-out of a choke, and the end of a tail."""

import numpy as np

from engine.events import ALL, Kind
from engine.kernel import njit

CHOKE_FADE_SECONDS = 0.005
MIN_TAIL_SAMPLE = np.float32(1e-15)  # what is smaller in a feedback loop becomes 0: no tail ends in denormal numbers

CHOKE_FIELDS = [("choke_frames", "i8"), ("choke_left", "i8")]  # length of the fade-out, and what is left of it


@njit(cache=True, error_model="numpy")
def dry_gain(mix, is_on):
    """The linear gain of the sound as it is: 1 up to the middle of a mix from 0 to 1, then down to 0."""
    return min(np.float32(1), np.float32(2) - np.float32(2) * mix) if is_on else np.float32(1)


@njit(cache=True, error_model="numpy")
def wet_gain(mix, is_on):
    """The linear gain of what the effect adds: up to 1 at the middle of the mix, then 1."""
    return min(np.float32(1), np.float32(2) * mix) if is_on else np.float32(0)


@njit(cache=True, error_model="numpy")
def start_choke(state, event):
    """[audio thread] Start the fade-out of the tail at a choke of all notes, unless it fades already."""
    if event.kind == Kind.CHOKE and event.note == ALL and state.choke_left == 0:
        state.choke_left = state.choke_frames


@njit(cache=True, error_model="numpy")
def choke_gain(state):
    """[audio thread] The linear gain of the tail: below 1 while a choke fades it out."""
    return np.float32(state.choke_left) / np.float32(state.choke_frames) if state.choke_left > 0 else np.float32(1)


@njit(cache=True, error_model="numpy")
def has_choke_ended(state):
    """[audio thread] Count a frame; whether a choke has faded the tail out in it, which is then to be forgotten."""
    if state.choke_left == 0:
        return False
    state.choke_left -= 1
    return state.choke_left == 0


@njit(cache=True, error_model="numpy")
def drop_tiny(sample):
    """A sample, or 0 where it is too small to be heard."""
    return sample if abs(sample) > MIN_TAIL_SAMPLE else np.float32(0)
