"""The audio backend of JACK and PipeWire servers, without Python on the audio thread.

Importing this raises OSError where libjack is not installed.
"""

import contextlib
import threading
import time
from typing import Any

import jack
import numpy as np

from engine.host import Host

from . import jack_callback
from .backend import CLIENT_NAME, DeviceInfo, DeviceRequest, NoDeviceError
from .client_registry import register_client
from .jack_callback import address
from .jack_connection import connect, latency

_CALLBACK_TYPES = {
    "process": "JackProcessCallback",
    "count_xrun": "JackXRunCallback",
    "set_block": "JackBufferSizeCallback",
    "set_rate": "JackSampleRateCallback",
    "shut_down": "JackInfoShutdownCallback",
}
_DISPLAY_NAMES = {"out_1": "Left", "out_2": "Right", "in_1": "Microphone", "midi_in": "Keys"}
_CAPTURE, _PLAYBACK = 0, 1  # modes of `latency`
_MAX_BLOCK_SECONDS = 0.5  # for two blocks to pass


class Jack:
    """A client of the server: out_1, out_2, midi_in, and in_1 while a plugin listens.

    Raises NoDeviceError when no server answers, or none of its speakers has the requested name.
    """

    backend = "jack"

    def __init__(self, request: DeviceRequest) -> None:
        self._client = connect(CLIENT_NAME, request)
        self._request = request
        self._ports: dict[str, jack.OwnPort] = {}
        self._record = np.zeros(1, jack_callback.PORTS)
        self._connected_once: set[str] = set()  # physical keyboards
        self._keyboards: set[str] = set()  # names of the MIDI ports connected to ours
        self._has_microphone = False  # whether one was connected
        self._close_lock = threading.Lock()  # libjack allows no second call beside the first
        self._realtime = bool(self._client.realtime)
        self._name = str(self._client.name)
        self.rate = float(self._client.samplerate)
        register_client(self)
        if request.device and not self._speakers():
            self.close()
            raise NoDeviceError(f"JACK has no output named {request.device!r}")

    @property
    def info(self) -> DeviceInfo:
        """What the server granted."""
        outputs = self._ports["out_1"].connections
        device = outputs[0].name.split(":")[0] if outputs else "not connected"
        microphone = self._ports.get("in_1")
        return DeviceInfo(
            backend=self.backend, device=device, name=self._name, rate=self.rate, block=int(self._client.blocksize),
            latency=latency(self._ports["out_1"], _PLAYBACK) / self.rate,
            input_latency=latency(microphone, _CAPTURE) / self.rate if microphone else None, realtime=self._realtime,
            microphone=", ".join(port.name for port in microphone.connections) if microphone else "",
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        """Whether the server still calls the callback."""
        return not self._record["disconnected"][0]

    @property
    def outdated(self) -> bool:
        """Whether the server has another rate now than at the start."""
        return self._record["rate"][0] not in (0, int(self.rate))

    @property
    def has_midi(self) -> bool:
        """Whether a keyboard was connected by the server; keyboards that only the system has are opened elsewhere."""
        return bool(self._connected_once)

    @property
    def keyboards(self) -> list[str]:
        """The names of the connected MIDI ports, as of the last poll."""
        return sorted(self._keyboards)

    @property
    def missed(self) -> int:
        """Frames that the server processed without this client."""
        return int(self._record["missed"][0])

    @property
    def refused(self) -> int:
        """MIDI messages so far that were incomplete."""
        return int(self._record["refused"][0])

    def start(self, host: Host) -> None:
        """[main thread] Make the ports and play; the host must be prepared for our rate."""
        try:
            self._start(host)
        except jack.JackError as error:
            raise NoDeviceError(f"JACK: {error}") from None

    def poll(self, host: Host) -> bool:
        """[main thread] Connect new keyboards, open or close the microphone; False when a keyboard was lost.

        Which keys it held is unknown, since the server mixes all ports connected to ours.
        """
        with contextlib.suppress(jack.JackError):  # the server is closing: `alive` becomes False
            if self._request.connect:
                self._connect_keyboards()
            if bool(host.memory["listens"][0]) != ("in_1" in self._ports):
                self._toggle_microphone(host)
            self._connect_microphone()
            before, self._keyboards = self._keyboards, self._connected_midi_ports()
            return before <= self._keyboards
        return True

    def close(self) -> None:
        """Close the client; may block where the server no longer responds."""
        with self._close_lock:
            self._client.close()

    def _start(self, host: Host) -> None:
        self._host = host  # its record must outlive the client
        record = self._record[0]
        record["host"] = host.memory.ctypes.data
        record["client"] = address(self._client._ptr)
        record["next"] = -1
        for name, field in (("out_1", "left"), ("out_2", "right")):
            record[field] = self._register(self._client.outports, name)
        record["midi"] = self._register(self._client.midi_inports, "midi_in")
        speakers = self._speakers()
        host.memory["outputs"] = 1 if self._request.connect and len(speakers) == 1 else 2
        self._set_name(self._client.uuid, CLIENT_NAME.capitalize())
        self._set_callbacks()
        self._client.activate()
        if self._request.connect:
            for port, speaker in zip(("out_1", "out_2"), (*speakers, *speakers), strict=False):
                self._connect_ports(self._ports[port].name, speaker.name)
        self.poll(host)

    def _set_callbacks(self) -> None:
        ffi, lib, client = jack._ffi, jack._lib, self._client._ptr
        user = ffi.cast("void*", self._record.ctypes.data)
        hooks = {name: ffi.cast(kind, getattr(jack_callback, name).address) for name, kind in _CALLBACK_TYPES.items()}
        lib.jack_set_process_callback(client, hooks["process"], user)
        lib.jack_set_xrun_callback(client, hooks["count_xrun"], user)
        lib.jack_set_buffer_size_callback(client, hooks["set_block"], user)
        lib.jack_set_sample_rate_callback(client, hooks["set_rate"], user)
        lib.jack_on_info_shutdown(client, hooks["shut_down"], user)

    def _register(self, ports: Any, name: str) -> int:
        port = ports.register(name)
        self._ports[name] = port
        self._set_name(port, _DISPLAY_NAMES[name])
        return address(port._ptr)

    def _set_name(self, subject: Any, name: str) -> None:
        """Give a port, or the client, a display name."""
        with contextlib.suppress(jack.JackError):  # a server may have no metadata
            self._client.set_property(subject, jack.METADATA_PRETTY_NAME, name, "text/plain")

    def _connect_keyboards(self) -> None:
        """Connect each physical keyboard, or every port that was chosen, once, so that the user can disconnect it."""
        wanted = self._request.midi or ""
        ports = self._client.get_ports(is_midi=True, is_output=True, is_physical=not wanted)
        found = {port.name for port in ports if _is_named(port, wanted)}
        ours = self._ports["midi_in"].name
        self._connected_once = {
            name for name in found if name in self._connected_once or self._connect_ports(name, ours)
        }

    def _connected_midi_ports(self) -> set[str]:
        """The names of the ports connected to our MIDI input."""
        return {port.name for port in self._ports["midi_in"].connections}

    def _toggle_microphone(self, host: Host) -> None:
        if "in_1" in self._ports:
            self._record["microphone"] = 0
            self._wait_for_blocks(host)
            self._ports.pop("in_1").unregister()
            return
        self._record["microphone"] = self._register(self._client.inports, "in_1")
        self._has_microphone = False
        self._connect_microphone()

    def _connect_microphone(self) -> None:
        """Connect the requested one as soon as it exists, and only once, so that the user can disconnect it."""
        if not self._request.connect or "in_1" not in self._ports:
            return
        sources = self._client.get_ports(is_audio=True, is_output=True, is_physical=True)
        wanted = [port for port in sources if _is_named(port, self._request.input or "")]
        self._has_microphone &= bool(wanted)  # one that was unplugged is connected again
        if wanted and not self._has_microphone:
            self._has_microphone = self._connect_ports(wanted[0].name, self._ports["in_1"].name)

    def _wait_for_blocks(self, host: Host) -> None:
        """Wait until no block uses what was published before."""
        before, until = int(host.memory["blocks"][0]), time.monotonic() + _MAX_BLOCK_SECONDS
        while int(host.memory["blocks"][0]) < before + 2 and self.alive and time.monotonic() < until:
            time.sleep(0.002)

    def _connect_ports(self, source: str, destination: str) -> bool:
        """Connect two ports; False when one is gone, is not ready yet, or they are connected already."""
        try:
            self._client.connect(source, destination)
        except jack.JackError:
            return False
        return True

    def _speakers(self) -> list[jack.Port]:
        """The physical outputs whose names contain the requested one."""
        wanted = self._request.device or ""
        ports = self._client.get_ports(is_audio=True, is_input=True, is_physical=True)
        return [port for port in ports if _is_named(port, wanted)]


def _is_named(port: jack.Port, wanted: str) -> bool:
    """Whether a name of a port contains the requested one."""
    return any(wanted.casefold() in name.casefold() for name in (port.name, *port.aliases))
