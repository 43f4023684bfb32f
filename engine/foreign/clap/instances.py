"""[main thread] The instances of a CLAP plugin: made, connected to its record, activated, called, ended."""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.foreign.audio_io import Side, reset_volume, set_slew, write_buffers
from engine.foreign.float_environment import kept_float_environment
from engine.foreign.gate import Gate
from engine.foreign.midi import reset_memory
from engine.foreign.routing import Routing
from engine.plugin import MAX_BLOCK_FRAMES
from engine.plugin.external import PluginError

from . import abi
from .host_functions import (
    ExtensionTables,
    drop_event,
    event_at,
    event_count,
    get_extension,
    ignore,
    push_event,
    request_callback,
    request_restart,
)
from .library import ClapLibrary, Description
from .ports import AudioPorts, Buffers, read_audio_ports, read_dialects
from .state import AUDIO, DEFAULT_SETTINGS, MAIN, MAX_TIMERS, STATE

INSTRUMENT = "instrument"  # a feature
MAX_LATENCY_FRAMES = 1 << 22


class Instances:
    """The instances of a plugin, two of a mono effect, and the record by which the audio thread plays them.

    All of it but `as_main_thread` and `alone` is called within one of these.
    """

    def __init__(self, library: ClapLibrary, description: Description, state: np.ndarray, gate: Gate) -> None:
        """state: (1,) of STATE, and its gate."""
        self._library, self._description = library, description
        self._state, self._record = state, state[0]
        self._gate = gate
        self._hosts: list[abi.HostStruct] = []
        self._made: list[tuple[Any, int]] = []  # each with its address
        self._buffers: list[Buffers] = []
        self.ports = AudioPorts((), ())
        self._fill_record()

    def __len__(self) -> int:
        return len(self._made)

    @property
    def first(self) -> int:
        """The address of the first one."""
        return self._made[0][1]

    @property
    def addresses(self) -> list[int]:
        """The addresses of all."""
        return [address for _, address in self._made]

    @property
    def is_active(self) -> bool:
        """Whether the audio thread may call them."""
        return bool(self._record["is_active"])

    def build(self, routing: Routing) -> None:
        """Make the plugin, twice if it is a mono effect, and connect its ports. PluginError."""
        self._add()
        try:
            self.ports = read_audio_ports(self.first, self.extension("clap.audio-ports", abi.Ports))
        except PluginError as error:
            raise PluginError(f"{self._description.name}: {error}") from None
        has_inputs, has_outputs = sum(self.ports.inputs) > 0, sum(self.ports.outputs) > 0
        if not has_outputs and not has_inputs:
            raise PluginError(
                f"{self._description.name} neither takes sound nor makes any: it cannot stand in a chain"
            )
        self._record["dialects"] = read_dialects(self.first, self.extension("clap.note-ports", abi.Ports))
        is_instrument = INSTRUMENT in self._description.features or not has_inputs
        has_twins = self.ports.is_mono and not is_instrument
        if has_twins:
            self._add()
        self._record["io"]["replaces"] = not is_instrument and has_outputs
        self._connect([Side.LEFT, Side.RIGHT] if has_twins else [None], routing)

    def connect_sound(self, routing: Routing) -> None:
        """Tell the audio thread of the buffers."""
        inlets = [row for buffers in self._buffers for row in buffers.inlets(routing)]
        outlets = [row for buffers in self._buffers for row in buffers.outlets(routing)]
        write_buffers(self._record["io"], inlets, outlets)

    def extension(self, name: str, kind: Any, index: int = 0) -> Any:
        """An extension of one of them, as a structure; None if it has none."""
        instance, address = self._made[index]
        found = instance.get_extension(address, name.encode())
        return ctypes.cast(found, ctypes.POINTER(kind)).contents if found else None

    def activate(self, rate: float) -> None:
        """Let them be played at a rate in Hz, from silence. PluginError if one refuses."""
        name = self._description.name
        set_slew(self._record["io"], rate)
        self._forget_notes()
        for instance, address in self._made:
            if not instance.activate(address, rate, 1, MAX_BLOCK_FRAMES):
                raise PluginError(f"{name} cannot play at {rate:g} Hz")
            if not instance.start_processing(address):
                instance.deactivate(address)
                raise PluginError(f"{name} cannot start to play")
        self._record["is_active"] = True
        self.read_latency()

    def deactivate(self) -> None:
        """Let them not be played any more."""
        if self.is_active:
            for instance, address in self._made:
                instance.stop_processing(address)
                instance.deactivate(address)
        self._record["is_active"] = False

    def reset(self) -> None:
        """Silence them."""
        if self.is_active:
            for instance, address in self._made:
                instance.reset(address)
        self._forget_notes()
        self._record["io"]["broken_blocks"] = 0

    def destroy(self) -> None:
        """End them; the record stays."""
        self._record["instance_count"] = 0
        self._record["timers"]["id"] = 0
        while self._made:
            instance, address = self._made.pop()
            instance.destroy(address)

    def read_latency(self) -> None:
        """Write to the record how many frames of latency the plugin tells."""
        extension = self.extension("clap.latency", abi.FrameCount)
        frames = extension.get(self.first) if extension is not None else 0
        self._record["io"]["latency"] = min(frames, MAX_LATENCY_FRAMES)

    def call_back(self) -> None:
        """Make the call that the plugin has asked for."""
        for instance, address in self._made:
            instance.on_main_thread(address)

    def run_timers(self) -> None:
        """Call the plugin for the timers that are due."""
        now = time.monotonic()
        for number in range(MAX_TIMERS):
            timer = self._record["timers"][number]
            if timer["id"] and timer["due"] <= now:
                timer["due"] = now + int(timer["period"]) / 1000
                index = [ctypes.addressof(host) for host in self._hosts].index(int(timer["host"]))
                extension = self.extension("clap.timer-support", abi.TimerSupport, index)
                if extension is not None:
                    extension.on_timer(self._made[index][1], int(timer["id"]))

    @contextlib.contextmanager
    def as_main_thread(self) -> Iterator[None]:
        """Call the plugin as its main thread: the one that does so at present."""
        self._record["threads"][MAIN] = threading.get_ident()
        with kept_float_environment():
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Call the plugin as its main thread and its audio thread; RuntimeError if it hangs in a block."""
        with self.as_main_thread(), self._gate.closed():
            before = int(self._record["threads"][AUDIO])
            self._record["threads"][AUDIO] = threading.get_ident()
            try:
                yield
            finally:
                self._record["threads"][AUDIO] = before

    def _fill_record(self) -> None:
        """What does not depend on the plugin: addresses in the record, and the lists of events."""
        record, address = self._record, self._state.ctypes.data
        tables = ExtensionTables.shared()
        reset_volume(record["io"])
        record["extensions"], record["extension_count"] = tables.rows.ctypes.data, len(tables.rows)
        record["slots_address"] = address + STATE.fields["slots"][1]  # type: ignore[index]  # a record has fields
        record["in_events"] = (address, event_count.address, event_at.address)
        lists = record["out_events"]
        for row, function in zip(lists, (push_event, drop_event), strict=True):
            row["context"], row["try_push"] = address, function.address
        first = address + STATE.fields["processes"][1]  # type: ignore[index]  # as above
        for index, called in enumerate(record["processes"]):
            called["in_events"] = address
            called["out_events"] = lists.ctypes.data + index * lists.strides[0]
            record["process_addresses"][index] = first + index * record["processes"].strides[0]

    def _add(self) -> None:
        """Make one more instance, with a host of its own."""
        version = abi.Version((ctypes.c_uint32 * 3)(*abi.VERSION))
        host = abi.HostStruct(
            version, self._state.ctypes.data, b"Luthier", b"Luthier", b"", b"1", get_extension.address,
            request_restart.address, ignore.address, request_callback.address,
        )  # fmt: skip
        self._hosts.append(host)
        pointer = self._library.create(self._description.id, ctypes.addressof(host))
        instance, address = pointer.contents, ctypes.cast(pointer, ctypes.c_void_p).value or 0
        index = len(self._made)
        self._made.append((instance, address))
        if not instance.init(address):
            raise PluginError(f"{self._description.name} could not be started: its own init failed")
        self._record["instances"][index], self._record["functions"][index] = address, instance.process
        self._record["instance_count"] = index + 1

    def _connect(self, twins: list[Side | None], routing: Routing) -> None:
        """Give each instance its buffers, and tell the audio thread of all of them."""
        ports = self.ports
        self._buffers = [Buffers(ports, twin) for twin in twins]
        self.connect_sound(routing)
        for called, buffers in zip(self._record["processes"], self._buffers, strict=False):
            called["inputs"], called["outputs"] = buffers.inputs.ctypes.data, buffers.outputs.ctypes.data
            called["input_count"], called["output_count"] = len(ports.inputs), len(ports.outputs)

    def _forget_notes(self) -> None:
        reset_memory(self._record["midi"])
        self._record["settings"] = np.array(DEFAULT_SETTINGS, np.float32)[:, None]
        self._record["missed"] = 0
