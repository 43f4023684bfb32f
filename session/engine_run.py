"""One run of the engine: a host with its device and its MIDI ports, and the thread that serves them.

It lasts until the window is closed, or until it is abandoned, because a plugin hangs in it.
"""

import contextlib
import ctypes
import gc
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.devices.background_call import BackgroundCall

from . import fault_log
from .audio_thread_queue import LiveInput
from .engine_messages import Compiling, EngineMessage, Failed, Ready, StatesSaved
from .patch import Patch
from .status import read_status
from .translatable_message import ENGINE_STOPPED, TASK_FAILED, Message, of_error

if TYPE_CHECKING:
    from engine.devices.backend import DeviceRequest
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.standard_chain import StandardChain

    from .engine_thread import EngineThread
    from .rack_loader import LoadResult, RackLoader

DEFAULT_RATE = 48000.0  # Hz, until a device gives its own
POLL_SECONDS = 0.05  # between two polls of the device
STATUS_SECONDS = 0.2  # between two status records
STATES_SECONDS = 2.0  # between two looks at the states of foreign plugins
STABLE_SECONDS = 0.3  # that an instrument must have played before the memory of the last one is returned
FADE_SECONDS = 0.03  # fade-out at the end


class EngineRun(threading.Thread):
    """[engine thread] Compiles where that is needed, opens devices and loads racks, as its engine says."""

    def __init__(self, engine: "EngineThread", is_first: bool) -> None:
        super().__init__(name="engine", daemon=True)
        self.host: StandardChain | None = None
        self.stream: Stream | None = None
        self.is_abandoned = False
        self._engine, self._is_first = engine, is_first
        self._loader: RackLoader
        self._ports: MidiPorts | None = None
        self._states_saved_at = 0.0  # monotonic time in s
        self._stable_at = 0.0  # monotonic time in s at which memory is returned to the system; 0: not to be
        self._failures: set[str] = set()  # of the plugins that play, told already

    def run(self) -> None:
        """[engine thread] Compile, make the host, then run tasks until the end."""
        try:
            for step in self._engine.precompilation.steps() if self._is_first else ():
                self.report(Compiling(*step))
            if not self._engine.stopped.is_set():
                self._run()
        except Exception as error:
            self.fail(Message(ENGINE_STOPPED, type(error).__name__, error))
            raise

    def abandon(self) -> None:
        """[another thread] Report nothing any more, and close device and ports, as far as they still answer.

        What a thread that hangs can reach stays alive: whoever calls this keeps the run.
        """
        self.is_abandoned = True
        for opened in (self.stream, self._ports):
            if opened is not None:
                BackgroundCall(opened.close)

    def report(self, message: EngineMessage) -> None:
        """[any thread] Tell the window something."""
        if not self.is_abandoned:
            self._engine.messages.put(message)

    def fail(self, why: Message) -> None:
        """[any thread] Tell the window that something failed."""
        self.report(Failed(why))

    def load(self) -> None:
        """Load the patch that was requested last, if it was not loaded yet."""
        requested = self._engine.take_requested()
        if requested is not None:
            with self._reported(requested):
                self._engine.transport.stop_microphone()
                self._report(self._loader.load(requested, self._engine.follows_voice))
                self._stable_at = time.monotonic() + STABLE_SECONDS

    def arrange(self) -> None:
        """As `load`, but go on with the instrument that sounds where it remains."""
        requested = self._engine.requested
        if requested is None or not self._loader.plays(requested):
            self.load()
        else:
            self._engine.take_requested()
            with self._reported(requested):
                self._engine.transport.stop_microphone()
                self._report(self._loader.arrange(requested))

    def open_device(self, device: "DeviceRequest") -> None:
        """Close the device and open another one."""
        from engine.devices import stream

        assert self.host is not None
        if self.stream is not None:
            self.stream.close()
        self.stream = stream.open(self.host, device)
        if self._ports is not None:
            self._ports.select(device.midi)

    def map_controllers(self, learned: dict[tuple[str, str], int | None]) -> None:
        """Assign MIDI controllers to parameters, by plugin and parameter."""
        assert self.host is not None
        self.host.midi_map = learned
        self.host.apply_midi_map()

    def _run(self) -> None:
        from engine.devices import stream
        from engine.midi.ports import MidiPorts
        from engine.standard_chain import StandardChain

        from .rack_loader import RackLoader

        engine = self._engine
        self.host = engine.transport.host = StandardChain(DEFAULT_RATE)
        self.host.midi_map = engine.learned_controllers
        self._loader = RackLoader(self.host, engine.loading_marker)
        live_input = LiveInput(self.host)
        self.stream = stream.open(self.host, engine.device)
        self._ports = ports = MidiPorts(self.host, engine.midi)
        ports.idle = lambda: self.stream is not None and self.stream.has_midi
        with ports:
            self.report(Ready(live_input, not self._is_first))
            while not engine.stopped.is_set() and not self.is_abandoned:
                self._run_next_task()
                for step in (
                    self._poll_device,
                    self.host.poll,
                    self._loader.poll,
                    engine.transport.write,
                    self._poll,
                ):
                    self._run_step(step)
            if not self.is_abandoned:
                self._end(live_input)

    def _end(self, live_input: LiveInput) -> None:
        """Do what is left to do, but load nothing any more, and fade out."""
        engine = self._engine
        engine.take_requested()
        while not engine.tasks.empty():
            self._run_next_task()
        engine.transport.close()
        live_input.panic()
        time.sleep(FADE_SECONDS)
        if self.stream is not None:
            self.stream.close()

    def _run_next_task(self) -> None:
        """Run the next task, or wait for one for at most POLL_SECONDS."""
        with contextlib.suppress(queue.Empty):
            task = self._engine.tasks.get(timeout=POLL_SECONDS)
            if self.is_abandoned:
                self._engine.tasks.put(task)  # for the run after this one
            else:
                self.run_task(lambda: task(self))

    def run_task(self, task: Callable[[], object]) -> None:
        """[any thread] Run a task; errors go to the window as messages, unexpected ones to the log too."""
        try:
            task()
        except (ValueError, RuntimeError, OSError) as error:
            self.fail(of_error(error))
        except Exception as error:
            self._report_fault(error)

    def _run_step(self, step: Callable[[], object]) -> None:
        """Run what is repeated in every round: it expects no error."""
        try:
            if not self.is_abandoned:
                step()
        except Exception as error:
            self._report_fault(error)

    def _report_fault(self, error: Exception) -> None:
        if not self.is_abandoned and fault_log.write(error):
            self.fail(Message(TASK_FAILED, type(error).__name__, error))

    def _poll_device(self) -> None:
        assert self.stream is not None
        self.stream.poll()

    def _poll(self) -> None:
        now = time.monotonic()
        assert self.host is not None
        assert self.stream is not None
        assert self._ports is not None
        if self._stable_at and now > self._stable_at:
            self._stable_at = 0.0
            release_memory()
        if now - self._engine.status.time >= STATUS_SECONDS:
            self._engine.status = read_status(self.stream, self.host, self._ports, now)
            self._report_failures(self.host)
        if now - self._states_saved_at >= STATES_SECONDS:
            self._states_saved_at = now
            chain = self._loader.save_states()
            if chain is not None:
                self.report(StatesSaved(chain))

    def _report_failures(self, host: "StandardChain") -> None:
        """Report once why a plugin that plays has stopped."""
        failures = {plugin.failure for plugin in host.chain if plugin.failure}
        for text in sorted(failures - self._failures):
            self.fail(Message(text))
        self._failures = failures

    @contextlib.contextmanager
    def _reported(self, patch: Patch) -> Iterator[None]:
        """Errors go to the window as messages, with the patch that could not be loaded."""
        try:
            yield
        except (ValueError, RuntimeError, OSError) as error:
            self.report(Failed(of_error(error), patch))
        except Exception as error:
            fault_log.write(error)
            self.report(Failed(Message(TASK_FAILED, type(error).__name__, error), patch))

    def _report(self, result: "LoadResult") -> None:
        """Report what plays and what could not be loaded; then load a patch that waited for this instrument."""
        self.report(result.loaded)
        for problem in result.problems:
            self.fail(problem)
        if result.waiting is not None:
            self._engine.load(result.waiting)


def release_memory() -> None:
    """Return the freed memory of instruments to the system, where glibc would keep it."""
    gc.collect()
    if sys.platform.startswith("linux"):
        getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
