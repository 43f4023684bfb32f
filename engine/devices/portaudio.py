"""The audio backend of PortAudio: ALSA, CoreAudio, WASAPI, ASIO."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.host import Host
from engine.portaudio_callback import callback

from .backend import CLIENT_NAME, DeviceInfo, DeviceRequest, NoDeviceError
from .client_registry import close_dead_clients

ENVIRONMENT = {"JACK_DEFAULT_SERVER": "nobody", "PIPEWIRE_NOJACK": "1"}  # see `load`
PRIORITY = 65  # of the audio thread, where PortAudio does not set it: below the threads that drive the hardware
PREFERRED_HOST_API = "Windows WASAPI"  # where the host API that PortAudio would choose is a slow one


class PortAudio:
    """A stream to one output, and from an input while a plugin listens.

    Raises NoDeviceError when PortAudio is not installed or has no output of the requested name.
    """

    backend = "portaudio"
    has_midi = False
    keyboards: list[str] = []

    def __init__(self, request: DeviceRequest) -> None:
        self._library = load(rescan=True)
        self._output = find("output", request.device)
        self._block, self._wanted_input, self._microphone = request.block or 0, request.input, ""
        self._stream: Any = None
        self._listens = False
        self._has_priority: bool | None = None
        self.rate = self._fitting_rate(request.rate)

    @property
    def info(self) -> DeviceInfo:
        """What the device granted."""
        latency = self._stream.latency
        input_latency, output_latency = latency if isinstance(latency, tuple) else (None, latency)
        return DeviceInfo(
            backend=self.backend, device=label(self._output), name=CLIENT_NAME, rate=float(self._stream.samplerate),
            block=int(self._host.memory["block"][0]), latency=float(output_latency), input_latency=input_latency,
            realtime=self._has_priority is not False, microphone=self._microphone,
        )  # fmt: skip

    @property
    def alive(self) -> bool:
        """Whether the device still calls the callback."""
        try:
            return self._stream is not None and bool(self._stream.active)
        except self._library.PortAudioError:
            return False

    @property
    def outdated(self) -> bool:
        """Whether an input is open that no plugin listens to, or none where one does."""
        return self._listens != bool(self._host.memory["listens"][0])

    def start(self, host: Host) -> None:
        """[main thread] Play; the host must be prepared for our rate."""
        self._host = host  # its record must outlive the stream
        self._listens = bool(host.memory["listens"][0])
        host.memory["outputs"] = min(self._output["max_output_channels"], 2)
        host.memory["inputs"] = 0
        before = _thread_ids()
        if not (self._listens and self._open_both(host)):
            host.memory["inputs"] = 0
            self._open(host, "output", self._output["index"], int(host.memory["outputs"][0]))
        try:
            self._stream.start()
        except self._library.PortAudioError as error:
            raise NoDeviceError(f"{self._output['name']}: {error}") from None
        self._started = (host.frame, _thread_ids() - before)

    def poll(self, host: Host) -> bool:
        """[main thread] Give the audio thread realtime priority; True, since PortAudio has no MIDI."""
        if self._has_priority is None:
            self._has_priority = self._raise_priority(host)
        return True

    def close(self) -> None:
        """Close the stream."""
        if self._stream is not None:
            with contextlib.suppress(self._library.PortAudioError):  # it may be gone
                self._stream.abort()
            self._stream.close(ignore_errors=True)

    def _fitting_rate(self, wanted: float | None) -> float:
        channels = min(self._output["max_output_channels"], 2)
        own = float(self._output["default_samplerate"])
        with contextlib.suppress(self._library.PortAudioError):
            self._library.check_output_settings(self._output["index"], channels, "float32", samplerate=wanted or own)
            return wanted or own
        return own

    def _open_both(self, host: Host) -> bool:
        """Open a microphone as well; False when there is none that goes with the output."""
        try:
            source = find("input", self._wanted_input, self._output["hostapi"])
            host.memory["inputs"] = min(source["max_input_channels"], 2)
            channels = (int(host.memory["inputs"][0]), int(host.memory["outputs"][0]))
            self._open(host, "duplex", (source["index"], self._output["index"]), channels)
            self._microphone = label(source)
        except NoDeviceError:
            return False
        return True

    def _open(self, host: Host, kind: str, device: Any, channels: Any) -> None:
        ffi = self._library._ffi
        try:
            self._stream = self._library._StreamBase(
                kind, samplerate=self.rate, blocksize=self._block, device=device, channels=channels, dtype="float32",
                latency="low", callback=ffi.cast("PaStreamCallback*", callback.address), wrap_callback=None,
                userdata=ffi.cast("void*", host.memory.ctypes.data),
            )  # fmt: skip
        except (self._library.PortAudioError, ValueError) as error:
            raise NoDeviceError(f"{self._output['name']}: {error}") from None

    def _raise_priority(self, host: Host) -> bool:
        """Ask for realtime scheduling on Linux; False when it is not allowed. Elsewhere PortAudio does it."""
        frame, threads = self._started
        unclocked = host.frame - frame > 4 * self.rate  # it would take the whole core
        if unclocked or not sys.platform.startswith("linux"):
            return True
        try:
            for thread in threads & _thread_ids():
                os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(PRIORITY))
        except OSError:
            return False
        return True


def load(rescan: bool = False) -> Any:
    """The sounddevice module; NoDeviceError where it or PortAudio is not installed.

    rescan: see also the devices connected since; only while no stream is open.
    PortAudio must not find a JACK server: it would block for ever when that stops, and JACK has a backend of its own.
    """
    loaded = "sounddevice" in sys.modules
    if loaded and not rescan:
        return sys.modules["sounddevice"]
    close_dead_clients()
    with _environment(ENVIRONMENT):
        try:
            import sounddevice

            if loaded:
                if sounddevice._initialized:
                    sounddevice._terminate()
                sounddevice._initialize()
        except OSError as error:
            raise NoDeviceError(f"PortAudio is not installed ({error})") from None
        except Exception as error:  # of its own class, which cannot be named where importing it fails
            raise NoDeviceError(f"PortAudio: {error}") from None
    return sounddevice


def devices() -> list[dict[str, Any]]:
    """All devices of PortAudio, as of its last scan."""
    return list(load().query_devices())


def find(kind: str, name: str | None, api: int | None = None) -> dict[str, Any]:
    """The first device of a kind ("output", "input") whose name contains `name`; None: the default one."""
    library = load()
    apis = library.query_hostapis()
    usable = [d for d in library.query_devices() if d[f"max_{kind}_channels"] and api in (None, d["hostapi"])]
    if name is not None:
        usable = [device for device in usable if name.lower() in label(device).lower()]
        if not usable:
            raise NoDeviceError(f"no audio {kind} is named {name!r}")
        return usable[0]
    fast = [i for i, each in enumerate(apis) if each["name"] == PREFERRED_HOST_API]
    order = [*([api] if api is not None else fast), *range(len(apis))]
    defaults = [apis[i][f"default_{kind}_device"] for i in order]
    for device in (*(d for i in defaults for d in usable if d["index"] == i), *usable):
        return device
    raise NoDeviceError(f"there is no audio {kind}")


def label(device: dict[str, Any]) -> str:
    """A name that is unique among the devices."""
    return f"{device['name']} ({load().query_hostapis(device['hostapi'])['name']})"


def _thread_ids() -> set[int]:
    """The ids of this process's threads; none where the system has no such list."""
    tasks = Path("/proc/self/task")
    return {int(task.name) for task in tasks.iterdir()} if tasks.exists() else set()


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
