"""The engine, on a thread of its own: it compiles, opens devices and loads presets while the window stays awake.

The window asks with `load`, `use` and `ask`, and takes what came of it from `news`. Notes and knobs go another way,
straight into a queue of the audio thread (`Hands`): nothing that the deck is busy with ever holds them up.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .config_store import Loading
from .free_memory import give_back
from .live_input import Hands
from .messages import Answer, Compiling, Failed, News, Ready
from .patch import Setting
from .precompile_process import Warming
from .recorders import Reels
from .status import Reading, read
from .user_message import ENGINE_STOPPED, Message, of_error
from .worker_thread import Fetcher

if TYPE_CHECKING:
    from engine.devices.backend import Settings
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.rig import Rig

    from .rack_loader import Changed

RATE = 48000.0  # Hz, until a device says its own
LOOK = 0.05  # seconds between two looks at the device
READ = 0.2  # seconds between two readings of it
SETTLED = 0.3  # seconds that an instrument must have played before its preset is held to be harmless


class EngineThread(threading.Thread):
    """[any thread] A rig, its device and its keyboards. `close` ends it."""

    def __init__(self, settings: "Settings | None" = None, midi: str | None = None) -> None:
        super().__init__(name="deck", daemon=True)
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.reading = Reading()
        self.loading = Loading()
        self.rig: Rig | None = None
        self.sung = False  # whether instruments that can shall follow the microphone, from the next `load` on
        self._settings, self._midi = settings, midi
        self._tasks: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self.reels = Reels(self._fail)
        self._fetcher = Fetcher(self._do)
        self._wanted: Setting | None = None
        self._ended = threading.Event()
        self._warming = Warming()
        self._harmless = 0.0  # when the preset that was loaded last is held to be so; 0: it is

    def load(self, wanted: Setting) -> None:
        """Let an instrument take over, as a setting says; the last wish of several counts."""
        self._wanted = wanted
        self._tasks.put(self._load)

    def arrange(self, wanted: Setting) -> None:
        """Let other effects and another second instrument stand beside what plays, which plays on."""
        self._wanted = wanted
        self._tasks.put(self._arrange)

    def use(self, settings: "Settings") -> None:
        """Leave the device and open another one."""
        self._tasks.put(lambda: self._use(settings))

    def learn(self, learned: dict[tuple[str, str], int | None]) -> None:
        """Let these controllers turn the knobs."""
        self._tasks.put(lambda: self._learn(dict(learned)))

    def ask(self, work: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Do some work on this thread; the window then gives the result to `take`."""
        self._tasks.put(lambda: self.news.put(Answer(take, work())))

    def do(self, work: Callable[[], object]) -> None:
        """Do some work on this thread."""
        self._tasks.put(work)

    def fetch(self, work: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Do some slow work that needs no engine beside it; the window then gives the result to `take`."""
        self._fetcher.fetch(lambda: self.news.put(Answer(take, work())))

    def close(self, seconds: float) -> bool:
        """Stop the sound and leave; whether it was done in time."""
        self._ended.set()
        self._tasks.put(lambda: None)
        self._fetcher.end()
        self._warming.stop()
        self.join(seconds)
        return not self.is_alive()

    def run(self) -> None:
        """Build the rig, then look after it until the end."""
        try:
            for step in self._warming.steps():
                self.news.put(Compiling(*step))
            if not self._ended.is_set():
                self._run()
        except Exception as error:
            self._fail(Message(ENGINE_STOPPED, type(error).__name__, error))
            raise

    def _run(self) -> None:
        from engine.devices import stream
        from engine.midi.ports import MidiPorts
        from engine.rig import Rig

        from .rack_loader import Changing

        self.rig = self.reels.rig = Rig(RATE)
        self._changing = Changing(self.rig, self.loading)
        hands = Hands(self.rig)
        self._opened: Stream = stream.open(self.rig, self._settings)
        self._ports = ports = MidiPorts(self.rig, self._midi)
        ports.idle = lambda: self._opened.brings_midi
        with ports:
            self.news.put(Ready(hands))
            while not self._ended.is_set():
                self._work()
                self._opened.poll()
                self.reels.turn()
                self._look(ports)
            self._wanted = None
            while not self._tasks.empty():
                self._work()
            self.reels.end()
            hands.panic()
            time.sleep(0.03)  # the fade of what sounds
        self._opened.close()

    def _work(self) -> None:
        """Do what was asked, or wait a moment for it."""
        with contextlib.suppress(queue.Empty):
            self._do(self._tasks.get(timeout=LOOK))

    def _do(self, task: Callable[[], object]) -> None:
        """Do some work; what cannot be done is said."""
        try:
            task()
        except (ValueError, RuntimeError, OSError) as error:
            self._fail(of_error(error))

    def _look(self, ports: "MidiPorts") -> None:
        now = time.monotonic()
        if self._harmless and now > self._harmless:
            self._harmless = 0.0
            self.loading.done()
            give_back()
        if now - self.reading.time >= READ:
            assert self.rig is not None
            self.reading = read(self._opened, self.rig, ports, now)

    def _load(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.reels.end_listening()
            self._say(self._changing.load(wanted, self.sung))
            self._harmless = time.monotonic() + SETTLED

    def _arrange(self) -> None:
        wanted = self._wanted
        if wanted is None or not self._changing.plays(wanted):
            self._load()
        else:
            self._wanted = None
            self.reels.end_listening()
            self._say(self._changing.arrange(wanted))

    def _say(self, changed: "Changed") -> None:
        """What plays, and what of it could not be had; a setting that waited for this instrument comes next."""
        self.news.put(changed.loaded)
        for problem in changed.problems:
            self._fail(problem)
        if changed.waiting is not None:
            self.load(changed.waiting)

    def _use(self, settings: "Settings") -> None:
        from engine.devices import stream

        assert self.rig is not None
        self._opened.close()
        self._opened = stream.open(self.rig, settings)
        self._ports.want(settings.midi)

    def _learn(self, learned: dict[tuple[str, str], int | None]) -> None:
        assert self.rig is not None
        self.rig.learned = learned
        self.rig.relearn()

    def _fail(self, why: Message) -> None:
        self.news.put(Failed(why))
