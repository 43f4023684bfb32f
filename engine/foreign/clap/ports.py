"""[main thread] The ports of a CLAP plugin: the buffers of its sound, and the dialects in which it takes notes."""

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.foreign.audio_io import MAX_BUFFERS, Side, Source, side_chain_inlet
from engine.foreign.routing import Outputs, Routing
from engine.plugin import MAX_BLOCK_FRAMES
from engine.plugin.external import PluginError

from . import abi
from .state import AUDIO_BUFFER, MAX_INSTANCES

MAX_PORTS = 64
MAX_CHANNELS = MAX_BUFFERS // MAX_INSTANCES  # of all ports in one direction


@dataclass(frozen=True)
class AudioPorts:
    """The number of channels of each port, inputs and outputs; the main ones come first."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def is_mono(self) -> bool:
        """Whether one channel goes in and one comes out: it is there twice then."""
        return self.inputs[:1] == (1,) and self.outputs == (1,)

    @property
    def has_side_chain(self) -> bool:
        """Whether there are inputs beside those of the main port."""
        return sum(self.inputs[1:]) > 0

    @property
    def has_further_outputs(self) -> bool:
        """Whether there are outputs beside those of the main port."""
        return sum(self.outputs[1:]) > 0


class Buffers:
    """The buffers of one instance: rows of AUDIO_BUFFER for it, and addresses with sides for the host."""

    def __init__(self, ports: AudioPorts, twin: Side | None) -> None:
        """twin: the side of one of two instances of a mono plugin."""
        self._arrays: list[np.ndarray] = []
        self.inputs, inlets = self._make_rows(ports.inputs)
        self.outputs, outlets = self._make_rows(ports.outputs)
        self._inlets, self._outlets = _with_sides(inlets, twin), _with_sides(outlets, twin)

    def inlets(self, routing: Routing) -> list[tuple[int, Side, Source]]:
        """The rows of the inputs; all but the main port are side chains."""
        return [
            (address, side, Source.BLOCK) if port == 0 else side_chain_inlet(address, side, routing)
            for port, address, side in self._inlets
        ]

    def outlets(self, routing: Routing) -> list[tuple[int, Side, Source]]:
        """The rows of the outputs."""
        return [
            (address, side if port == 0 or routing.outputs is Outputs.ALL else Side.NONE, Source.BLOCK)
            for port, address, side in self._outlets
        ]

    def _make_rows(self, channels: tuple[int, ...]) -> tuple[np.ndarray, list[list[int]]]:
        """The rows for the plugin, and the addresses of the channels of each port."""
        rows = np.zeros(max(len(channels), 1), AUDIO_BUFFER)
        addresses = []
        for row, count in zip(rows, channels, strict=False):
            sound = np.zeros((max(count, 1), MAX_BLOCK_FRAMES), np.float32)
            pointers = sound.ctypes.data + np.arange(max(count, 1), dtype=np.uint64) * np.uint64(sound.strides[0])
            self._arrays += [sound, pointers]
            row["data32"], row["channel_count"] = pointers.ctypes.data, count
            addresses.append([int(address) for address in pointers[:count]])
        self._arrays.append(rows)
        return rows, addresses


def read_audio_ports(instance: int, extension: Any) -> AudioPorts:
    """The audio ports; extension: an abi.Ports, or None. PluginError where they make no sense."""
    return AudioPorts(_channels(instance, extension, True), _channels(instance, extension, False))


def read_dialects(instance: int, extension: Any) -> int:
    """The dialects of the first port for notes, a bit each; 0: it takes none."""
    if extension is None or not extension.count(instance, True):
        return 0
    info = abi.NotePortInfo()
    return int(info.dialects) if extension.get(instance, 0, True, ctypes.addressof(info)) else 0


def _channels(instance: int, extension: Any, is_input: bool) -> tuple[int, ...]:
    count = extension.count(instance, is_input) if extension is not None else 0
    if count > MAX_PORTS:
        raise PluginError(f"it tells of {count} ports for sound; at most {MAX_PORTS} can be connected")
    found: list[int] = []
    for index in range(count):
        info = abi.AudioPortInfo()
        if not extension.get(instance, index, is_input, ctypes.addressof(info)):
            raise PluginError(f"it tells of {count} ports for sound, and does not describe number {index + 1}")
        found.append(int(info.channel_count))
    if sum(found) > MAX_CHANNELS:
        raise PluginError(f"it tells of {sum(found)} channels of sound; at most {MAX_CHANNELS} can be connected")
    return tuple(found)


def _with_sides(ports: list[list[int]], twin: Side | None) -> list[tuple[int, int, Side]]:
    """Port, address and side of each channel: one alone is both sides, of several each second one is the right."""
    found = []
    for port, addresses in enumerate(ports):
        for channel, address in enumerate(addresses):
            side = Side.BOTH if len(addresses) == 1 else Side(channel & 1)
            found.append((port, address, side if twin is None else twin))
    return found
