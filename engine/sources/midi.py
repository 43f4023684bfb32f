"""The interpreter: MIDI messages become notes, and everything that a keyboard means by pedals and controllers.

It stands at the head of the row and stays when instruments are exchanged, so that they know no MIDI at all.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numba import njit

from ..events import ALL, Kind
from ..memory import load_acquire, store_release
from ..plugin import EMITTING, Param, Plugin, address, emit
from .channel import (
    BEND,
    CHANNEL,
    CHOKE,
    PEDAL,
    PEDALS,
    PRESSURE,
    PROGRAM,
    SETTINGS,
    SOSTENUTO,
    TIMBRE,
    begin,
    control,
    relax,
    say,
)
from .pedals import KEYS, NOTE, damp, end_all, press, release, release_all, step

CHANNELS = 16
DRUMS = 10  # the channel that means drums, counted from 1
PITCHED = 0xFFFF & ~(1 << DRUMS - 1)
ROUTES = 64  # knobs that controllers may turn
A4, HEARD = 0, 1  # places of the parameters

ROUTE = np.dtype(
    [
        ("target", "u8"),  # the address of the plugin
        ("controller", "i4"),
        ("index", "i4"),  # of the parameter
        ("low", "f4"),  # at 0
        ("middle", "f4"),  # at 64
        ("high", "f4"),  # at 127
        ("curved", "i4"),  # equal ratios for equal steps
    ],
    align=True,
)
STATE = np.dtype(
    EMITTING
    + [
        ("channels", CHANNEL, (CHANNELS,)),
        ("notes", NOTE, (CHANNELS, KEYS)),
        ("routes", ROUTE, (2, ROUTES)),  # one is read while the other is written
        ("used", "i8", (2,)),
        ("turn", "i8", (1,)),  # the routes in use
        ("mask", "i8"),  # the channels heard, a bit each
        ("tuning", "f4"),  # semitones from A4 = 440 Hz
        ("rate", "f4"),
        ("time", "i8"),  # frames since the beginning
        ("owing", "i8"),  # some notes were not told of their damping yet
        ("malformed", "i8"),
        ("dropped", "i8"),
    ],
    align=True,
)


class Interpreter:
    """Hears Kind.MIDI and says what an instrument understands.

    channels: those heard, counted from 1; all but the drums unless given. Raises ValueError for others.
    """

    name = "midi"
    params: tuple[Param, ...] = (
        Param("a4", "Hz", 400.0, 480.0, 440.0, help="the pitch of the A above middle C"),
        Param("channels", "", 0.0, 65535.0, PITCHED, help="the channels heard, a bit each"),
    )

    def __init__(self, channels: Iterable[int] | None = None) -> None:
        self.state = np.zeros(1, STATE)
        self.handle, self.process = handle, process
        self.state["mask"] = PITCHED if channels is None else _mask(channels)
        self.state["rate"] = 1
        self.reset()

    @property
    def malformed(self) -> int:
        """Messages so far that were not MIDI."""
        return int(self.state["malformed"][0])

    @property
    def dropped(self) -> int:
        """Notes and knob turns so far that came too thick to be played."""
        return int(self.state["dropped"][0])

    def prepare(self, rate: float) -> None:
        """[main thread] Take the rate in Hz; settings are said again, keys that are held are forgotten."""
        self.state["rate"] = rate
        self.state["notes"] = 0
        self.state["channels"]["owed"] |= SETTINGS

    def reset(self) -> None:
        """[main thread] Everything as it began."""
        self.state["notes"] = 0
        for channel in self.state["channels"][0]:
            begin(channel)

    def map(self, plugins: Sequence[Plugin]) -> None:
        """[main thread] Let controllers turn the knobs of these plugins, as their `Param.cc` says, and no others."""
        record = self.state[0]
        turn = int(record["turn"][0]) ^ 1
        knobs = [(plugin, i, param) for plugin in plugins for i, param in enumerate(plugin.params)]
        knobs = [knob for knob in knobs if knob[2].cc is not None]
        for route, (plugin, index, param) in zip(record["routes"][turn], knobs, strict=False):
            route["target"], route["index"] = address(plugin), index
            _scale(route, param, param.cc or 0)
        record["used"][turn] = min(len(knobs), ROUTES)
        _publish(record["turn"], turn)


def _mask(channels: Iterable[int]) -> int:
    """One bit for each channel counted from 1."""
    mask = 0
    for channel in channels:
        if not 1 <= channel <= CHANNELS:
            raise ValueError(f"MIDI channel {channel} is outside 1..{CHANNELS}")
        mask |= 1 << channel - 1
    return mask


def _scale(route: np.void, param: Param, controller: int) -> None:
    """Lay a controller's way over a knob's; 70..79 are relative, and leave it as it is at 64 (General MIDI 2)."""
    curved = param.low > 0 and param.high > 10 * param.low
    if 70 <= controller <= 79:
        middle = param.default
    elif curved:
        middle = param.low * (param.high / param.low) ** (64 / 127)
    else:
        middle = param.low + (param.high - param.low) * 64 / 127
    route["controller"], route["curved"] = controller, curved
    route["low"], route["middle"], route["high"] = param.low, middle, param.high


@njit(cache=True, error_model="numpy")
def _publish(turn, value):
    store_release(turn, 0, value)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Take one event; what has no room now is said in the runs that follow."""
    if event.kind == Kind.MIDI:
        hear(state, event.key)
    elif event.kind == Kind.PARAM:
        if event.key == A4:
            state.tuning = 12 * math.log2(min(max(event.value, 400.0), 480.0) / 440.0)
            owe(state, BEND)
        elif event.key == HEARD:
            listen(state, np.int64(min(max(event.value, 0.0), 65535.0)))
    elif event.kind == Kind.REFRESH:
        owe(state, SETTINGS)
    elif event.kind == Kind.CHOKE and event.note == ALL:
        silence(state)
    pay(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Say what is owed; the sound passes unchanged."""
    pay(state)
    if state.owing:
        state.owing = 0
        for channel in range(CHANNELS):
            for key in range(KEYS):
                damp(state, channel, key)
    state.time += audio.shape[1]


@njit(cache=True, error_model="numpy")
def hear(state, message):
    """One MIDI message: status | first << 8 | second << 16."""
    status, first, second = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
    if status < 0x80 or first > 0x7F or second > 0x7F:
        state.malformed += 1
        return
    channel = status & 0xF
    kind = status & 0xF0
    if kind == 0xF0:
        if status == 0xFF:
            silence(state)
        return
    if not state.mask >> channel & 1:
        return
    if kind == 0x90 and second:
        if say(state, channel):
            press(state, channel, first, second)
        else:
            state.dropped += 1
    elif kind == 0x90 or kind == 0x80:
        release(state, channel, first)
    elif kind == 0xA0:
        emit(state, 0, Kind.PRESSURE, channel, channel << 7 | first, first, second / 127)
    elif kind == 0xB0:
        turn(state, channel, first, second)
    else:
        move(state.channels[channel], kind, first, second)


@njit(cache=True, error_model="numpy")
def move(channel, kind, first, second):
    """Program change, channel pressure and pitch bend."""
    if kind == 0xC0:
        channel.program = first
        channel.owed |= PROGRAM
    elif kind == 0xD0:
        channel.pressure = first
        channel.owed |= PRESSURE
    else:
        bend = (second << 7 | first) - 8192
        channel.bend = bend / 8191 if bend > 0 else bend / 8192
        channel.owed |= BEND


@njit(cache=True, error_model="numpy")
def turn(state, number, controller, value):
    """A controller of a channel."""
    channel = state.channels[number]
    for i in range(3):
        if controller == PEDALS[i]:
            before = channel.pedals[i]
            channel.pedals[i] = value
            channel.owed |= PEDAL << i
            step(state, number, i, before)
    if controller >= 120:
        mode(state, number, controller)
    elif not route(state, number, controller, value) and not control(channel, controller, value) and controller == 74:
        channel.timbre = value
        channel.owed |= TIMBRE


@njit(cache=True, error_model="numpy")
def mode(state, number, controller):
    """Channel mode messages: 120 silence now, 121 controllers back, 123..127 keys up."""
    if controller == 120:
        state.channels[number].owed |= CHOKE
        say(state, number)
        end_all(state, number)
    elif controller == 121:
        relax(state.channels[number])
        step(state, number, SOSTENUTO, 0)
    elif controller >= 123:
        release_all(state, number)


@njit(cache=True, error_model="numpy")
def route(state, channel, controller, value):
    """Turn the knobs that a controller moves; whether it moves any."""
    table = load_acquire(state.turn, 0)
    found = False
    for i in range(state.used[table]):
        way = state.routes[table, i]
        if way.controller == controller:
            found = True
            if emit(state, 0, Kind.PARAM, channel, ALL, way.index, along(way, value)):
                state.out[state.emitted - 1].target = way.target
            else:
                state.dropped += 1
    return found


@njit(cache=True, error_model="numpy")
def along(way, value):
    """Where a controller at 0..127 puts a knob, in the knob's unit."""
    start, end = (way.low, way.middle) if value <= 64 else (way.middle, way.high)
    share = np.float32(value / 64 if value <= 64 else (value - 64) / 63)
    return start * (end / start) ** share if way.curved else start + (end - start) * share


@njit(cache=True, error_model="numpy")
def listen(state, mask):
    """Hear other channels; the notes of those no longer heard end."""
    lost = state.mask & ~mask
    state.mask = mask
    for channel in range(CHANNELS):
        if lost >> channel & 1:
            end_all(state, channel)
    owe(state, SETTINGS)


@njit(cache=True, error_model="numpy")
def silence(state):
    """Panic: every note ends now and every hand and foot is taken off."""
    for channel in range(CHANNELS):
        relax(state.channels[channel])
        state.channels[channel].owed |= CHOKE
        say(state, channel)
        end_all(state, channel)


@njit(cache=True, error_model="numpy")
def owe(state, what):
    """Note that every channel has something to say."""
    for channel in range(CHANNELS):
        state.channels[channel].owed |= what


@njit(cache=True, error_model="numpy")
def pay(state):
    """Say what the heard channels owe, as far as there is room."""
    for channel in range(CHANNELS):
        if state.channels[channel].owed and state.mask >> channel & 1:
            say(state, channel)
