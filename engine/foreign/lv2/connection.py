"""[main thread] How the ports of an LV2 plugin are connected to the block and to the record of the audio thread."""

from dataclasses import replace

import numpy as np

from engine.foreign.audio_io import Side, Source, side_chain_inlet, write_buffers
from engine.foreign.routing import Outputs, Routing
from engine.foreign.unique_names import make_unique

from .instance import Instance, zeros
from .ports import REFERENCE_RATE, Port, PortKind
from .state import MAX_SEQUENCES_OUT, TWINS
from .urids import urid

_SIDES = (Side.LEFT, Side.RIGHT)


class Controls:
    """The values of all ports, and the tables by which the audio thread sets those of the parameters."""

    def __init__(self, ports: tuple[Port, ...]) -> None:
        self.ports = [port for port in ports if port.param is not None]
        params = [port.param for port in self.ports if port.param is not None]
        names = make_unique([param.name for param in params], [param.group for param in params])
        self.params = tuple(replace(param, name=name) for param, name in zip(params, names, strict=True))
        self.index_of = {param.key: index for index, param in enumerate(self.params)}
        self._inputs = {port.symbol: port.index for port in ports if port.kind is PortKind.CONTROL_IN}
        self.values = zeros(len(ports), np.float32)
        self.values[: len(ports)] = [port.initial for port in ports]
        self.live = zeros(len(self.params) + 1, np.float32)  # the last one is the switch of an effect
        self.live[:-1], self.live[-1] = [param.default for param in self.params], 1
        self.param_ports = zeros(len(self.params), np.int32)
        self.param_ports[: len(self.params)] = [port.index for port in self.ports]
        self.least, self.most = (zeros(len(self.params), np.float32) for _ in range(2))

    def set_rate(self, rate: float) -> None:
        """Set the ranges for a rate in Hz."""
        for index, (port, param) in enumerate(zip(self.ports, self.params, strict=True)):
            factor = rate / REFERENCE_RATE if port.scales_with_rate else 1.0
            self.least[index], self.most[index] = factor * param.low, factor * param.high

    def write_to(self, record: np.void) -> None:
        """Let the audio thread know the tables."""
        record["values"], record["live"] = self.values.ctypes.data, self.live.ctypes.data
        record["param_count"] = len(self.params)
        record["param_ports"] = self.param_ports.ctypes.data
        record["least"], record["most"] = self.least.ctypes.data, self.most.ctypes.data

    def address(self, symbol: str) -> int:
        """Of the float32 of a control by its symbol; 0 if there is none."""
        index = self._inputs.get(symbol)
        return 0 if index is None else int(self.values[index:].ctypes.data)

    def set(self, symbol: str, value: float) -> int | None:
        """Set a parameter by its symbol, within its range; its index, None where it or the number is none."""
        index = self.index_of.get(symbol)
        if index is None or not np.isfinite(value):
            return None
        limited = min(max(value, float(self.least[index])), float(self.most[index]))
        self.values[self.ports[index].index] = self.live[index] = limited
        return index


def twin_count(ports: tuple[Port, ...]) -> int:
    """How many instances the two sides of the block need: two of a mono effect."""
    return TWINS if len(main_inputs(ports)) == 1 and len(_outputs(ports)) == 1 else 1


def main_inputs(ports: tuple[Port, ...]) -> list[Port]:
    """The inputs that take the block, at most two; the others are side chains."""
    inputs = [port for port in ports if port.kind is PortKind.AUDIO_IN]
    return ([port for port in inputs if not port.is_aside] or inputs)[:2]


def side_chains(ports: tuple[Port, ...]) -> list[Port]:
    """The inputs beside the main ones."""
    mains = main_inputs(ports)
    return [port for port in ports if port.kind is PortKind.AUDIO_IN and port not in mains]


def further_outputs(ports: tuple[Port, ...]) -> list[Port]:
    """The outputs beside the first pair."""
    return _outputs(ports)[2:]


def connect(
    record: np.void, ports: tuple[Port, ...], controls: Controls, instances: list[Instance], routing: Routing
) -> None:
    """Connect the controls of all instances, and write the addresses of their buffers to the record."""
    first = instances[0]
    for twin, instance in enumerate(instances):
        record["handles"][twin] = instance.handle
        for port in ports:
            if port.kind in (PortKind.CONTROL_IN, PortKind.CONTROL_OUT):
                instance.connect(port.index, controls.values[port.index :].ctypes.data)
            elif port.kind is PortKind.ATOM_IN:  # the same events for both
                instance.connect(port.index, first.buffers[port.index].ctypes.data)
    record["run"], record["twin_count"] = first.run_address, len(instances)
    connect_sound(record["io"], ports, instances, routing)
    _write_sequences(record, ports, instances)


def connect_sound(io: np.void, ports: tuple[Port, ...], instances: list[Instance], routing: Routing) -> None:
    """Write the addresses of the buffers of sound to the record."""
    mains, asides, outputs = main_inputs(ports), side_chains(ports), _outputs(ports)
    inlets, outlets = list[tuple[int, Side, Source]](), list[tuple[int, Side, Source]]()
    for twin, instance in enumerate(instances):
        own = Side.BOTH if len(instances) == 1 else _SIDES[twin]
        address = {port: instance.buffers[port.index].ctypes.data for port in (*mains, *asides, *outputs)}
        inlets += [(address[port], side, Source.BLOCK) for port, side in _with_sides(mains, own)]
        inlets += [side_chain_inlet(address[port], side, routing) for port, side in _with_sides(asides, own)]
        outlets += [
            (address[port], side if place < 2 or routing.outputs is Outputs.ALL else Side.NONE, Source.BLOCK)
            for place, (port, side) in enumerate(_with_sides(outputs, own))
        ]
    write_buffers(io, inlets, outlets)
    io["replaces"] = bool(mains and outputs)


def _with_sides(ports: list[Port], own: Side) -> list[tuple[Port, Side]]:
    """Ports with their sides: they are pairs, and an odd last one has both sides, or that of its twin (`own`)."""
    count = len(ports)
    return [
        (port, own if count % 2 and place == count - 1 else _SIDES[place % 2]) for place, port in enumerate(ports)
    ]


def _outputs(ports: tuple[Port, ...]) -> list[Port]:
    return [port for port in ports if port.kind is PortKind.AUDIO_OUT]


def _write_sequences(record: np.void, ports: tuple[Port, ...], instances: list[Instance]) -> None:
    for name, uri in (
        ("sequence_urid", "atom:Sequence"),
        ("chunk_urid", "atom:Chunk"),
        ("midi_urid", "midi:MidiEvent"),
    ):
        record[name] = urid(uri)
    outs = [
        instance.buffers[port.index] for instance in instances for port in ports if port.kind is PortKind.ATOM_OUT
    ]
    for buffer in outs:
        buffer[:8].view(np.int32)[:] = len(buffer) - 8, record["chunk_urid"]
    record["sequence_out_count"] = min(len(outs), MAX_SEQUENCES_OUT)
    for place, buffer in enumerate(outs[:MAX_SEQUENCES_OUT]):
        record["sequences_out"][place], record["sequence_out_bytes"][place] = buffer.ctypes.data, len(buffer)
    inputs = [port for port in ports if port.kind is PortKind.ATOM_IN]
    for port in inputs:
        instances[0].buffers[port.index][:16].view(np.int32)[:] = 8, record["sequence_urid"], 0, 0
    midi = next((instances[0].buffers[port.index] for port in inputs if port.takes_midi), None)
    record["sequence_in"] = 0 if midi is None else midi.ctypes.data
    record["sequence_in_bytes"] = 0 if midi is None else len(midi)
    record["filled"] = 16


def connect_worker(record: np.void, instances: list[Instance]) -> None:
    """Let the audio thread know the functions by which a plugin takes what its work responds."""
    worker = instances[0].worker()
    record["work_response"] = worker.work_response if worker is not None else 0
    record["end_run"] = worker.end_run if worker is not None else 0
