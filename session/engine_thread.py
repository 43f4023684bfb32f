"""Engine thread: compiles, opens devices and loads racks, so that the window never waits.

The window calls `load`, `open_device` and `request`, and drains the results from `messages`. Notes and parameter
changes go directly into a queue of the audio thread (`LiveInput`), so that no task of this thread delays them.

Where a plugin hangs, the thread, its device and its host are abandoned, and others take their place.
"""

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.foreign import calls

from .crash_marker import LoadingMarker
from .engine_messages import EngineMessage, Failed, PluginHung, Result
from .engine_run import EngineRun
from .hang_watch import WATCH_SECONDS, Hang, HangWatch
from .patch import Patch
from .precompile_process import Precompilation
from .status import Status
from .translatable_message import PLUGIN_SLOW, Message
from .transport import Transport
from .worker_thread import WorkerThread

if TYPE_CHECKING:
    from engine.devices.backend import DeviceRequest
    from engine.devices.stream import Stream
    from engine.standard_chain import StandardChain


class EngineThread:
    """[any thread] The engine of a window, from `start` to `close`: the runs of it, one after the other."""

    def __init__(self, device: "DeviceRequest | None" = None, midi: str | None = None) -> None:
        self.messages: queue.SimpleQueue[EngineMessage] = queue.SimpleQueue()
        self.status = Status()
        self.loading_marker = LoadingMarker()
        self.follows_voice = False  # whether instruments that can follow the voice input, from the next `load` on
        self.device, self.midi = device, midi
        self.learned_controllers: dict[tuple[str, str], int | None] = {}
        self.requested: Patch | None = None
        self.tasks: queue.SimpleQueue[Callable[[EngineRun], object]] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self.precompilation = Precompilation()
        self._run = EngineRun(self, is_first=True)
        self._abandoned: list[EngineRun] = []  # alive as long as a thread may come back into them
        self.transport = Transport(self._fail)
        self._worker = WorkerThread(self._run_task)
        self._watcher = threading.Thread(target=self._watch, name="engine watch", daemon=True)

    @property
    def host(self) -> "StandardChain | None":
        """What plays; None until the engine is ready."""
        return self._run.host

    @property
    def stream(self) -> "Stream | None":
        """The stream to the device; None until the engine is ready."""
        return self._run.stream

    def start(self) -> None:
        """Begin to compile and to play."""
        self._run.start()
        self._watcher.start()

    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._run.is_alive()

    def load(self, patch: Patch) -> None:
        """Load a patch; of several pending requests only the last is carried out."""
        self.requested = patch
        self.tasks.put(EngineRun.load)

    def arrange(self, patch: Patch) -> None:
        """Change effects and second instrument; the first instrument continues to sound."""
        self.requested = patch
        self.tasks.put(EngineRun.arrange)

    def take_requested(self) -> Patch | None:
        """[engine thread] The patch that is to be loaded, which then is not any more."""
        requested, self.requested = self.requested, None
        return requested

    def open_device(self, device: "DeviceRequest") -> None:
        """Close the device and open another one."""
        self.device, self.midi = device, device.midi
        self.tasks.put(lambda run: run.open_device(device))

    def map_controllers(self, learned: dict[tuple[str, str], int | None]) -> None:
        """Assign MIDI controllers to parameters, by plugin and parameter."""
        found = self.learned_controllers = dict(learned)
        self.tasks.put(lambda run: run.map_controllers(found))

    def request(self, work: Callable[[], Any], callback: Callable[[Any], object]) -> None:
        """Run `work` on this thread; the window then calls `callback` with the result."""
        self.tasks.put(lambda run: run.report(Result(callback, work())))

    def submit(self, work: Callable[[], object]) -> None:
        """Run `work` on this thread."""
        self.tasks.put(lambda run: work())

    def request_in_background(self, work: Callable[[], Any], callback: Callable[[Any], object]) -> None:
        """As `request`, on another thread: for slow work that needs no engine."""
        self._worker.submit(lambda: self.messages.put(Result(callback, work())))

    def close(self, seconds: float) -> bool:
        """Stop the sound and the thread; whether both have ended within `seconds`."""
        self.stopped.set()
        self.tasks.put(lambda run: None)
        self._worker.stop()
        self.precompilation.stop()
        self._run.join(seconds)
        return not self._run.is_alive() and not self._abandoned

    def _fail(self, why: Message) -> None:
        self._run.fail(why)

    def _run_task(self, task: Callable[[], object]) -> None:
        self._run.run_task(task)

    def _watch(self) -> None:
        """[its own thread] Begin anew where a plugin hangs, and say where one takes long to be opened."""
        watch = HangWatch()
        while not self.stopped.wait(WATCH_SECONDS):
            hang = watch.look(self._run.host, self._run.ident)
            if hang is not None:
                self._begin_anew(hang)
                watch = HangWatch()
            elif title := watch.slow_call(self._run.ident):
                self.messages.put(Failed(Message(PLUGIN_SLOW, title)))

    def _begin_anew(self, hang: Hang) -> None:
        """Abandon the run and what it has opened; another one plays on without the plugin that hangs."""
        calls.refuse(hang.source, hang.title)
        before, self._run = self._run, EngineRun(self, is_first=False)
        self._abandoned.append(before)
        self.messages.put(PluginHung(hang.title))
        before.abandon()
        self.transport.abandon()
        self.loading_marker.clear()
        self.requested = None
        self._run.start()
