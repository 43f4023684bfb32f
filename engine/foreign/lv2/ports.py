"""[main thread] The ports of an LV2 plugin: sound, events, and controls, which are its parameters."""

import math
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from engine.plugin import Param

from .lilv import find_texts, functions, port_count, take_number, take_text, take_texts, text_of, uri_node
from .uris import full_uri, short_uri

REFERENCE_RATE = 48_000.0  # Hz: ranges that depend on the rate are shown for this one
MAX_STEPS = 1_000_000  # a finer parameter is continuous
MAX_SEQUENCE_BYTES = 1 << 24  # of a buffer of events, whatever the plugin asks for
_UNITS = {
    "bar": "bars", "beat": "beats", "bpm": "bpm", "cent": "ct", "cm": "cm", "coef": "", "db": "dB", "degree": "°",
    "frame": "frames", "hz": "Hz", "inch": "in", "khz": "kHz", "km": "km", "m": "m", "mhz": "MHz", "midiNote": "",
    "mile": "mi", "min": "min", "mm": "mm", "ms": "ms", "oct": "oct", "pc": "%", "s": "s", "semitone12TET": "st",
}  # fmt: skip
_OWN_CONTROLS = ("core:freeWheeling",)  # designations of controls that are the host's to set, not the player's


class PortKind(Enum):
    """What flows through a port, and which way."""

    CONTROL_IN = auto()
    CONTROL_OUT = auto()
    AUDIO_IN = auto()
    AUDIO_OUT = auto()
    CV = auto()
    ATOM_IN = auto()
    ATOM_OUT = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Port:
    """A port. initial: the value of a control. min_bytes: what a buffer of events needs.

    is_optional: it may stay unconnected. is_aside: an input beside the sound that the plugin changes. param: of a
    control that a player turns. scales_with_rate: its range is in shares of the sample rate, in `param` for
    REFERENCE_RATE.
    """

    index: int
    symbol: str
    kind: PortKind
    initial: float = 0.0
    min_bytes: int = 0
    takes_midi: bool = False
    is_optional: bool = False
    is_aside: bool = False
    tells_latency: bool = False
    param: Param | None = None
    scales_with_rate: bool = False


def read_ports(plugin: int) -> tuple[Port, ...]:
    """The ports of a plugin of lilv, by index."""
    lilv = functions()
    count = port_count(plugin)
    ranges = np.full((3, max(count, 1)), np.nan, np.float32)
    if count:
        lilv.plugin_get_port_ranges_float(plugin, *(row.ctypes.data for row in ranges))
    return tuple(_Reader(plugin, index).port(*ranges[:, index].tolist()) for index in range(count))


class _Reader:
    """Reads what the world says of one port."""

    def __init__(self, plugin: int, index: int) -> None:
        self._lilv, self._plugin, self._index = functions(), plugin, index
        self._port = self._lilv.plugin_get_port_by_index(plugin, index)

    def port(self, low: float, high: float, initial: float) -> Port:
        """The port, with its range as lilv gives it: NaN where there is none."""
        kind = self._kind()
        symbol = text_of(self._lilv.port_get_symbol(self._plugin, self._port))
        is_optional = self._has_property("core:connectionOptional")
        if kind in (PortKind.CONTROL_IN, PortKind.CONTROL_OUT):
            tells_latency = self._has_property("core:reportsLatency") or "core:latency" in self._designations()
            if kind is PortKind.CONTROL_OUT or set(self._designations()) & set(_OWN_CONTROLS):
                value = initial if math.isfinite(initial) else 0.0
                return Port(self._index, symbol, kind, value, is_optional=is_optional, tells_latency=tells_latency)
            return self._control(symbol, is_optional, low, high, initial)
        if kind in (PortKind.ATOM_IN, PortKind.ATOM_OUT):
            wanted = take_number(self._lilv.port_get(self._plugin, self._port, uri_node(full_uri("rsz:minimumSize"))))
            takes_midi = self._lilv.port_supports_event(
                self._plugin, self._port, uri_node(full_uri("midi:MidiEvent"))
            )
            size = int(min(max(wanted or 0, 0), MAX_SEQUENCE_BYTES))
            return Port(
                self._index, symbol, kind, min_bytes=size, takes_midi=bool(takes_midi), is_optional=is_optional
            )  # fmt: skip
        return Port(self._index, symbol, kind, is_optional=is_optional, is_aside=self._is_aside())

    def _kind(self) -> PortKind:
        is_input = self._is_a("core:InputPort")
        if self._is_a("core:ControlPort"):
            return PortKind.CONTROL_IN if is_input else PortKind.CONTROL_OUT
        if self._is_a("core:AudioPort"):
            return PortKind.AUDIO_IN if is_input else PortKind.AUDIO_OUT
        if self._is_a("core:CVPort"):
            return PortKind.CV
        if self._is_a("atom:AtomPort"):
            return PortKind.ATOM_IN if is_input else PortKind.ATOM_OUT
        return PortKind.OTHER

    def _control(self, symbol: str, is_optional: bool, low: float, high: float, initial: float) -> Port:
        """An input that a player turns, with a range that is one in any case."""
        scales = self._has_property("core:sampleRate")
        factor = REFERENCE_RATE if scales else 1.0
        low = factor * low if math.isfinite(low) else min(0.0, initial if math.isfinite(initial) else 0.0)
        high = factor * high if math.isfinite(high) else max(1.0, low, initial if math.isfinite(initial) else 0.0)
        low, high = min(low, high), max(low, high)
        initial = min(max(initial, low), high) if math.isfinite(initial) else low
        param = Param(
            self._name(symbol), self._unit(), low, high, initial, help=self._text("rdfs:comment"), key=symbol,
            group=self._group(), steps=self._steps(low, high), words=self._words(),
            is_logarithmic=low >= 0 and self._has_property("pprops:logarithmic"),
        )  # fmt: skip
        return Port(
            self._index, symbol, PortKind.CONTROL_IN, initial, is_optional=is_optional, param=param,
            scales_with_rate=scales,
        )  # fmt: skip

    def _name(self, symbol: str) -> str:
        return take_text(self._lilv.port_get_name(self._plugin, self._port)) or symbol

    def _unit(self) -> str:
        node = self._lilv.port_get(self._plugin, self._port, uri_node(full_uri("units:unit")))
        if not node:
            return ""
        prefix, _, name = short_uri(text_of(node)).partition(":")
        known = _UNITS.get(name) if prefix == "units" else None
        found = [known] if known is not None else find_texts(node, full_uri("units:symbol"))
        self._lilv.node_free(node)
        return found[0] if found else ""

    def _group(self) -> str:
        node = self._lilv.port_get(self._plugin, self._port, uri_node(full_uri("pg:group")))
        if not node:
            return ""
        names = (
            name for short in ("core:name", "rdfs:label", "core:symbol") for name in find_texts(node, full_uri(short))
        )
        found = next(names, "")
        self._lilv.node_free(node)
        return found

    def _steps(self, low: float, high: float) -> int:
        if self._has_property("core:toggled"):
            return 1
        if self._has_property("core:integer") and high - low <= MAX_STEPS:
            return round(high - low)
        count = take_number(self._lilv.port_get(self._plugin, self._port, uri_node(full_uri("pprops:rangeSteps"))))
        return int(count) - 1 if count is not None and 2 <= count <= MAX_STEPS else 0

    def _words(self) -> tuple[tuple[float, str], ...]:
        lilv, found = self._lilv, []
        points = lilv.port_get_scale_points(self._plugin, self._port)
        if not points:
            return ()
        place = lilv.scale_points_begin(points)
        while not lilv.scale_points_is_end(points, place):
            point = lilv.scale_points_get(points, place)
            value = text_of(lilv.scale_point_get_value(point))
            found.append((_number(value), text_of(lilv.scale_point_get_label(point))))
            place = lilv.scale_points_next(points, place)
        lilv.scale_points_free(points)
        return tuple(sorted(pair for pair in found if math.isfinite(pair[0])))

    def _is_aside(self) -> bool:
        if self._has_property("core:isSideChain"):
            return True
        node = self._lilv.port_get(self._plugin, self._port, uri_node(full_uri("pg:group")))
        if not node:
            return False
        is_aside = bool(find_texts(node, full_uri("pg:sideChainOf")))
        self._lilv.node_free(node)
        return is_aside

    def _designations(self) -> list[str]:
        nodes = self._lilv.port_get_value(self._plugin, self._port, uri_node(full_uri("core:designation")))
        return [short_uri(uri) for uri in take_texts(nodes)]

    def _text(self, predicate: str) -> str:
        return " ".join(
            take_text(self._lilv.port_get(self._plugin, self._port, uri_node(full_uri(predicate)))).split()
        )

    def _is_a(self, kind: str) -> bool:
        return bool(self._lilv.port_is_a(self._plugin, self._port, uri_node(full_uri(kind))))

    def _has_property(self, name: str) -> bool:
        return bool(self._lilv.port_has_property(self._plugin, self._port, uri_node(full_uri(name))))


def _number(text: str) -> float:
    """The number of a text; NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
