"""CLAP plugins in the chain: made, activated, asked for their state and closed by the main thread."""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator
from os import PathLike
from typing import Any

import numpy as np

from engine.foreign.audio_io import Side, reset_volume, set_slew, switch_off, with_switch, write_buffers
from engine.foreign.byte_ring import ByteRing
from engine.foreign.calls import watched
from engine.foreign.float_environment import kept_float_environment
from engine.foreign.foreign_plugin import MAX_BROKEN_BLOCKS, ForeignPlugin
from engine.foreign.gate import Gate
from engine.foreign.midi import reset_memory
from engine.foreign.routing import USUAL_ROUTING, Routing
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
from .library import open_library
from .parameters import Parameters
from .ports import AudioPorts, Buffers, read_audio_ports, read_dialects
from .process import process
from .state import (
    AUDIO,
    CALLBACK,
    DEFAULT_SETTINGS,
    LATENCY,
    MAIN,
    MAX_TIMERS,
    PARAM_EVENT,
    RESCAN,
    RESTART,
    STATE,
)
from .stream import read_state, write_state

INSTRUMENT = "instrument"  # a feature
MAX_LATENCY_FRAMES = 1 << 22


class ClapPlugin(ForeignPlugin):
    """A plugin of a CLAP file. PluginError says in one line why it cannot be had.

    A mono effect is there twice, one for each side. Its parameters begin where the plugin itself begins.
    """

    def __init__(self, place: str | PathLike[str], id: str = "", routing: Routing = USUAL_ROUTING) -> None:
        """id: among those of a file with several. routing: of its ports."""
        library = open_library(place)
        self.description = library.find(id)
        self.name = self.description.name
        self._library, self.routing = library, routing
        self.state = np.zeros(1, STATE)
        self._record = self.state[0]
        self._gate = Gate(self._record["gate"])
        self._changes = ByteRing(self._record["changes"], self._record["change_cursors"])
        self._hosts: list[abi.HostStruct] = []
        self._instances: list[tuple[Any, int]] = []  # each with its address
        self._pending: dict[int, float] = {}  # parameters that it has set itself, by index
        self._failure = ""
        self._fill_record()
        with self._as_main_thread():
            try:
                self._build()
            except BaseException:
                self._destroy()
                raise
        self.address = process.address

    @property
    def live_values(self) -> np.ndarray:
        """The values of its parameters as they are now, (N,): as they were sent, or as it has told."""
        return self._live_values[: len(self.params)]

    @property
    def latency(self) -> int:
        """Frames from its input to its output, as it tells since it was activated."""
        return int(self._record["io"]["latency"])

    @property
    def failure(self) -> str:
        """Why it could not be started anew; empty while it plays."""
        return self._failure

    @property
    def failed_blocks(self) -> int:
        """Blocks that the plugin itself gave up."""
        return int(self._record["failed"])

    @property
    def refused_events(self) -> int:
        """Events that found no room, to the plugin and from it."""
        return int(self._record["refused"]) + self._changes.lost

    @watched
    def prepare(self, rate: float) -> None:
        """[main thread] Activate it anew for a rate in Hz. PluginError if it refuses."""
        self._check_open()
        with self._alone():
            self._deactivate()
            set_slew(self._record["io"], rate)
            self._forget_notes()
            self._activate(rate)

    @watched
    def reset(self) -> None:
        """[main thread] Silence."""
        self._check_open()
        with self._alone():
            for instance, address in self._instances:
                if self._record["is_active"]:
                    instance.reset(address)
            self._forget_notes()
            self._record["io"]["broken_blocks"] = 0

    def switch_off(self) -> None:
        """[main thread, before it plays] Begin switched off."""
        switch_off(self._record["io"])
        self._live_values[self._record["io"]["switch"]] = 0

    @watched
    def poll(self) -> None:
        """[main thread] Do what the plugin has asked for, and start it anew after blocks full of broken samples."""
        if not self._instances:
            return
        with self._as_main_thread():
            if self._takes_request(CALLBACK):
                for instance, address in self._instances:
                    instance.on_main_thread(address)
            self._run_timers()
            if self._takes_request(RESCAN):
                self._read_values()
            self._take_changes()
            if self._takes_request(RESTART):
                self._restart()
            elif self._takes_request(LATENCY):
                self._read_latency()
        if self._record["io"]["broken_blocks"] > MAX_BROKEN_BLOCKS:
            self.reset()

    def catch_up(self) -> None:
        """[offline driver, between two blocks] As `poll`."""
        self.poll()

    def drain_changes(self) -> list[tuple[int, float]]:
        """[main thread] The parameters that it set itself since the last call: index and last value."""
        self._take_changes()
        found, self._pending = self._pending, {}
        return list(found.items())

    @watched
    def values(self) -> list[float]:
        """[main thread] Where its own parameters stand."""
        with self._as_main_thread():
            return self._parameters.values()

    @watched
    def format_value(self, index: int, value: float) -> str:
        """[main thread] How the plugin writes a value of a parameter; empty where it does not."""
        with self._as_main_thread():
            return self._parameters.text(index, value)

    @watched
    def save_state(self) -> bytes | None:
        """[main thread] Its state; None where it has none but the values of its parameters. PluginError."""
        extension = self._extension("clap.state", abi.State)
        if extension is None:
            return None
        with self._as_main_thread():
            state = write_state(extension, self._instances[0][1])
        if state is None:
            raise PluginError(f"{self.name} could not save its state")
        return state

    @watched
    def load_state(self, state: bytes) -> None:
        """[main thread] Restore its state; no block is played meanwhile. PluginError if the plugin refuses it."""
        self._check_open()
        extension = self._extension("clap.state", abi.State)
        if extension is None:
            raise PluginError(f"{self.name} keeps nothing but the values of its parameters")
        with self._alone():
            taken = [read_state(extension, address, state) for _, address in self._instances]
            if not all(taken):
                raise PluginError(f"{self.name} does not take this state ({len(state)} bytes)")
            self._read_values()

    @watched
    def close(self) -> None:
        """[main thread, once no block uses it] End the plugin."""
        if self._instances:
            with contextlib.suppress(RuntimeError), self._alone():  # one that hangs in a block is left to itself
                self._deactivate()
                self._destroy()

    def _fill_record(self) -> None:
        """What does not depend on the plugin: addresses in the record, and the lists of events."""
        record, address = self._record, self.state.ctypes.data
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

    def _build(self) -> None:
        """Make the plugin, twice if it is a mono effect, and connect its ports."""
        self._add_instance()
        try:
            ports = read_audio_ports(self._instances[0][1], self._extension("clap.audio-ports", abi.Ports))
        except PluginError as error:
            raise PluginError(f"{self.name}: {error}") from None
        if not sum(ports.outputs) and not sum(ports.inputs):
            raise PluginError(f"{self.name} neither takes sound nor makes any: it cannot stand in a chain")
        self._record["dialects"] = read_dialects(self._instances[0][1], self._extension("clap.note-ports", abi.Ports))
        is_instrument = INSTRUMENT in self.description.features or not sum(ports.inputs)
        has_twins = ports.is_mono and not is_instrument
        if has_twins:
            self._add_instance()
        self._record["io"]["replaces"] = not is_instrument and sum(ports.outputs) > 0
        self.has_latency = self._extension("clap.latency", abi.FrameCount) is not None
        self._connect(ports, [Side.LEFT, Side.RIGHT] if has_twins else [None])
        extension = self._extension("clap.params", abi.Params)
        self._parameters = Parameters(self._instances[0][1], extension, has_cookies=not has_twins)
        self.params = with_switch(self._record["io"], self._parameters.params)
        self._record["params"] = self._parameters.rows.ctypes.data
        self._record["param_count"] = len(self._parameters.params)
        self._live_values = np.array([param.default for param in self.params] or [0], np.float32)
        self._record["values"] = self._live_values.ctypes.data

    def _add_instance(self) -> None:
        """Make one more instance, with a host of its own."""
        version = abi.Version((ctypes.c_uint32 * 3)(*abi.VERSION))
        host = abi.HostStruct(
            version, self.state.ctypes.data, b"Luthier", b"Luthier", b"", b"1", get_extension.address,
            request_restart.address, ignore.address, request_callback.address,
        )  # fmt: skip
        self._hosts.append(host)
        pointer = self._library.create(self.description.id, ctypes.addressof(host))
        instance, address = pointer.contents, ctypes.cast(pointer, ctypes.c_void_p).value or 0
        index = len(self._instances)
        self._instances.append((instance, address))
        if not instance.init(address):
            raise PluginError(f"{self.name} could not be started: its own init failed")
        self._record["instances"][index], self._record["functions"][index] = address, instance.process
        self._record["instance_count"] = index + 1

    def _connect(self, ports: AudioPorts, twins: list[Side | None]) -> None:
        """Give each instance its buffers, and tell the audio thread of all of them."""
        self.has_side_chain, self.has_further_outputs = ports.has_side_chain, ports.has_further_outputs
        self._buffers = [Buffers(ports, twin) for twin in twins]
        self._connect_sound()
        for called, buffers in zip(self._record["processes"], self._buffers, strict=False):
            called["inputs"], called["outputs"] = buffers.inputs.ctypes.data, buffers.outputs.ctypes.data
            called["input_count"], called["output_count"] = len(ports.inputs), len(ports.outputs)

    def _connect_sound(self) -> None:
        """Tell the audio thread of the buffers, as `routing` says."""
        inlets = [row for buffers in self._buffers for row in buffers.inlets(self.routing)]
        outlets = [row for buffers in self._buffers for row in buffers.outlets(self.routing)]
        write_buffers(self._record["io"], inlets, outlets)

    def _activate(self, rate: float) -> None:
        self._rate = rate
        for instance, address in self._instances:
            if not instance.activate(address, rate, 1, MAX_BLOCK_FRAMES):
                raise PluginError(f"{self.name} cannot play at {rate:g} Hz")
            if not instance.start_processing(address):
                instance.deactivate(address)
                raise PluginError(f"{self.name} cannot start to play")
        self._record["is_active"] = True
        self._read_latency()

    def _restart(self) -> None:
        """Activate it anew, as it has asked; if it refuses, it is passed over from now on."""
        try:
            self.prepare(self._rate)
        except PluginError as error:
            self._failure = str(error)

    def _deactivate(self) -> None:
        if self._record["is_active"]:
            for instance, address in self._instances:
                instance.stop_processing(address)
                instance.deactivate(address)
        self._record["is_active"] = False

    def _destroy(self) -> None:
        """End the instances; the record stays."""
        self._record["instance_count"] = 0
        self._record["timers"]["id"] = 0
        while self._instances:
            instance, address = self._instances.pop()
            instance.destroy(address)

    def _read_latency(self) -> None:
        extension = self._extension("clap.latency", abi.FrameCount)
        frames = extension.get(self._instances[0][1]) if extension is not None else 0
        self._record["io"]["latency"] = min(frames, MAX_LATENCY_FRAMES)

    def _read_values(self) -> None:
        """Take the values of all parameters as set by the plugin itself."""
        self._set_values(dict(enumerate(self._parameters.values())))

    def _take_changes(self) -> None:
        """Take the values that it has set while it played."""
        changed: dict[int, float] = {}
        for message in self._changes.drain():
            event = np.frombuffer(message, PARAM_EVENT, 1)[0]
            index, value = self._parameters.indices.get(int(event["param"])), float(event["value"])
            if index is not None and np.isfinite(value):
                changed[index] = min(max(value, self.params[index].low), self.params[index].high)
        self._set_values(changed)

    def _set_values(self, changed: dict[int, float]) -> None:
        """Note values that the plugin has set itself, by index."""
        self._pending.update(changed)
        for index, value in changed.items():
            self._live_values[index] = value

    def _run_timers(self) -> None:
        """Call the plugin for the timers that are due."""
        now = time.monotonic()
        for number in range(MAX_TIMERS):
            timer = self._record["timers"][number]
            if timer["id"] and timer["due"] <= now:
                timer["due"] = now + int(timer["period"]) / 1000
                index = [ctypes.addressof(host) for host in self._hosts].index(int(timer["host"]))
                extension = self._extension("clap.timer-support", abi.TimerSupport, index)
                if extension is not None:
                    extension.on_timer(self._instances[index][1], int(timer["id"]))

    def _takes_request(self, request: int) -> bool:
        """Whether the plugin has made a request, which is taken back."""
        was_made = bool(self._record["requests"][request])
        self._record["requests"][request] = 0
        return was_made

    def _forget_notes(self) -> None:
        reset_memory(self._record["midi"])
        self._record["settings"] = np.array(DEFAULT_SETTINGS, np.float32)[:, None]
        self._record["missed"] = 0

    def _extension(self, name: str, kind: Any, index: int = 0) -> Any:
        """An extension of an instance, as a structure; None if it has none."""
        instance, address = self._instances[index]
        found = instance.get_extension(address, name.encode())
        return ctypes.cast(found, ctypes.POINTER(kind)).contents if found else None

    def _check_open(self) -> None:
        if not self._instances:
            raise PluginError(f"{self.name} was closed: load it again")

    @contextlib.contextmanager
    def _as_main_thread(self) -> Iterator[None]:
        """Call the plugin as its main thread: the one that does so at present."""
        self._record["threads"][MAIN] = threading.get_ident()
        with kept_float_environment():
            yield

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Call the plugin as its main thread and its audio thread; RuntimeError if it hangs in a block."""
        with self._as_main_thread(), self._gate.closed():
            before = int(self._record["threads"][AUDIO])
            self._record["threads"][AUDIO] = threading.get_ident()
            try:
                yield
            finally:
                self._record["threads"][AUDIO] = before
