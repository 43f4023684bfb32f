"""Delay: echoes that repeat on their side, or go from side to side (ping-pong).

A tempo in beats per minute and the length of a note set the time of an echo; without a tempo it is a time in seconds.
So the delay needs no clock: what knows one later, a MIDI clock or a host, sets the parameter `tempo` and nothing
else, and a patch without a clock keeps the beat that its player chose.

Another time is crossfaded: the new echoes are at their place to the sample, at their own pitch. The sum of both
channels is the same at every `pingpong`, so that in mono nothing is lost.
"""

import math
from collections.abc import Iterator

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE
from engine.kernel import Signature, njit
from engine.plugin import KeptArray, Param, numbered_words, param_changed, param_fields
from engine.pointers import view_f4

from .effect import Effect
from .ramp import advance_ramp, end_ramp, prepare_ramp, ramp_fields, start_ramp
from .tail import (
    CHOKE_FADE_SECONDS,
    CHOKE_FIELDS,
    choke_gain,
    drop_tiny,
    dry_gain,
    has_choke_ended,
    start_choke,
    wet_gain,
)

MAX_SECONDS = 4.0  # of an echo
MIN_TEMPO = 20.0  # BPM; below it the time in seconds counts
RAMP_SECONDS = 0.01
CROSSFADE_SECONDS = 0.03  # from one time to another
BRIGHTEST_HZ, DARKEST_HZ = 20_000.0, 500.0  # corner of the low-pass for a damping just above 0, and for 1
NOTES = (
    ("1/32", 1 / 8), ("1/16T", 1 / 6), ("1/16", 1 / 4), ("1/8T", 1 / 3), ("1/16.", 3 / 8), ("1/8", 1 / 2),
    ("1/4T", 2 / 3), ("1/8.", 3 / 4), ("1/4", 1.0), ("1/2T", 4 / 3), ("1/4.", 3 / 2), ("1/2", 2.0), ("1/1", 4.0),
)  # fmt: skip
"""Name and length in quarter notes; T: two thirds of it, as in triplets; point: half as long again."""
BEATS = np.array([beats for _, beats in NOTES])
PARAMS = (
    Param("time", "s", 0.001, MAX_SECONDS, 0.375, help="from a sound to its echo, where there is no tempo"),
    Param("tempo", "BPM", 0.0, 300.0, 0.0, help="sets the time together with the note; 0: the time counts"),
    Param(
        "note", "", 0.0, len(NOTES) - 1.0, 8.0, steps=len(NOTES) - 1, words=numbered_words(name for name, _ in NOTES),
        help="from a sound to its echo at this tempo; T: triplet, point: dotted",
    ),
    Param("feedback", "", 0.0, 0.98, 0.4, help="how much of an echo comes again"),
    Param("damping", "", 0.0, 1.0, 0.2, help="how much darker each echo is than the one before"),
    Param("pingpong", "", 0.0, 1.0, 0.0, help="0: echoes stay on their side, 1: they go from side to side"),
    Param("mix", "", 0.0, 1.0, 0.25, help="0: only the sound as it is, 0.5: the echoes as loud, 1: only echoes"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)  # fmt: skip
TIME, TEMPO, NOTE, FEEDBACK, DAMPING, PINGPONG, MIX, ON = range(len(PARAMS))
DRY, WET, SEND, LOOP, CROSS, DARK = range(6)  # values of the ramp; DARK: the pole of the low-pass

STATE = np.dtype(
    [
        ("line", "u8"),  # address of the delay lines (2, line_size)
        ("line_size", "i8"),  # a power of two
        ("position", "i8"),  # samples since the reset
        ("filled", "i8"),  # samples in the lines; what is older counts as 0
        ("delay", "i8"),  # samples; the one that is faded out; and the one that follows
        ("last_delay", "i8"),
        ("next_delay", "i8"),
        ("fade_frames", "i8"),  # length of a crossfade, and what is left of it
        ("fade_left", "i8"),
        *CHOKE_FIELDS,
        *ramp_fields(6),
        *param_fields(PARAMS),
        ("low", "f4", (2,)),  # of the low-pass, left and right
        ("rate", "f8"),
    ],
    align=True,
)


class Delay(Effect):
    """Two delay lines; what leaves them is damped, heard, and fed back to the same line or to the other one."""

    name = "delay"
    title = "Delay"
    help = "adds echoes, by time or by tempo"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)
        self._line = np.zeros((2, 1), np.float32)

    @property
    def max_pause_seconds(self) -> float:
        """The time from an echo to the next."""
        return float(self.state["next_delay"][0] / self.state["rate"][0]) if self.state["rate"][0] else 0.0

    def prepare(self, rate: float) -> None:
        """[main thread] Make the lines for a rate in Hz; the parameters stay."""
        size = 1 << math.ceil(math.log2(MAX_SECONDS * rate + 1))
        self._line = np.zeros((2, size), np.float32)
        self.state["line"], self.state["line_size"] = self._line.ctypes.data, size
        self.state["fade_frames"] = round(CROSSFADE_SECONDS * rate)
        self.state["choke_frames"] = round(CHOKE_FADE_SECONDS * rate)
        prepare_ramp(self.state, RAMP_SECONDS, rate)
        super().prepare(rate)

    def arrays(self) -> Iterator[KeptArray]:
        """The delay lines."""
        yield KeptArray("line", self._line, True)

    def reset(self) -> None:
        """[main thread] Silence."""
        self._line[:] = 0
        for name in ("position", "filled", "low", "fade_left", "choke_left"):
            self.state[name] = 0
        update_targets(self.state[0])
        self.state["delay"] = self.state["next_delay"]
        end_ramp(self.state)


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_targets(state):
    """Set the time of the next echoes, and the targets of all gains."""
    seconds = np.float64(state.param[TIME])
    if state.param[TEMPO] >= MIN_TEMPO:
        seconds = min(60 / np.float64(state.param[TEMPO]) * BEATS[np.int64(state.param[NOTE] + 0.5)], MAX_SECONDS)
    state.next_delay = max(np.int64(seconds * state.rate + 0.5), 1)
    is_on = state.param[ON] > 0.5
    state.target[DRY], state.target[WET] = dry_gain(state.param[MIX], is_on), wet_gain(state.param[MIX], is_on)
    state.target[SEND] = 1 if is_on else 0  # what is played while it is off has no echo later
    state.target[LOOP], state.target[CROSS] = state.param[FEEDBACK], state.param[PINGPONG]
    corner = min(BRIGHTEST_HZ * (DARKEST_HZ / BRIGHTEST_HZ) ** np.float64(state.param[DAMPING]), 0.45 * state.rate)
    state.target[DARK] = math.exp(-2 * math.pi * corner / state.rate) if state.param[DAMPING] > 0 else 0


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter, or end all echoes at a choke of all notes."""
    start_choke(state, event)
    if param_changed(state, event):
        update_targets(state)
        start_ramp(state)
        if state.fade_left == 0:
            _start_crossfade(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the echoes to audio (2, T), in place."""
    line = view_f4(state.line, (2, state.line_size))
    for t in range(audio.shape[1]):
        advance_ramp(state)
        left = audio[0, t] if abs(audio[0, t]) < MAX_SAMPLE else np.float32(0)
        right = audio[1, t] if abs(audio[1, t]) < MAX_SAMPLE else np.float32(0)
        for c in range(2):
            echo = _read(state, line, c)
            state.low[c] = drop_tiny(echo + state.now[DARK] * (state.low[c] - echo))
        _write(state, line, left, right)
        wet = state.now[WET] * choke_gain(state)
        audio[0, t] = state.now[DRY] * left + wet * state.low[0]
        audio[1, t] = state.now[DRY] * right + wet * state.low[1]
        _count(state)


@njit(cache=True, error_model="numpy")
def _start_crossfade(state):
    if state.next_delay != state.delay:
        state.last_delay, state.delay = state.delay, state.next_delay
        state.fade_left = state.fade_frames


@njit(cache=True, error_model="numpy")
def _read(state, line, c):
    """The echo of a channel; during a crossfade a part of it from its last place."""
    now = _at(state, line, c, state.delay)
    if state.fade_left == 0:
        return now
    share = np.float32(state.fade_left) / np.float32(state.fade_frames)
    return now + share * (_at(state, line, c, state.last_delay) - now)


@njit(cache=True, error_model="numpy")
def _at(state, line, c, delay):
    """The sample that was written so many samples ago."""
    return line[c, (state.position - delay) & (state.line_size - 1)] if delay <= state.filled else np.float32(0)


@njit(cache=True, error_model="numpy")
def _write(state, line, left, right):
    """Write the sound and what comes again; the sum of both lines does not depend on CROSS."""
    send, loop, cross = state.now[SEND], state.now[LOOP], state.now[CROSS]
    stay = np.float32(1) - cross
    place = state.position & (state.line_size - 1)
    line[0, place] = drop_tiny(send * (left + cross * right) + loop * (stay * state.low[0] + cross * state.low[1]))
    line[1, place] = drop_tiny(send * stay * right + loop * (stay * state.low[1] + cross * state.low[0]))


@njit(cache=True, error_model="numpy")
def _count(state):
    """Go on by a sample, and end a crossfade or a choke that is over."""
    state.position += 1
    state.filled += 1
    if state.fade_left > 0:
        state.fade_left -= 1
        if state.fade_left == 0:
            _start_crossfade(state)
    if has_choke_ended(state):
        state.filled, state.low[0], state.low[1] = 0, np.float32(0), np.float32(0)
