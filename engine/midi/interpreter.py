"""The interpreter: MIDI messages become notes, and everything that a keyboard means by pedals and controllers.

It stands at the head of the row and stays when instruments are exchanged, so that they know no MIDI at all.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numba import njit

from engine.events import ALL, Kind
from engine.plugin import EMITTING, Param, Plugin

from .cc_map import ROUTE, ROUTES, Learned, lay, say_knobs
from .channel_state import BEND, CHANNEL, SETTINGS, begin, say
from .messages import CHANNELS, hear, silence
from .pedals import KEYS, NOTE, damp, end_all, lean

DRUMS = 10  # the channel that means drums, counted from 1
PITCHED = 0xFFFF & ~(1 << DRUMS - 1)
A4, HEARD = 0, 1  # places of the parameters

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
        ("owing", "i8"),  # some notes were not told of their damping or pressure yet
        ("turned", "i8"),  # some knobs were not told yet
        ("messages", "i8"),  # heard so far
        ("moves", "i8"),  # of them, controllers
        ("moved", "i8"),  # the number of the last one
        ("levels", "i4", (128,)),  # where each controller was put last; -1: it was not moved yet
        ("presses", "i8", (128,)),  # how often each went from its lower half to its upper
        ("malformed", "i8"),
        ("dropped", "i8"),
    ],
    align=True,
)


class Interpreter(Plugin):
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
        self.state["rate"], self.state["levels"] = 1, -1
        self.reset()

    @property
    def channels(self) -> int:
        """The channels that are heard, a bit each."""
        return int(self.state["mask"][0])

    @property
    def malformed(self) -> int:
        """Messages so far that were not MIDI."""
        return int(self.state["malformed"][0])

    @property
    def dropped(self) -> int:
        """Notes so far that came too thick to be played."""
        return int(self.state["dropped"][0])

    @property
    def heard(self) -> int:
        """Messages so far on the channels that are heard."""
        return int(self.state["messages"][0])

    @property
    def moved(self) -> tuple[int, int]:
        """How many controllers were moved so far, and the number of the last one."""
        return int(self.state["moves"][0]), int(self.state["moved"][0])

    @property
    def presses(self) -> np.ndarray:
        """How often each controller went from its lower half to its upper, (128,): how often a pedal was pressed."""
        return np.array(self.state["presses"][0])

    @property
    def waiting(self) -> dict[tuple[int, int], int]:
        """Where controllers stand, 0..127, that have yet to take over their knobs: by plugin's address and index."""
        table = int(self.state["turn"][0, 0])
        routes, levels = self.state["routes"][0, table, : self.state["used"][0, table]], self.state["levels"][0]
        found = [way for way in routes if way["knob"] and not way["held"] and levels[way["controller"]] >= 0]
        return {(int(way["target"]), int(way["index"])): int(levels[way["controller"]]) for way in found}

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

    def map(self, plugins: Sequence[Plugin], learned: Learned | None = None) -> None:
        """[main thread] Let controllers turn the knobs of these plugins and no others: as `learned` or as `cc`."""
        lay(self.state[0], plugins, learned or {})


def _mask(channels: Iterable[int]) -> int:
    """One bit for each channel counted from 1."""
    mask = 0
    for channel in channels:
        if not 1 <= channel <= CHANNELS:
            raise ValueError(f"MIDI channel {channel} is outside 1..{CHANNELS}")
        mask |= 1 << channel - 1
    return mask


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
                lean(state, channel, key)
    state.time += audio.shape[1]


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
def owe(state, what):
    """Note that every channel has something to say."""
    for channel in range(CHANNELS):
        state.channels[channel].owed |= what


@njit(cache=True, error_model="numpy")
def pay(state):
    """Say what the heard channels and the knobs owe, as far as there is room."""
    for channel in range(CHANNELS):
        if state.channels[channel].owed and state.mask >> channel & 1:
            say(state, channel)
    if state.turned:
        say_knobs(state)
