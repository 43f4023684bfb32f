"""The way out to a JACK or PipeWire server, without Python on the audio thread.

Importing this raises OSError where libjack is not installed.
"""

import contextlib
import threading
import time
from typing import Any

import jack
import numpy as np

from engine.host import Host

from . import jack_callback as compiled
from .backend import NAME, Given, NoDevice, Settings
from .jack_callback import address
from .jack_server import connect, latency
from .watchdog import watch

_CAST = {
    "process": "JackProcessCallback",
    "xrun": "JackXRunCallback",
    "new_block": "JackBufferSizeCallback",
    "new_rate": "JackSampleRateCallback",
    "shut_down": "JackInfoShutdownCallback",
}
_PRETTY = {"out_1": "Left", "out_2": "Right", "in_1": "Microphone", "midi_in": "Keys"}
_CAPTURE, _PLAYBACK = 0, 1  # what latency is asked for
_PATIENCE = 0.5  # seconds for two blocks to pass


class Jack:
    """A client of the server: out_1, out_2, midi_in, and in_1 while somebody listens.

    Raises NoDevice when no server answers, or none of its speakers is of the name that is asked for.
    """

    backend = "jack"

    def __init__(self, settings: Settings) -> None:
        self._client = connect(NAME, settings)
        self._settings = settings
        self._ports: dict[str, jack.OwnPort] = {}
        self._record = np.zeros(1, compiled.PORTS)
        self._met: set[str] = set()
        self._players: set[str] = set()  # names of the ports that play us
        self._heard = False  # whether a microphone was connected
        self._leaving = threading.Lock()  # libjack bears no second attempt beside the first
        self._realtime = bool(self._client.realtime)
        self._name = str(self._client.name)
        self.rate = float(self._client.samplerate)
        watch(self)
        if settings.device and not self._speakers():
            self.close()
            raise NoDevice(f"JACK has no output named {settings.device!r}")

    @property
    def given(self) -> Given:
        """What the server gave."""
        outputs = self._ports["out_1"].connections
        device = outputs[0].name.split(":")[0] if outputs else "not connected"
        heard = self._ports.get("in_1")
        return Given(
            backend=self.backend, device=device, name=self._name, rate=self.rate, block=int(self._client.blocksize),
            latency=latency(self._ports["out_1"], _PLAYBACK) / self.rate,
            input_latency=latency(heard, _CAPTURE) / self.rate if heard else None, realtime=self._realtime,
            microphone=", ".join(port.name for port in heard.connections) if heard else "",
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        """Whether the server still calls us."""
        return not self._record["gone"][0]

    @property
    def outdated(self) -> bool:
        """Whether the server has another rate now than it began with."""
        return self._record["rate"][0] not in (0, int(self.rate))

    @property
    def brings_midi(self) -> bool:
        """Whether the server offers a keyboard that we hear; those that only the system knows are not for us."""
        return bool(self._met)

    @property
    def keyboards(self) -> list[str]:
        """The names of the ports that play us, as they were at the last look."""
        return sorted(self._players)

    @property
    def missed(self) -> int:
        """Frames that the server went on without us."""
        return int(self._record["missed"][0])

    @property
    def refused(self) -> int:
        """MIDI messages so far that were not whole."""
        return int(self._record["refused"][0])

    def start(self, host: Host) -> None:
        """[main thread] Make the ports and play; the host must have taken our rate."""
        try:
            self._start(host)
        except jack.JackError as error:
            raise NoDevice(f"JACK: {error}") from None

    def tend(self, host: Host) -> bool:
        """[main thread] Meet new keyboards, open or close the microphone; False when a keyboard was lost.

        What that one held is not known, since the server mixes all that play a port.
        """
        with contextlib.suppress(jack.JackError):  # the server is going: `alive` will say it
            if self._settings.connect:
                self._meet_keyboards()
            if bool(host.memory["listens"][0]) != ("in_1" in self._ports):
                self._toggle_microphone(host)
            self._meet_microphone()
            before, self._players = self._players, self._connected()
            return before <= self._players
        return True

    def close(self) -> None:
        """Leave the server; may take long when it has died."""
        with self._leaving:
            self._client.close()

    def _start(self, host: Host) -> None:
        self._host = host  # its record must outlive us
        record = self._record[0]
        record["host"] = host.memory.ctypes.data
        record["client"] = address(self._client._ptr)
        record["next"] = -1
        for name, field in (("out_1", "left"), ("out_2", "right")):
            record[field] = self._register(self._client.outports, name)
        record["midi"] = self._register(self._client.midi_inports, "midi_in")
        speakers = self._speakers()
        host.memory["outputs"] = 1 if self._settings.connect and len(speakers) == 1 else 2
        self._call(self._client.uuid, NAME.capitalize())
        self._set_callbacks()
        self._client.activate()
        if self._settings.connect:
            for port, speaker in zip(("out_1", "out_2"), (*speakers, *speakers), strict=False):
                self._link(self._ports[port].name, speaker.name)
        self.tend(host)

    def _set_callbacks(self) -> None:
        ffi, lib, client = jack._ffi, jack._lib, self._client._ptr
        user = ffi.cast("void*", self._record.ctypes.data)
        hooks = {name: ffi.cast(kind, getattr(compiled, name).address) for name, kind in _CAST.items()}
        lib.jack_set_process_callback(client, hooks["process"], user)
        lib.jack_set_xrun_callback(client, hooks["xrun"], user)
        lib.jack_set_buffer_size_callback(client, hooks["new_block"], user)
        lib.jack_set_sample_rate_callback(client, hooks["new_rate"], user)
        lib.jack_on_info_shutdown(client, hooks["shut_down"], user)

    def _register(self, ports: Any, name: str) -> int:
        port = ports.register(name)
        self._ports[name] = port
        self._call(port, _PRETTY[name])
        return address(port._ptr)

    def _call(self, subject: Any, name: str) -> None:
        """Give a port, or the client, a name for people."""
        with contextlib.suppress(jack.JackError):  # a server may keep no metadata
            self._client.set_property(subject, jack.METADATA_PRETTY_NAME, name, "text/plain")

    def _meet_keyboards(self) -> None:
        """Connect each physical keyboard once, so that the player can take it off."""
        wanted = self._settings.midi or ""
        ports = self._client.get_ports(is_midi=True, is_output=True, is_physical=True)
        there = {port.name for port in ports if _is_named(port, wanted)}
        ours = self._ports["midi_in"].name
        self._met = {name for name in there if name in self._met or self._link(name, ours)}

    def _connected(self) -> set[str]:
        """The names of the ports that play us."""
        return {port.name for port in self._ports["midi_in"].connections}

    def _toggle_microphone(self, host: Host) -> None:
        if "in_1" in self._ports:
            self._record["microphone"] = 0
            self._pass_a_block(host)
            self._ports.pop("in_1").unregister()
            return
        self._record["microphone"] = self._register(self._client.inports, "in_1")
        self._heard = False
        self._meet_microphone()

    def _meet_microphone(self) -> None:
        """Connect the one that is asked for once it is there, and only once, so that the player can take it off."""
        if not self._settings.connect or "in_1" not in self._ports:
            return
        sources = self._client.get_ports(is_audio=True, is_output=True, is_physical=True)
        wanted = [port for port in sources if _is_named(port, self._settings.input or "")]
        self._heard &= bool(wanted)  # one that was unplugged is met again
        if wanted and not self._heard:
            self._heard = self._link(wanted[0].name, self._ports["in_1"].name)

    def _pass_a_block(self, host: Host) -> None:
        begun, until = int(host.memory["blocks"][0]), time.monotonic() + _PATIENCE
        while int(host.memory["blocks"][0]) < begun + 2 and self.alive and time.monotonic() < until:
            time.sleep(0.002)

    def _link(self, source: str, destination: str) -> bool:
        """Connect two ports; False when one went away in between, is not ready yet, or they are connected already."""
        try:
            self._client.connect(source, destination)
        except jack.JackError:
            return False
        return True

    def _speakers(self) -> list[jack.Port]:
        """The physical outputs whose names contain the one that is asked for."""
        wanted = self._settings.device or ""
        ports = self._client.get_ports(is_audio=True, is_input=True, is_physical=True)
        return [port for port in ports if _is_named(port, wanted)]


def _is_named(port: jack.Port, wanted: str) -> bool:
    """Whether a port has a name that contains the one that is asked for."""
    return any(wanted.casefold() in name.casefold() for name in (port.name, *port.aliases))
