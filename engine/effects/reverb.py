"""Algorithmic reverb: sixteen delay lines that feed each other by a Hadamard matrix, behind diffusing all-passes.

A feedback delay network after J.-M. Jot ("Digital delay networks for designing artificial reverberators", AES 1991):
the gain of each line follows its length, so that all modes decay alike, the highs by a time of their own. The lengths
sway slowly, each at its own phase, so that no mode rings on. Even lines go to the left and odd ones to the right.
The signs of what enters and leaves are those of a bent function: they are alike to no row of the matrix, so that even
a mono sound spreads over all lines at once.
"""

import math
from collections.abc import Iterator

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE, NEPERS_PER_60_DB
from engine.kernel import Signature, njit
from engine.plugin import KeptArray, Param, Plugin, param_changed, param_fields, set_defaults
from engine.pointers import view_f4

from .ramp import end_ramp, prepare_ramp, ramp_fields, start_ramp
from .tail import (
    CHOKE_FADE_SECONDS,
    CHOKE_FIELDS,
    drop_tiny,
    dry_gain,
    start_choke,
    wet_gain,
)  # fmt: skip

LINES = 16
METRES_PER_SECOND = 343.0  # of sound: the size of a room is the way from one echo to the next,
MIN_METRES = 3.0  # and this is added: shorter lines would have so few modes that they could be heard one by one
MAX_SIZE_METRES, MAX_PREDELAY_SECONDS = 40.0, 0.25
LENGTHS = np.array(
    [0.563, 0.601, 1.297, 1.223, 0.689, 0.743, 1.459, 1.381, 0.811, 0.773, 1.151, 1.087, 0.947, 0.887, 1.559, 1.021]
)  # of the lines, as multiples of the size; of no simple ratio
SIGNS = np.array([(-1.0) ** ((i & 1) * (i >> 1 & 1) + (i >> 2 & 1) * (i >> 3 & 1)) for i in range(LINES)], np.float32)
SWAY_SECONDS = 0.0004  # by which a length sways at most
SWAY_HZ = 0.63
CROSSOVER_HZ = 3000.0  # from where on the damping shortens the decay
MAX_DAMPING_RATIO = 20.0  # of the decay of lows and highs, for a damping of 1
DIFFUSION = np.float32(0.65)  # gain of the all-passes
DIFFUSER_SECONDS = np.array([[0.00131, 0.00227, 0.00409, 0.00673], [0.00149, 0.00251, 0.00373, 0.00631]])
DIFFUSERS = 4  # of each channel
MIN_ENERGY = 0.1  # what is heard of a line: what decays even sooner is not amplified any more
RAMP_SECONDS = 0.05
GAP = 80  # samples between two lines: the beginning once more, and other places in the processor's cache
RUN_FRAMES = 16  # most that are computed together: fewer than the shortest line holds at any rate
PARAMS = (
    Param("size", "m", 4.0, MAX_SIZE_METRES, 14.0, help="how large the room is"),
    Param("decay", "s", 0.1, 20.0, 1.8, help="how long it takes to fall by 60 dB"),
    Param("damping", "", 0.0, 1.0, 0.4, help="0: the highs ring as long as the lows, 1: a twentieth of it"),
    Param("predelay", "s", 0.0, MAX_PREDELAY_SECONDS, 0.015, help="from the sound to its first echo"),
    Param("width", "", 0.0, 1.0, 1.0, help="0: the room is in the middle, 1: all around"),
    Param("mix", "", 0.0, 1.0, 0.25, cc=91, help="0: the sound as it is, 0.5: the room as loud, 1: only the room"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
SIZE, DECAY, DAMPING, PREDELAY, WIDTH, MIX, ON = range(len(PARAMS))
DRY, WET, SEND, SIDE, WAIT = range(5)  # values of the ramp; WAIT: the predelay in samples; SIDE: the gain of the side
LENGTH, LOW_GAIN, HIGH_GAIN = 5, 5 + LINES, 5 + 2 * LINES  # and those of the lines: samples, gains of lows and highs

STATE = np.dtype(
    [
        ("entry", "u8"),  # address of the predelay (2, entry_size)
        ("diffusers", "u8"),  # of the diffusing all-passes (2, DIFFUSERS, diffuser_size)
        ("lines", "u8"),  # of the lines (LINES, line_stride)
        ("entry_size", "i8"),  # powers of two
        ("diffuser_size", "i8"),
        ("line_size", "i8"),
        ("line_stride", "i8"),
        ("position", "i8"),  # samples since the reset
        ("filled", "i8"),  # samples in all lines; what is older counts as 0
        *CHOKE_FIELDS,
        *ramp_fields(5 + 3 * LINES),
        *param_fields(PARAMS),
        ("diffuser_lengths", "i8", (2, DIFFUSERS)),
        ("phasor", "f8", (2,)),  # cosine and sine of the sway's phase
        ("turn", "f8", (2,)),  # cosine and sine of its angle per sample
        ("sway", "f4", (2, LINES)),  # share of cosine and sine for each line, samples
        ("low", "f4", (LINES,)),  # of the low-passes that divide lows and highs
        ("corner", "f4"),  # their coefficient
        ("dry", "f4", (2, RUN_FRAMES)),  # of the frames that are computed together: the sound as it is,
        ("sent", "f4", (2, RUN_FRAMES)),  # what enters the lines,
        ("swayed", "f4", (2, RUN_FRAMES)),  # cosine and sine of the sway,
        ("heard", "f4", (LINES, RUN_FRAMES)),  # and what leaves the lines
        ("rate", "f8"),
    ],
    align=True,
)


class Reverb(Plugin):
    """A room of any size; its loudness for a steady sound is the same for every size and decay."""

    name = "reverb"
    title = "Reverb"
    help = "adds a room that is computed: of any size and decay"
    params: tuple[Param, ...] = PARAMS

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        set_defaults(self.state, PARAMS)
        self.handle, self.process = handle, process
        self._arrays: dict[str, np.ndarray] = {}

    def prepare(self, rate: float) -> None:
        """[main thread] Make the lines for a rate in Hz; the parameters stay."""
        seconds = (MAX_SIZE_METRES + MIN_METRES) / METRES_PER_SECOND * LENGTHS.max() + SWAY_SECONDS
        entry_size, line_size = _size(MAX_PREDELAY_SECONDS * rate), _size(seconds * rate)
        diffuser_size = _size(DIFFUSER_SECONDS.max() * rate)
        self._add("entry", (2, entry_size), entry_size)
        self._add("diffusers", (2, DIFFUSERS, diffuser_size), diffuser_size)
        self._add("lines", (LINES, line_size + GAP), line_size)
        state = self.state
        state["line_stride"], state["rate"] = line_size + GAP, rate
        state["diffuser_lengths"] = np.maximum(np.round(DIFFUSER_SECONDS * rate), 1)
        angle = 2 * np.pi * SWAY_HZ / rate
        state["turn"] = [np.cos(angle), np.sin(angle)]
        phases = 2 * np.pi * np.arange(LINES) * (math.sqrt(5) - 1) / 2
        sways = SWAY_SECONDS * rate * (np.arange(LINES) >> 1 & 1)
        state["sway"][0] = sways * np.stack([np.cos(phases), np.sin(phases)])
        state["corner"] = 1 - np.exp(-2 * np.pi * min(CROSSOVER_HZ / rate, 0.45))
        state["choke_frames"] = round(CHOKE_FADE_SECONDS * rate)
        prepare_ramp(state, RAMP_SECONDS, rate)
        self.reset()

    def arrays(self) -> Iterator[KeptArray]:
        """The delay lines."""
        for name, array in self._arrays.items():
            yield KeptArray(name, array, True)

    def reset(self) -> None:
        """[main thread] Silence."""
        for array in self._arrays.values():
            array[:] = 0
        for name in ("position", "filled", "choke_left", "low"):
            self.state[name] = 0
        self.state["phasor"] = [1, 0]
        update_targets(self.state[0])
        end_ramp(self.state)

    def _add(self, name: str, shape: tuple[int, ...], size: int) -> None:
        """Make an array of delay lines; size: of one, where it begins anew."""
        self._arrays[name] = array = np.zeros(shape, np.float32)
        self.state[name], self.state[f"{name.removesuffix('s')}_size"] = array.ctypes.data, size


def _size(frames: float) -> int:
    """The power of two that holds so many frames, and those around a place between two of them."""
    return 1 << math.ceil(math.log2(frames + 4))


@njit(cache=True, error_model="numpy")
def is_swayed(line):
    """Whether the length of a line sways: half of them do, to the left and to the right."""
    return line >> 1 & 1


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
    lines = view_f4(state.lines, (LINES, state.line_stride))
    _enter(state, audio)
    _sway(state, count)
    _read_lines(state, lines, count)
    _leave(state, audio)
    width = 1
    while width < LINES:
        for i in range(LINES):
            if i & width == 0:
                _cross(state.heard[i], state.heard[i + width], count)
        width *= 2
    for i in range(LINES):
        _write_line(state, lines[i], i, count)
    state.position += count
    state.filled += count
    _end_run(state, count)


@njit(cache=True, error_model="numpy")
def _enter(state, audio):
    """Delay and diffuse what is played."""
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


@njit(cache=True, error_model="numpy")
def _sway(state, count):
    """Turn the phase of the sway."""
    real, imaginary = state.phasor[0], state.phasor[1]
    for t in range(count):
        state.swayed[0, t], state.swayed[1, t] = real, imaginary
        scale = 1.5 - 0.5 * (real * real + imaginary * imaginary)  # keeps the phasor on the unit circle
        real, imaginary = (
            scale * (real * state.turn[0] - imaginary * state.turn[1]),
            scale * (real * state.turn[1] + imaginary * state.turn[0]),
        )
    state.phasor[0], state.phasor[1] = real, imaginary


@njit(cache=True, error_model="numpy")
def _read_lines(state, lines, count):
    """Read all lines, and damp what was read."""
    for i in range(LINES):
        if is_swayed(i) or state.ramp_left > 0:
            _read_between(state, lines[i], i, count)
        else:
            _read_at(state, lines[i], np.int64(state.now[LENGTH + i]), state.heard[i], count)
    for i in range(0, LINES, 2):
        _damp(state, i, count)


@njit(cache=True, error_model="numpy")
def _read_at(state, line, length, heard, count):
    """Read a line at its samples."""
    mask = np.uint64(state.line_size - 1)
    first, missing = state.position - length, length - state.filled
    for t in range(count):
        heard[t] = line[np.uint64(first + t) & mask] if t >= missing else np.float32(0)


@njit(cache=True, error_model="numpy")
def _read_between(state, line, i, count):
    """Read a line between its samples, by a Catmull-Rom cubic through four of them."""
    length, step, cosine, sine = state.now[LENGTH + i], state.step[LENGTH + i], state.sway[0, i], state.sway[1, i]
    mask, half, heard = np.uint64(state.line_size - 1), np.float32(0.5), state.heard[i]
    position, filled = state.position - 2, state.filled - 2
    for t in range(count):
        length += step
        delay = length + cosine * state.swayed[0, t] + sine * state.swayed[1, t]
        whole = np.int64(delay)
        first = np.uint64(position + t - whole) & mask
        d, c = line[first], line[first + np.uint64(1)]
        b, a = line[first + np.uint64(2)], line[first + np.uint64(3)]
        x = delay - np.float32(whole)
        slope, bend = c - a, a - np.float32(2.5) * b + np.float32(2) * c - half * d
        twist = half * (d - a) + np.float32(1.5) * (b - c)
        y = b + x * (half * slope + x * (bend + x * twist))
        heard[t] = y if whole <= filled + t else np.float32(0)


@njit(cache=True, error_model="numpy")
def _damp(state, i, count):
    """Apply the gains of lows and highs to what was read of a line and the next one."""
    low, low_gain, high_gain = state.low[i], state.now[LOW_GAIN + i], state.now[HIGH_GAIN + i]
    next_low, next_low_gain = state.low[i + 1], state.now[LOW_GAIN + i + 1]
    next_high_gain = state.now[HIGH_GAIN + i + 1]
    corner, stay = state.corner, np.float32(1) - state.corner
    for t in range(count):
        low_gain += state.step[LOW_GAIN + i]
        high_gain += state.step[HIGH_GAIN + i]
        next_low_gain += state.step[LOW_GAIN + i + 1]
        next_high_gain += state.step[HIGH_GAIN + i + 1]
        x, y = state.heard[i, t], state.heard[i + 1, t]
        low = stay * low + corner * x
        next_low = stay * next_low + corner * y
        state.heard[i, t] = high_gain * x + (low_gain - high_gain) * low
        state.heard[i + 1, t] = next_high_gain * y + (next_low_gain - next_high_gain) * next_low
    state.low[i], state.low[i + 1] = low, next_low


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
def _cross(one, other, count):
    """Replace two sounds by their sum and their difference: a step of the Hadamard matrix."""
    for t in range(count):
        a, b = one[t], other[t]
        one[t], other[t] = a + b, a - b


@njit(cache=True, error_model="numpy")
def _write_line(state, line, i, count):
    """Write what was mixed, and what enters; the first three samples once more behind the end."""
    sign, size, position = SIGNS[i], np.uint64(state.line_size), state.position
    for t in range(count):
        place = np.uint64(position + t) & (size - np.uint64(1))
        line[place] = drop_tiny(sign * state.sent[i & 1, t] + np.float32(0.25) * state.heard[i, t])
        if place < np.uint64(3):
            line[place + size] = line[place]


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
