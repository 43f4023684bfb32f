"""A CLAP plugin in the chain: what is asked of it while it lives, its parameters, its state and its requests."""

import contextlib
import os
from os import PathLike
from typing import Any

import numpy as np

from engine.foreign.audio_io import switch_off, with_switch
from engine.foreign.byte_ring import ByteRing
from engine.foreign.calls import watched
from engine.foreign.foreign_plugin import MAX_BROKEN_BLOCKS, ForeignPlugin
from engine.foreign.gate import Gate
from engine.foreign.routing import USUAL_ROUTING, Routing
from engine.foreign.scan.preset_scan import find_presets
from engine.plugin.external import PluginError

from . import abi
from .instances import Instances
from .library import open_library
from .parameters import Parameters
from .preset_abi import IN_FILE, LOAD_IDS, PresetLoad
from .preset_discovery import ClapPreset
from .process import process
from .state import CALLBACK, LATENCY, PARAM_EVENT, RESCAN, RESTART, STATE
from .stream import read_state, write_state


class ClapPlugin(ForeignPlugin):
    """A plugin of a CLAP file. PluginError says in one line why it cannot be had.

    A mono effect is there twice, one for each side. Its parameters begin where the plugin itself begins.
    """

    def __init__(self, place: str | PathLike[str], id: str = "", routing: Routing = USUAL_ROUTING) -> None:
        """id: among those of a file with several. routing: of its ports."""
        self._library = library = open_library(place)
        self.description = library.find(id)
        self.name = self.description.name
        self.routing = routing
        self.state = np.zeros(1, STATE)
        self._record = self.state[0]
        self._gate = Gate(self._record["gate"])
        self._changes = ByteRing(self._record["changes"], self._record["change_cursors"])
        self._instances = Instances(library, self.description, self.state, self._gate)
        self._rate = 0.0
        self._pending: dict[int, float] = {}  # parameters that it has set itself, by index
        self._failure = ""
        with self._instances.as_main_thread():
            try:
                self._instances.build(routing)
                self._describe()
            except BaseException:
                self._instances.destroy()
                raise
        self.address = process.address

    @property
    def live_values(self) -> np.ndarray:
        """The values of its parameters as they are now, (N,): as they were sent, or as it has told."""
        return self._live_values[: len(self.params)]

    @property
    def _told_latency(self) -> int:
        """As it tells since it was activated."""
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
        with self._instances.alone():
            self._instances.deactivate()
            self._rate = rate
            self._instances.activate(rate)

    @watched
    def reset(self) -> None:
        """[main thread] Silence."""
        self._check_open()
        with self._instances.alone():
            self._instances.reset()

    def switch_off(self) -> None:
        """[main thread, before it plays] Begin switched off."""
        switch_off(self._record["io"])
        self._live_values[self._record["io"]["switch"]] = 0

    @watched
    def poll(self) -> None:
        """[main thread] Do what the plugin has asked for, and start it anew after blocks full of broken samples."""
        if not self._instances:
            return
        with self._instances.as_main_thread():
            if self._takes_request(CALLBACK):
                self._instances.call_back()
            self._instances.run_timers()
            if self._takes_request(RESCAN):
                self._read_values()
            self._take_changes()
            if self._takes_request(RESTART):
                self._restart()
            elif self._takes_request(LATENCY):
                self._instances.read_latency()
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
        with self._instances.as_main_thread():
            return self._parameters.values()

    @watched
    def format_value(self, index: int, value: float) -> str:
        """[main thread] How the plugin writes a value of a parameter; empty where it does not."""
        with self._instances.as_main_thread():
            return self._parameters.text(index, value)

    @watched
    def save_state(self) -> bytes | None:
        """[main thread] Its state; None where it has none but the values of its parameters. PluginError."""
        extension = self._instances.extension("clap.state", abi.State)
        if extension is None:
            return None
        with self._instances.as_main_thread():
            state = write_state(extension, self._instances.first)
        if state is None:
            raise PluginError(f"{self.name} could not save its state")
        return state

    @watched
    def load_state(self, state: bytes) -> None:
        """[main thread] Restore its state; no block is played meanwhile. PluginError if the plugin refuses it."""
        self._check_open()
        extension = self._instances.extension("clap.state", abi.State)
        if extension is None:
            raise PluginError(f"{self.name} keeps nothing but the values of its parameters")
        with self._instances.alone():
            taken = [read_state(extension, address, state) for address in self._instances.addresses]
            if not all(taken):
                raise PluginError(f"{self.name} does not take this state ({len(state)} bytes)")
            self._read_values()

    def find_presets(self) -> dict[str, str]:
        """[main thread] The presets that its file brings along: names by identifiers. PluginError.

        Another process lists them.
        """
        return {preset.identifier: preset.name for preset in self._presets()}

    @watched
    def load_preset(self, identifier: str) -> None:
        """[main thread] Load one of `find_presets`; no block is played meanwhile. PluginError."""
        self._check_open()
        preset = next((each for each in self._presets() if each.identifier == identifier), None)
        loading = self._preset_loading()
        if preset is None or loading is None:
            raise PluginError(f"{self.name} has no preset {identifier!r}")
        place = os.fsencode(preset.location) if preset.kind == IN_FILE else None
        key = preset.load_key.encode("utf-8", "surrogateescape") or None
        with self._instances.alone():
            taken = [loading.from_location(each, preset.kind, place, key) for each in self._instances.addresses]
            self._read_values()
        if not all(taken):
            raise PluginError(f"{self.name} could not load the preset {preset.name!r}")

    @watched
    def close(self) -> None:
        """[main thread, once no block uses it] End the plugin."""
        if self._instances:
            with contextlib.suppress(RuntimeError), self._instances.alone():  # one that hangs is left to itself
                self._instances.deactivate()
                self._instances.destroy()

    def _presets(self) -> list[ClapPreset]:
        """The presets for this plugin, by name."""
        if not self._library.discovery_address or self._preset_loading() is None:
            return []
        found = find_presets(self._library.path)
        own = [preset for preset in found if not preset.plugin_ids or self.description.id in preset.plugin_ids]
        return sorted(own, key=lambda preset: (preset.name.casefold(), preset.identifier))

    def _preset_loading(self) -> Any:
        """Its extension that loads presets; None if it has none."""
        if not self._instances:
            return None
        found = (self._instances.extension(name, PresetLoad) for name in LOAD_IDS)
        return next((each for each in found if each is not None), None)

    def _describe(self) -> None:
        """Take the ports and the parameters of the instances that have been built."""
        ports, extension = self._instances.ports, self._instances.extension("clap.params", abi.Params)
        self.has_side_chain, self.has_further_outputs = ports.has_side_chain, ports.has_further_outputs
        self.has_latency = self._instances.extension("clap.latency", abi.FrameCount) is not None
        has_cookies = len(self._instances) == 1  # one of the first instance means nothing to the second
        self._parameters = Parameters(self._instances.first, extension, has_cookies)
        self.params = with_switch(self._record["io"], self._parameters.params)
        self._record["params"] = self._parameters.rows.ctypes.data
        self._record["param_count"] = len(self._parameters.params)
        self._live_values = np.array([param.default for param in self.params] or [0], np.float32)
        self._record["values"] = self._live_values.ctypes.data

    def _connect_sound(self) -> None:
        """Tell the audio thread of the buffers, as `routing` says."""
        self._instances.connect_sound(self.routing)

    def _restart(self) -> None:
        """Activate it anew, as it has asked; if it refuses, it is passed over from now on."""
        try:
            self.prepare(self._rate)
        except PluginError as error:
            self._failure = str(error)

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

    def _takes_request(self, request: int) -> bool:
        """Whether the plugin has made a request, which is taken back."""
        was_made = bool(self._record["requests"][request])
        self._record["requests"][request] = 0
        return was_made

    def _check_open(self) -> None:
        if not self._instances:
            raise PluginError(f"{self.name} was closed: load it again")
