"""The map of MIDI controllers: a table from CC numbers to parameters, set for every new chain.

There are two tables: the audio thread reads one while the main thread writes the other. A controller of the user's
own map picks a parameter up once it passes its value (soft takeover), so that no value jumps.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.events import ALL, Kind
from engine.kernel import njit
from engine.plugin import Param, Plugin, emit, label_of, state_address
from engine.pointers import load_acquire, publish, view_f4

MAX_ROUTES = 64  # parameters with a controller

MidiMap = Mapping[tuple[str, str], int | None]  # label of a plugin, and parameter → controller, or none

ROUTE = np.dtype(
    [
        ("target", "u8"),  # the address of the plugin
        ("controller", "i4"),
        ("index", "i4"),  # of the parameter
        ("low", "f4"),  # at 0
        ("middle", "f4"),  # at 64
        ("high", "f4"),  # at 127
        ("is_log", "i4"),  # equal ratios for equal steps
        ("pending", "i4"),  # controller value that is not yet emitted: 0..127; -1: none
        ("picked_up", "i4"),  # whether the controller has picked the parameter up
        ("value_address", "u8"),  # of the parameter, where it must be picked up; 0 otherwise
        ("emitted_values", "f4", (2,)),  # the last two, the newest first
    ],
    align=True,
)


def set_routes(record: np.void, plugins: Sequence[Plugin], midi_map: MidiMap) -> None:
    """[main thread] Route controllers to the parameters of these plugins only: by `midi_map`, else by `cc`."""
    table = int(record["active"][0]) ^ 1
    named = [(plugin, i, param) for plugin in plugins for i, param in enumerate(plugin.params)]
    known = [midi_map.get((label_of(plugin), param.name), param.cc) for plugin, _, param in named]
    routed = [(controller, *each) for controller, each in zip(known, named, strict=True) if controller is not None]
    for route, (controller, plugin, index, param) in zip(record["routes"][table], routed, strict=False):
        route["target"], route["index"], route["pending"], route["picked_up"] = state_address(plugin), index, -1, 0
        route["value_address"] = _value_address(plugin, index) if (label_of(plugin), param.name) in midi_map else 0
        _set_range(route, param, controller)
    record["route_counts"][table] = min(len(routed), MAX_ROUTES)
    publish(record["active"], 0, table)


def _value_address(plugin: Plugin, index: int) -> int:
    """The address of a parameter's value; 0 where it is not known."""
    values = plugin.live_values
    return 0 if values is None else int(values.ctypes.data) + 4 * index


def _set_range(route: np.void, param: Param, controller: int) -> None:
    """Map 0..127 to a parameter's range; 70..79 are relative: 64 is the default (General MIDI 2)."""
    is_log = param.low > 0 and param.high > 10 * param.low
    if 70 <= controller <= 79:
        middle = param.default
    elif is_log:
        middle = param.low * (param.high / param.low) ** (64 / 127)
    else:
        middle = param.low + (param.high - param.low) * 64 / 127
    route["controller"], route["is_log"] = controller, is_log
    route["low"], route["middle"], route["high"] = param.low, middle, param.high


@njit(cache=True, error_model="numpy")
def set_controller(state, controller, before, value):
    """[audio thread] Note the new value of a controller; whether any parameter has it. before: -1 if unknown."""
    table = load_acquire(state.active, 0)
    found = False
    for i in range(state.route_counts[table]):
        if state.routes[table, i].controller == controller:
            if has_pickup(state.routes[table, i], before, value):
                state.routes[table, i].pending = value
            found = True
    state.params_pending |= found
    return found


@njit(cache=True, error_model="numpy")
def has_pickup(route, before, value):
    """[audio thread] Whether a controller has picked its parameter up, or passes its value after `before`."""
    if route.value_address == 0 or route.pending >= 0:
        return True
    now = view_f4(route.value_address, 1)[0]
    near = np.float32(1e-4) * (route.high - route.low)
    newest, older = route.emitted_values[0], route.emitted_values[1]
    unchanged = min(abs(now - newest), abs(now - older)) <= near  # nothing else has set it meanwhile
    if not route.picked_up or not unchanged:
        low, high = max(min(before, value) if before >= 0 else value, 1) - 1, min(max(before, value), 126) + 1
        route.picked_up = value_at(route, low) <= now <= value_at(route, high)
    return route.picked_up != 0


@njit(cache=True, error_model="numpy")
def emit_params(state):
    """[audio thread] Emit the parameters whose controllers have moved, as far as there is room."""
    table = load_acquire(state.active, 0)
    state.params_pending = False
    for i in range(state.route_counts[table]):
        route = state.routes[table, i]
        if route.pending < 0:
            continue
        value = value_at(route, route.pending)
        if emit(state, 0, Kind.PARAM, 0, ALL, route.index, value):
            state.out[state.emitted - 1].target = route.target
            route.emitted_values[1], route.emitted_values[0] = route.emitted_values[0], value
            route.pending = -1
        else:
            state.params_pending = True


@njit(cache=True, error_model="numpy")
def value_at(route, value):
    """The parameter value, in its unit, for a controller at 0..127."""
    if value >= 127:
        return route.high  # exactly, or a parameter at its maximum could not be picked up
    start, end = (route.low, route.middle) if value <= 64 else (route.middle, route.high)
    share = np.float32(value / 64 if value <= 64 else (value - 64) / 63)
    return start * (end / start) ** share if route.is_log else start + (end - start) * share
