"""The knobs that controllers turn: a table from CC numbers to parameters, laid over every new row.

There are two tables: the audio thread reads one while the main thread writes the other. A controller that was learned
takes its knob over once it passes the place where the knob stands, so that no value jumps.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numba import njit

from engine.events import ALL, Kind
from engine.memory import load_acquire, publish, view_f4
from engine.plugin import Param, Plugin, emit, state_address

ROUTES = 64  # knobs that controllers may turn

Learned = Mapping[tuple[str, str], int | None]  # plugin and parameter → its controller, or none

ROUTE = np.dtype(
    [
        ("target", "u8"),  # the address of the plugin
        ("controller", "i4"),
        ("index", "i4"),  # of the parameter
        ("low", "f4"),  # at 0
        ("middle", "f4"),  # at 64
        ("high", "f4"),  # at 127
        ("curved", "i4"),  # equal ratios for equal steps
        ("owed", "i4"),  # where its controller was last put and not yet said: 0..127; -1: nothing
        ("held", "i4"),  # whether the controller has taken its knob over
        ("knob", "u8"),  # the address of the knob's value, where it has to be taken over; 0 otherwise
        ("said", "f4", (2,)),  # the values said last, the newest first
    ],
    align=True,
)


def lay(record: np.void, plugins: Sequence[Plugin], learned: Learned) -> None:
    """[main thread] Let controllers turn the knobs of these plugins, and no others; `learned` goes before `cc`."""
    turn = int(record["turn"][0]) ^ 1
    named = [(plugin, i, param) for plugin in plugins for i, param in enumerate(plugin.params)]
    knobs = [(learned.get((plugin.name, param.name), param.cc), plugin, i, param) for plugin, i, param in named]
    knobs = [knob for knob in knobs if knob[0] is not None]
    for way, (controller, plugin, index, param) in zip(record["routes"][turn], knobs, strict=False):
        way["target"], way["index"], way["owed"], way["held"] = state_address(plugin), index, -1, 0
        way["knob"] = _value(plugin, index) if (plugin.name, param.name) in learned else 0
        _scale(way, param, controller or 0)
    record["used"][turn] = min(len(knobs), ROUTES)
    publish(record["turn"], 0, turn)


def _value(plugin: Plugin, index: int) -> int:
    """The address of a knob's value; 0 where the plugin keeps it elsewhere."""
    fields = plugin.state.dtype.fields
    return state_address(plugin) + fields["param"][1] + 4 * index if fields and "param" in fields else 0


def _scale(way: np.void, param: Param, controller: int) -> None:
    """Lay a controller's way over a knob's; 70..79 are relative, and leave it as it is at 64 (General MIDI 2)."""
    curved = param.low > 0 and param.high > 10 * param.low
    if 70 <= controller <= 79:
        middle = param.default
    elif curved:
        middle = param.low * (param.high / param.low) ** (64 / 127)
    else:
        middle = param.low + (param.high - param.low) * 64 / 127
    way["controller"], way["curved"] = controller, curved
    way["low"], way["middle"], way["high"] = param.low, middle, param.high


@njit(cache=True, error_model="numpy")
def turn_knobs(state, controller, before, value):
    """[audio thread] Owe the knobs that a controller moves; whether it moves any, or will. before: -1 if unknown."""
    table = load_acquire(state.turn, 0)
    found = False
    for i in range(state.used[table]):
        if state.routes[table, i].controller == controller:
            if takes_over(state.routes[table, i], before, value):
                state.routes[table, i].owed = value
            found = True
    state.turned |= found
    return found


@njit(cache=True, error_model="numpy")
def takes_over(way, before, value):
    """[audio thread] Whether a controller has its knob, or passes where it stands on the way from `before`."""
    if way.knob == 0 or way.owed >= 0:
        return True
    now = view_f4(way.knob, 1)[0]
    near = np.float32(1e-4) * (way.high - way.low)
    stays = min(abs(now - way.said[0]), abs(now - way.said[1])) <= near  # nothing else has turned it meanwhile
    if not way.held or not stays:
        low, high = max(min(before, value) if before >= 0 else value, 1) - 1, min(max(before, value), 126) + 1
        way.held = along(way, low) <= now <= along(way, high)
    return way.held != 0


@njit(cache=True, error_model="numpy")
def say_knobs(state):
    """[audio thread] Say where the knobs that were turned are, as far as there is room."""
    table = load_acquire(state.turn, 0)
    state.turned = False
    for i in range(state.used[table]):
        way = state.routes[table, i]
        if way.owed < 0:
            continue
        value = along(way, way.owed)
        if emit(state, 0, Kind.PARAM, 0, ALL, way.index, value):
            state.out[state.emitted - 1].target = way.target
            way.said[1], way.said[0] = way.said[0], value
            way.owed = -1
        else:
            state.turned = True


@njit(cache=True, error_model="numpy")
def along(way, value):
    """Where a controller at 0..127 puts a knob, in the knob's unit."""
    if value >= 127:
        return way.high  # to the digit, or a knob that stands there could not be taken over
    start, end = (way.low, way.middle) if value <= 64 else (way.middle, way.high)
    share = np.float32(value / 64 if value <= 64 else (value - 64) / 63)
    return start * (end / start) ** share if way.curved else start + (end - start) * share
