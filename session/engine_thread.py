"""Engine thread: compiles, opens devices and loads racks, so that the window never waits.

The window calls `load`, `open_device` and `request`, and drains the results from `messages`. Notes and parameter
changes go directly into a queue of the audio thread (`LiveInput`), so that no task of this thread delays them.
"""

import contextlib
import ctypes
import gc
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from . import fault_log
from .audio_thread_queue import LiveInput
from .crash_marker import LoadingMarker
from .engine_messages import Compiling, EngineMessage, Failed, Ready, Result, StatesSaved
from .patch import Patch
from .precompile_process import Precompilation
from .status import Status, read_status
from .translatable_message import ENGINE_STOPPED, TASK_FAILED, Message, of_error
from .transport import Transport
from .worker_thread import WorkerThread

if TYPE_CHECKING:
    from engine.devices.backend import DeviceRequest
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.standard_chain import StandardChain

    from .rack_loader import LoadResult

DEFAULT_RATE = 48000.0  # Hz, until a device gives its own
POLL_SECONDS = 0.05  # between two polls of the device
STATUS_SECONDS = 0.2  # between two status records
STATES_SECONDS = 2.0  # between two looks at the states of foreign plugins
STABLE_SECONDS = 0.3  # that an instrument must have played before the memory of the last one is returned
FADE_SECONDS = 0.03  # fade-out at the end


class EngineThread(threading.Thread):
    """[any thread] Owns the host, its device and its MIDI ports. `close` stops it."""

    def __init__(self, device: "DeviceRequest | None" = None, midi: str | None = None) -> None:
        super().__init__(name="engine", daemon=True)
        self.messages: queue.SimpleQueue[EngineMessage] = queue.SimpleQueue()
        self.status = Status()
        self.loading_marker = LoadingMarker()
        self.host: StandardChain | None = None
        self.follows_voice = False  # whether instruments that can follow the voice input, from the next `load` on
        self._device, self._midi = device, midi
        self._tasks: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self.transport = Transport(self._fail)
        self._worker = WorkerThread(self._run_task)
        self._requested: Patch | None = None
        self._stopped = threading.Event()
        self._precompilation = Precompilation()
        self._states_saved_at = 0.0  # monotonic time in s
        self._stable_at = 0.0  # monotonic time in s at which memory is returned to the system; 0: not to be

    def load(self, patch: Patch) -> None:
        """Load a patch; of several pending requests only the last is carried out."""
        self._requested = patch
        self._tasks.put(self._load)

    def arrange(self, patch: Patch) -> None:
        """Change effects and second instrument; the first instrument continues to sound."""
        self._requested = patch
        self._tasks.put(self._arrange)

    def open_device(self, device: "DeviceRequest") -> None:
        """Close the device and open another one."""
        self._tasks.put(lambda: self._open_device(device))

    def map_controllers(self, learned: dict[tuple[str, str], int | None]) -> None:
        """Assign MIDI controllers to parameters, by plugin and parameter."""
        self._tasks.put(lambda: self._map_controllers(dict(learned)))

    def request(self, work: Callable[[], Any], callback: Callable[[Any], object]) -> None:
        """Run `work` on this thread; the window then calls `callback` with the result."""
        self._tasks.put(lambda: self.messages.put(Result(callback, work())))

    def submit(self, work: Callable[[], object]) -> None:
        """Run `work` on this thread."""
        self._tasks.put(work)

    def request_in_background(self, work: Callable[[], Any], callback: Callable[[Any], object]) -> None:
        """As `request`, on another thread: for slow work that needs no engine."""
        self._worker.submit(lambda: self.messages.put(Result(callback, work())))

    def close(self, seconds: float) -> bool:
        """Stop the sound and the thread; whether both have ended within `seconds`."""
        self._stopped.set()
        self._tasks.put(lambda: None)
        self._worker.stop()
        self._precompilation.stop()
        self.join(seconds)
        return not self.is_alive()

    def run(self) -> None:
        """[engine thread] Compile, make the host, then run tasks until the end."""
        try:
            for step in self._precompilation.steps():
                self.messages.put(Compiling(*step))
            if not self._stopped.is_set():
                self._run()
        except Exception as error:
            self._fail(Message(ENGINE_STOPPED, type(error).__name__, error))
            raise

    def _run(self) -> None:
        from engine.devices import stream
        from engine.midi.ports import MidiPorts
        from engine.standard_chain import StandardChain

        from .rack_loader import RackLoader

        self.host = self.transport.host = StandardChain(DEFAULT_RATE)
        self._loader = RackLoader(self.host, self.loading_marker)
        live_input = LiveInput(self.host)
        self._stream: Stream = stream.open(self.host, self._device)
        self._ports = ports = MidiPorts(self.host, self._midi)
        ports.idle = lambda: self._stream.has_midi
        with ports:
            self.messages.put(Ready(live_input))
            while not self._stopped.is_set():
                self._run_next_task()
                for step in (self._stream.poll, self.host.poll, self.transport.write, lambda: self._poll(ports)):
                    self._run_step(step)
            self._requested = None
            while not self._tasks.empty():
                self._run_next_task()
            self.transport.close()
            live_input.panic()
            time.sleep(FADE_SECONDS)
        self._stream.close()

    def _run_next_task(self) -> None:
        """Run the next task, or wait for one for at most POLL_SECONDS."""
        with contextlib.suppress(queue.Empty):
            self._run_task(self._tasks.get(timeout=POLL_SECONDS))

    def _run_task(self, task: Callable[[], object]) -> None:
        """Run a task; errors go to the window as messages, unexpected ones to the log too."""
        try:
            task()
        except (ValueError, RuntimeError, OSError) as error:
            self._fail(of_error(error))
        except Exception as error:
            self._report_fault(error)

    def _run_step(self, step: Callable[[], object]) -> None:
        """Run what is repeated in every round: it expects no error."""
        try:
            step()
        except Exception as error:
            self._report_fault(error)

    def _report_fault(self, error: Exception) -> None:
        if fault_log.write(error):
            self._fail(Message(TASK_FAILED, type(error).__name__, error))

    def _poll(self, ports: "MidiPorts") -> None:
        now = time.monotonic()
        if self._stable_at and now > self._stable_at:
            self._stable_at = 0.0
            release_memory()
        if now - self.status.time >= STATUS_SECONDS:
            assert self.host is not None
            self.status = read_status(self._stream, self.host, ports, now)
        if now - self._states_saved_at >= STATES_SECONDS:
            self._states_saved_at = now
            chain = self._loader.save_states()
            if chain is not None:
                self.messages.put(StatesSaved(chain))

    def _load(self) -> None:
        requested, self._requested = self._requested, None
        if requested is not None:
            with self._reported(requested):
                self.transport.stop_microphone()
                self._report(self._loader.load(requested, self.follows_voice))
                self._stable_at = time.monotonic() + STABLE_SECONDS

    def _arrange(self) -> None:
        requested = self._requested
        if requested is None or not self._loader.plays(requested):
            self._load()
        else:
            self._requested = None
            with self._reported(requested):
                self.transport.stop_microphone()
                self._report(self._loader.arrange(requested))

    @contextlib.contextmanager
    def _reported(self, patch: Patch) -> Iterator[None]:
        """Errors go to the window as messages, with the patch that could not be loaded."""
        try:
            yield
        except (ValueError, RuntimeError, OSError) as error:
            self.messages.put(Failed(of_error(error), patch))
        except Exception as error:
            fault_log.write(error)
            self.messages.put(Failed(Message(TASK_FAILED, type(error).__name__, error), patch))

    def _report(self, result: "LoadResult") -> None:
        """Report what plays and what could not be loaded; then load a patch that waited for this instrument."""
        self.messages.put(result.loaded)
        for problem in result.problems:
            self._fail(problem)
        if result.waiting is not None:
            self.load(result.waiting)

    def _open_device(self, device: "DeviceRequest") -> None:
        from engine.devices import stream

        assert self.host is not None
        self._stream.close()
        self._stream = stream.open(self.host, device)
        self._ports.select(device.midi)

    def _map_controllers(self, learned: dict[tuple[str, str], int | None]) -> None:
        assert self.host is not None
        self.host.midi_map = learned
        self.host.apply_midi_map()

    def _fail(self, why: Message) -> None:
        self.messages.put(Failed(why))


def release_memory() -> None:
    """Return the freed memory of instruments to the system, where glibc would keep it."""
    gc.collect()
    if sys.platform.startswith("linux"):
        getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
