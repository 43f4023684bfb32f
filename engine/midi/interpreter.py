"""The MIDI interpreter: messages become notes, channel settings and parameter changes.

It is in the head of the standard chain and stays when instruments are replaced: these receive no MIDI.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engine.events import ALL, Kind
from engine.kernel import njit
from engine.plugin import EMITTING, Param, Plugin

from .cc_map import MAX_ROUTES, ROUTE, MidiMap, emit_params, set_routes
from .channel_masks import ALL_CHANNELS
from .channel_state import BEND, CHANNEL, SETTINGS, emit_pending, reset_channel
from .message_handler import CHANNELS, handle_message, panic
from .pedals import KEYS, NOTE, emit_damping, emit_key_pressure, end_notes

A4_PARAM, CHANNELS_PARAM = 0, 1  # indices of the parameters

STATE = np.dtype(
    EMITTING
    + [
        ("channels", CHANNEL, (CHANNELS,)),
        ("notes", NOTE, (CHANNELS, KEYS)),
        ("routes", ROUTE, (2, MAX_ROUTES)),  # one is read while the other is written
        ("route_counts", "i8", (2,)),
        ("active", "i8", (1,)),  # the table of routes in use
        ("mask", "i8"),  # the channels heard, a bit each
        ("tuning", "f4"),  # semitones from A4 = 440 Hz
        ("master_tuning", "f4", (2,)),  # semitones, fine and coarse, as system exclusive messages set it
        ("mpe_members", "i8", (2,)),  # of the lower and the upper zone; 0: no such zone
        ("rate", "f4"),
        ("time", "i8"),  # frames since the start
        ("notes_pending", "i8"),  # the damping or pressure of some notes is not emitted yet
        ("params_pending", "i8"),  # some parameters are not emitted yet
        ("message_count", "i8"),  # on the channels received
        ("last_message", "i8"),  # of any channel
        ("move_count", "i8"),  # of them, control changes
        ("last_controller", "i8"),  # of the last control change
        ("controller_values", "i4", (128,)),  # last value of each controller; -1: none yet
        ("press_counts", "i8", (128,)),  # how often each controller rose from its lower half to its upper
        ("malformed", "i8"),
        ("dropped", "i8"),
    ],
    align=True,
)


class Interpreter(Plugin):
    """Converts Kind.MIDI to the events of instruments.

    channels: those received, counted from 1; all unless given. Raises ValueError for others.
    """

    name = "midi"
    params: tuple[Param, ...] = (
        Param("a4", "Hz", 400.0, 480.0, 440.0, help="the pitch of the A above middle C"),
        Param("channels", "", 0.0, 65535.0, ALL_CHANNELS, help="the channels heard, a bit each"),
    )

    def __init__(self, channels: Iterable[int] | None = None) -> None:
        self.state = np.zeros(1, STATE)
        self.handle, self.process = handle, process
        self.state["mask"] = ALL_CHANNELS if channels is None else _mask(channels)
        self.state["rate"], self.state["controller_values"] = 1, -1
        self.reset()

    @property
    def channels(self) -> int:
        """The channels received, a bit each."""
        return int(self.state["mask"][0])

    @property
    def malformed(self) -> int:
        """Messages so far that were not MIDI."""
        return int(self.state["malformed"][0])

    @property
    def dropped(self) -> int:
        """Notes so far that found no room in their block."""
        return int(self.state["dropped"][0])

    @property
    def message_count(self) -> int:
        """Messages so far on the channels received."""
        return int(self.state["message_count"][0])

    @property
    def last_message(self) -> int:
        """The last message, of any channel: status | first << 8 | second << 16; 0 before the first."""
        return int(self.state["last_message"][0])

    @property
    def last_controller(self) -> tuple[int, int]:
        """How many control changes were received so far, and the controller of the last one."""
        return int(self.state["move_count"][0]), int(self.state["last_controller"][0])

    @property
    def press_counts(self) -> np.ndarray:
        """How often each controller rose from its lower half to its upper, (128,): how often a pedal was pressed."""
        return np.array(self.state["press_counts"][0])

    @property
    def pending_pickups(self) -> dict[tuple[int, int], int]:
        """Values 0..127 of controllers that have yet to pick up their parameters, by plugin's address and index."""
        state = self.state[0]
        table, values = int(state["active"][0]), state["controller_values"]
        routes = state["routes"][table, : state["route_counts"][table]]
        pending = [route for route in routes if route["value_address"] and not route["picked_up"]]
        found = {(int(each["target"]), int(each["index"])): int(values[each["controller"]]) for each in pending}
        return {parameter: value for parameter, value in found.items() if value >= 0}

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; settings are emitted again, held keys are cleared."""
        self.state["rate"] = rate
        self.state["notes"] = 0
        self.state["channels"]["pending"] |= SETTINGS

    def reset(self) -> None:
        """[main thread] Reset all channels."""
        self.state["notes"] = self.state["master_tuning"] = self.state["mpe_members"] = 0
        for channel in self.state["channels"][0]:
            reset_channel(channel)

    def set_map(self, plugins: Sequence[Plugin], midi_map: MidiMap | None = None) -> None:
        """[main thread] Route controllers to the parameters of these plugins only: by `midi_map`, else by `cc`."""
        set_routes(self.state[0], plugins, midi_map or {})


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
    """[audio thread] Handle one event; what has no room now is emitted in later runs."""
    if event.kind == Kind.MIDI:
        handle_message(state, event.key)
    elif event.kind == Kind.PARAM:
        if event.key == A4_PARAM:
            state.tuning = 12 * math.log2(min(max(event.value, 400.0), 480.0) / 440.0)
            mark_pending(state, BEND)
        elif event.key == CHANNELS_PARAM:
            set_channels(state, np.int64(min(max(event.value, 0.0), 65535.0)))
    elif event.kind == Kind.REFRESH:
        mark_pending(state, SETTINGS)
    elif event.kind == Kind.CHOKE and event.note == ALL:
        panic(state)
    emit_all_pending(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Emit what is pending; the sound passes unchanged."""
    emit_all_pending(state)
    if state.notes_pending:
        state.notes_pending = 0
        for channel in range(CHANNELS):
            for key in range(KEYS):
                emit_damping(state, channel, key)
                emit_key_pressure(state, channel, key)
    state.time += audio.shape[1]


@njit(cache=True, error_model="numpy")
def set_channels(state, mask):
    """Set the channels to receive; the notes of those no longer received end."""
    lost = state.mask & ~mask
    state.mask = mask
    for channel in range(CHANNELS):
        if lost >> channel & 1:
            end_notes(state, channel)
    mark_pending(state, SETTINGS)


@njit(cache=True, error_model="numpy")
def mark_pending(state, kinds):
    """Mark kinds of events, a bit each, as pending on every channel."""
    for channel in range(CHANNELS):
        state.channels[channel].pending |= kinds


@njit(cache=True, error_model="numpy")
def emit_all_pending(state):
    """Emit the pending events of channels and parameters, as far as there is room."""
    for channel in range(CHANNELS):
        if state.channels[channel].pending and state.mask >> channel & 1:
            emit_pending(state, channel)
    if state.params_pending:
        emit_params(state)
