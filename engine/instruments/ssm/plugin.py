"""[audio thread] A state-space instrument as the host sees it: it takes events and adds its sound."""

import numpy as np
from numba import njit

from engine.dsp.levels import gain_of
from engine.events import Kind
from engine.instruments.shared.channel_controls import control, swing
from engine.instruments.shared.sample_playback import STRIDE, follow, release, settle, turn
from engine.instruments.shared.voice_allocation import (
    ENDING,
    FREE,
    HELD,
    LEARNED,
    VOICES,
    allot,
    concerns,
    hush,
    sounds,
)
from engine.instruments.shared.voice_gain import GONE, gone
from engine.memory import view_f4, view_i4
from engine.plugin import turned, within

from .render import begun, ring, silence, soonest, strike, strike_by_hand
from .state import DRIVE, LEVEL, PLAY, RELEASE, SPEED, VIBRATO

LEARNED_AT = np.float32(0.7)  # the velocity that stands for the energy that was learned
LOUDNESS = np.float32(0.9)  # energy goes with velocity to this power
HARDEST = np.float32(1e3)  # times the learned energy: all units are saturated long before


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Begin, damp, bend or choke."""
    kind, chromatic = event.kind, state.param[PLAY] > 0.5
    if kind == Kind.NOTE_ON:
        if chromatic:
            _begin(state, event)
        else:
            _excite_key(state, event)
    elif kind == Kind.NOTE_OFF:
        _release(state, event)
    elif kind == Kind.CHOKE:
        _choke(state, event)
    elif kind == Kind.CONTROL and not chromatic and 0 <= event.key < state.K:
        energy = within(event.value, -HARDEST, HARDEST) * gain_of(state.param[DRIVE])
        strike(state, _lane(state, event.channel & 15), event.key, energy)
    elif turned(state, event):
        if (state.param[PLAY] > 0.5) != chromatic:
            hush(state.voices)
    else:
        control(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound of all voices to audio (2, T), in runs that end at the ticks of the clock."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % STRIDE
        if since == 0:
            _tick(state)
        count = min(STRIDE - since, frames - start)
        for v in range(VOICES):
            voice = state.voices[v]
            if voice.stage != FREE and not voice.asleep:
                ring(state, v, audio[:, start : start + count])
                if voice.asleep and voice.note != LEARNED:
                    voice.stage = FREE
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _tick(state):
    """Every STRIDE frames: follow the controllers, and let go of what has faded."""
    sway = swing(state, STRIDE, state.param[SPEED], state.param[VIBRATO])
    level = gain_of(state.param[LEVEL])
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE or voice.asleep:
            continue
        if voice.note != LEARNED:
            turn(state, voice, sway)
        follow(state, voice, level)
        if gone(voice) and (voice.stage == ENDING or voice.held < GONE):
            silence(state, v)
            voice.stage = FREE


@njit(cache=True, error_model="numpy")
def _begin(state, event):
    """Begin a note in the chromatic way: a state of its own, whose first frame begins here."""
    v = allot(state.voices, event, state.notes)
    state.notes += 1
    voice = state.voices[v]
    key = min(max(event.key, 0), 127)
    dimension = view_i4(state.nearest, 128)[key]
    voice.move = view_f4(state.move, 128)[key]
    silence(state, v)
    voice.at, voice.origin = state.B, 0
    settle(state, voice, 1, gain_of(state.param[LEVEL]))
    loudness = (within(event.value, 0, 1) / LEARNED_AT) ** LOUDNESS
    energy = view_f4(state.energy, state.K)[dimension] * gain_of(state.param[DRIVE])
    strike_by_hand(state, v, dimension, loudness * energy)


@njit(cache=True, error_model="numpy")
def _excite_key(state, event):
    """Play a key as learned: its part of the control plane, with the energy of its velocity."""
    shares = view_f4(state.keys, (128, state.K))[min(max(event.key, 0), 127)]
    energy = within(event.value, 0, 1) * gain_of(state.param[DRIVE])
    lane = -1
    for k in range(state.K):
        if shares[k] != 0:
            lane = _lane(state, event.channel & 15) if lane < 0 else lane
            strike_by_hand(state, lane, k, energy * shares[k])


@njit(cache=True, error_model="numpy")
def _lane(state, channel):
    """The lane whose next frame begins soonest, ready to be struck."""
    lane = soonest(state)
    voice = state.voices[lane]
    voice.channel = channel
    if voice.stage != HELD or voice.asleep or voice.note != LEARNED:
        silence(state, lane)
        voice.stage, voice.note, voice.key = HELD, LEARNED, 0
        voice.move = 1
        voice.origin = (begun(state, lane) - 1) * state.B
        settle(state, voice, 1, gain_of(state.param[LEVEL]))
        voice.pace = state.pace
    return lane


@njit(cache=True, error_model="numpy")
def _release(state, event):
    """Let a note fall as fast as its key and pedal let go."""
    for v in range(VOICES):
        if sounds(state.voices[v]) and concerns(state.voices[v], event):
            release(state, state.voices[v], within(event.value, 0, 1), state.param[RELEASE])


@njit(cache=True, error_model="numpy")
def _choke(state, event):
    """Let notes end within milliseconds."""
    for v in range(VOICES):
        if concerns(state.voices[v], event) and not state.voices[v].asleep:
            state.voices[v].stage = ENDING
