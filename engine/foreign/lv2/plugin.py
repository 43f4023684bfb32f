"""An LV2 plugin as an instrument or an effect of Luthier's. [main thread] may be any here, one at a time."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from engine.foreign.audio_io import reset_volume, set_slew, switch_off, with_switch
from engine.foreign.calls import watched
from engine.foreign.foreign_plugin import MAX_BROKEN_BLOCKS, ForeignPlugin
from engine.foreign.gate import Gate
from engine.foreign.midi import reset_memory
from engine.foreign.routing import USUAL_ROUTING, Routing
from engine.plugin import KeptArray
from engine.plugin.external import PluginError
from engine.ring import LOST

from . import presets, process, state_text
from .connection import Controls, connect, connect_sound, connect_worker, further_outputs, side_chains, twin_count
from .description import describe, required_features, wanted_features
from .features import GIVEN_FEATURES, Features, UridMap
from .instance import Instance, zeros
from .lilv import alone, find_plugin
from .ports import REFERENCE_RATE, Port, PortKind, read_ports
from .state import LV2_STATE, SEQUENCE_BYTES
from .worker import Worker

_NO_CUT = -(1 << 40)  # frames: long ago


class Lv2Plugin(ForeignPlugin):
    """A plugin by its URI, there twice if it is mono. PluginError says in one line why it cannot be had."""

    @alone
    def __init__(self, uri: str, id: str = "", routing: Routing = USUAL_ROUTING) -> None:
        """[main thread] Open it for REFERENCE_RATE. id: none, as a URI says it all. routing: of its ports."""
        self.lilv_plugin = find_plugin(uri)
        self.uri, self.entry = uri, describe(self.lilv_plugin)
        self.name = self.entry.title
        required = required_features(self.lilv_plugin)
        missing = [feature for feature in required if feature not in GIVEN_FEATURES]
        if missing:
            raise PluginError(f"{uri} requires what Luthier does not have: {', '.join(missing)}")
        self._ports = tuple(_with_room(port) for port in read_ports(self.lilv_plugin))
        if not self._ports:  # lilv gives none where one is missing; unconnected ones would be written to
            raise PluginError(f"{uri} describes no ports, or not all of them")
        self.has_latency = any(port.tells_latency for port in self._ports)
        self.controls = Controls(self._ports)
        self.state = zeros(1, LV2_STATE)
        self.address = process.process.address
        self.routing = routing
        self.has_side_chain = bool(side_chains(self._ports))
        self.has_further_outputs = bool(further_outputs(self._ports))
        self.urid_map = UridMap()
        self.instances: list[Instance] = []
        self._workers: list[Worker] = []
        self._gate = Gate(self.state["gate"][0])
        self._changes: dict[int, float] = {}
        self._rate = 0.0
        self.controls.write_to(self.state[0])
        reset_volume(self.state[0]["io"])
        self._open(REFERENCE_RATE)
        self.params = with_switch(self.state[0]["io"], self.controls.params)
        if "state:loadDefaultState" in (*required, *wanted_features(self.lilv_plugin)):
            presets.load_default(self)
        self._changes.clear()

    @watched
    @alone
    def prepare(self, rate: float) -> None:
        """[main thread, not playing] Silence it; for another rate in Hz it is opened anew, with its state."""
        self._check_open()
        if rate == self._rate:
            self.reset()
            return
        kept = state_text.save(self)
        self._open(rate)
        state_text.restore(self, kept)
        self._changes.clear()

    @watched
    def reset(self) -> None:
        """[main thread, not playing] Silence."""
        self._check_open()
        with self.paused():
            for instance in self.instances:
                instance.deactivate()
                instance.activate()
            self._forget()

    def arrays(self) -> Iterable[KeptArray]:
        """The arrays of its own; those of the plugin are not known."""
        tables = ("param_ports", "least", "most")
        yield KeptArray("values", self.controls.values, True)
        yield KeptArray("live", self.controls.live, True)
        for name in tables:
            yield KeptArray(name, getattr(self.controls, name), False)

    @property
    def live_values(self) -> np.ndarray:
        """The values of its parameters as they are now, (N,), that of the switch of an effect among them."""
        return self.controls.live[: len(self.params)]

    @property
    def refused_events(self) -> int:
        """Events and requests for work that found no room."""
        return int(self.state["dropped"][0] + self.state["work"]["request_cursors"][0, :, LOST].sum())

    @property
    def _told_latency(self) -> int:
        """As its latency port tells."""
        told = next((float(self.controls.values[port.index]) for port in self._ports if port.tells_latency), 0.0)
        return round(told) if 0 <= told < self._rate else 0

    def switch_off(self) -> None:
        """[main thread, before it plays] Begin switched off."""
        switch_off(self.state[0]["io"])
        self.controls.live[len(self.controls.params)] = 0

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Do what it has asked the worker thread for."""
        for worker in self._workers:
            worker.catch_up()
        self._check_sound()

    @watched
    def poll(self) -> None:
        """[main thread, many times a second while it plays] Let it work, and look at its sound and its latency."""
        for worker in self._workers:
            worker.allow()
        self._check_sound()

    def drain_changes(self) -> list[tuple[int, float]]:
        """[main thread] The parameters that a preset or a state has set since the last call: index and value."""
        changes, self._changes = self._changes, {}
        return list(changes.items())

    def values(self) -> list[float]:
        """[main thread] Where its own parameters stand."""
        return [float(value) for value in self.controls.live[: len(self.controls.params)]]

    @watched
    @alone
    def save_state(self) -> bytes | None:
        """[main thread] What lilv writes of it; None where the values of its parameters say it all."""
        self._check_open()
        return state_text.save(self) if self.instances[0].extension("state:interface") else None

    @watched
    @alone
    def load_state(self, state: bytes) -> None:
        """[main thread] Restore what `save_state` returned; ValueError if it cannot be taken."""
        self._check_open()
        state_text.restore(self, state)

    @alone
    def find_presets(self) -> dict[str, str]:
        """[main thread] The presets that are installed for it: names by their URIs."""
        return presets.find_presets(self.lilv_plugin)

    @watched
    @alone
    def load_preset(self, identifier: str) -> None:
        """[main thread] Load a preset by its URI. PluginError if there is none."""
        self._check_open()
        presets.load_preset(self, identifier)

    @watched
    @alone
    def close(self) -> None:
        """[main thread, once no block uses it] End its instances."""
        with self._gate.closed():
            self._close_instances()
            self.state["twin_count"] = 0

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """[main thread] Keep the audio thread and the worker thread from calling it."""
        with self._gate.closed(), contextlib.ExitStack() as locks:
            for worker in self._workers:
                locks.enter_context(worker.lock)
            yield

    def set_value(self, symbol: str, value: float) -> None:
        """[main thread, paused] Set a control by its symbol; what is no number is left out."""
        index = self.controls.set(symbol, value)
        if index is not None:
            self._changes[index] = float(self.controls.live[index])

    def _check_sound(self) -> None:
        """Take the latency that it tells, and silence it where nothing but broken sound comes out."""
        self.state["io"]["latency"] = self._told_latency
        if self.instances and self.state["io"]["broken_blocks"][0] > MAX_BROKEN_BLOCKS:
            self.reset()

    def _check_open(self) -> None:
        if not self.instances:
            raise PluginError(f"{self.name} was closed: load it again")

    def _open(self, rate: float) -> None:
        """Make new instances for a rate, in place of those that there are."""
        record = self.state[0]
        self._close_instances()
        self._rate = rate
        self.controls.set_rate(rate)
        set_slew(record["io"], rate)
        sequence_bytes = max([port.min_bytes for port in self._ports] or [0]) or SEQUENCE_BYTES
        try:
            for twin in range(twin_count(self._ports)):
                features = Features(self.urid_map, record["work"][twin : twin + 1].ctypes.data, rate, sequence_bytes)
                self.instances.append(Instance(self.lilv_plugin, rate, features, self._ports))
        except PluginError as error:
            self._close_instances()
            raise PluginError(f"{self.uri}: {error}") from None
        connect(record, self._ports, self.controls, self.instances, self.routing)
        connect_worker(record, self.instances)
        for twin, instance in enumerate(self.instances):
            functions = instance.worker()
            if functions is not None:
                self._workers.append(Worker(functions, record["work"][twin : twin + 1]))
            instance.activate()
        self._forget()
        if self.has_latency:
            for instance in self.instances:
                instance.run_nothing()
        record["io"]["latency"] = self._told_latency

    def _connect_sound(self) -> None:
        """Tell the audio thread of the buffers, as `routing` says."""
        connect_sound(self.state[0]["io"], self._ports, self.instances, self.routing)

    def _forget(self) -> None:
        """Forget the notes and the volume of what has played."""
        record = self.state[0]
        reset_memory(record["midi"])
        record["io"]["broken_blocks"] = 0
        record["clock"], record["last_cut"], record["pending"] = 0, _NO_CUT, 0
        for worker in self._workers:
            worker.clear()

    def _close_instances(self) -> None:
        for worker in self._workers:
            worker.close()
        for instance in self.instances:
            instance.free()
        self.instances, self._workers = [], []


def _with_room(port: Port) -> Port:
    """A port whose buffer of events, if it has one, holds SEQUENCE_BYTES at least."""
    if port.kind not in (PortKind.ATOM_IN, PortKind.ATOM_OUT):
        return port
    return replace(port, min_bytes=max(port.min_bytes, SEQUENCE_BYTES) + 7 & ~7)
