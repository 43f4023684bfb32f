"""The engine, on a thread of its own: it compiles, opens devices and loads presets while the window stays awake.

The window asks with `load`, `use` and `ask`, and takes what came of it from `news`. Notes and knobs go another way,
straight into a queue of the audio thread (`Hands`): nothing that the deck is busy with ever holds them up.
"""

import ctypes
import gc
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chain import Setting
from .compiling import Compiler
from .hands import Hands
from .news import Answer, Compiling, Failed, News, Ready
from .reading import Reading, read
from .store import Loading

if TYPE_CHECKING:
    from engine.outlet import Settings
    from engine.rig import Rig
    from engine.sources.ports import MidiPorts
    from engine.stream import Stream

    from .changing import Changed, Changing
    from .scoring import Scoring
    from .taking import Tape

RATE = 48000.0  # Hz, until a device says its own
LOOK = 0.05  # seconds between two looks at the device
READ = 0.2  # seconds between two readings of it
AT_ONCE = ("resonance",)  # compiled before the first sound: the kind of the first instrument
SETTLED = 0.3  # seconds that an instrument must have played before its preset is held to be harmless


class Deck(threading.Thread):
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
        self.score: Scoring | None = None
        self._tape: Tape | None = None
        self._heard: Tape | None = None
        self._wanted: Setting | None = None
        self._ended = threading.Event()
        self._compiler: Compiler | None = None
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

    def close(self, seconds: float) -> bool:
        """Stop the sound and leave; whether it was done in time."""
        self._ended.set()
        self._tasks.put(lambda: None)
        compiler = self._compiler
        if compiler is not None:
            compiler.stop()
        self.join(seconds)
        return not self.is_alive()

    def run(self) -> None:
        """Build the rig, then look after it until the end."""
        try:
            self._compile()
            if self._ended.is_set():
                return
            self._run()
        except Exception as error:
            self.news.put(Failed(f"the engine has stopped: {type(error).__name__}: {error}"))
            raise

    def begin_tape(self, path: Path) -> "Tape":
        """[deck's thread] Take down what is played from now on."""
        from .taking import Tape

        assert self.rig is not None
        self.end_tape()
        self._tape = Tape(self.rig, path)
        return self._tape

    def end_tape(self) -> None:
        """[deck's thread] Let the file be whole."""
        tape, self._tape = self._tape, None
        if tape is not None:
            tape.stop()

    def begin_listening(self, path: Path) -> Path:
        """[deck's thread] Take down what the microphone hears from now on; what plays, plays on."""
        from engine.sources.microphone import Microphone

        from .taking import Tape

        assert self.rig is not None
        self.end_listening()
        microphone = Microphone()
        self._heard = Tape(self.rig, path, microphone)
        self.rig.arrange([microphone, *self.rig.row])
        return path

    def end_listening(self) -> None:
        """[deck's thread] Let that file be whole, and the microphone go."""
        heard, self._heard = self._heard, None
        if heard is not None:
            assert self.rig is not None
            heard.stop()
            self.rig.arrange([plugin for plugin in self.rig.row if plugin is not heard.source])

    def open_score(self, path: Path) -> None:
        """[deck's thread] Play a MIDI file."""
        from .scoring import Scoring

        assert self.rig is not None
        score = Scoring(self.rig, path)
        self.close_score()
        self.score = score
        score.play()

    def close_score(self) -> None:
        """[deck's thread] End the score."""
        score, self.score = self.score, None
        if score is not None:
            score.stop()

    def _compile(self) -> None:
        """What plays first, before anything is heard; the rest while it plays."""
        from engine.warm import is_warm

        if not is_warm(AT_ONCE) and not self._ended.is_set():
            self._compiler = Compiler(AT_ONCE)
            for number, total, what in self._compiler.steps():
                self.news.put(Compiling(number, total, what))
            self._compiler = None
        if not is_warm() and not self._ended.is_set():
            self._compiler = Compiler()

    def _run(self) -> None:
        from engine import stream
        from engine.rig import Rig
        from engine.sources.ports import MidiPorts

        self.rig = Rig(RATE)
        self._changing = _changing(self.rig, self.loading)
        hands = Hands(self.rig)
        self._opened: Stream = stream.open(self.rig, self._settings)
        self._ports = ports = MidiPorts(self.rig, self._midi)
        ports.idle = lambda: self._opened.brings_midi
        with ports:
            self.news.put(Ready(hands))
            while not self._ended.is_set():
                self._work()
                self._opened.poll()
                self._perform()
                self._look(ports)
            self._wanted = None
            while not self._tasks.empty():
                self._work()
            self.end_listening()
            self.end_tape()
            hands.panic()
            time.sleep(0.03)  # the fade of what sounds
        self._opened.close()

    def _work(self) -> None:
        """Do what was asked, or wait a moment for it."""
        try:
            task = self._tasks.get(timeout=LOOK)
        except queue.Empty:
            return
        try:
            task()
        except (ValueError, RuntimeError, OSError) as error:
            self.news.put(Failed(str(error)))

    def _perform(self) -> None:
        for tape in (self._tape, self._heard):
            if tape is not None:
                self._spool(tape)
        if self.score is not None:
            self.score.feed()

    def _spool(self, tape: "Tape") -> None:
        """Write what was played; a disk that takes no more ends the recording, not the music."""
        try:
            tape.spool()
        except (OSError, RuntimeError, ValueError) as error:
            self.news.put(Failed(f"{tape.path.name} could not be written on: {error}"))
            tape.source.run(False)
            assert self.rig is not None
            if tape.source in self.rig.row:  # a microphone
                self.rig.arrange([plugin for plugin in self.rig.row if plugin is not tape.source])
            self._tape, self._heard = (None if each is tape else each for each in (self._tape, self._heard))

    def _look(self, ports: "MidiPorts") -> None:
        now = time.monotonic()
        if self._harmless and now > self._harmless:
            self._harmless = 0.0
            self.loading.done()
            _give_back()
        if now - self.reading.time >= READ:
            assert self.rig is not None
            self.reading = read(self._opened, self.rig, ports, now)

    def _load(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.end_listening()
            self._say(self._changing.load(wanted, self.sung))
            self._harmless = time.monotonic() + SETTLED

    def _arrange(self) -> None:
        wanted = self._wanted
        if wanted is None or not self._changing.plays(wanted):
            self._load()
            return
        self._wanted = None
        self.end_listening()
        self._say(self._changing.arrange(wanted))

    def _say(self, changed: "Changed") -> None:
        """What plays, and what of it could not be had; a setting that waited for this instrument comes next."""
        self.news.put(changed.loaded)
        for problem in changed.problems:
            self.news.put(Failed(problem))
        if changed.waiting is not None:
            self.load(changed.waiting)

    def _use(self, settings: "Settings") -> None:
        from engine import stream

        assert self.rig is not None
        self._opened.close()
        self._opened = stream.open(self.rig, settings)
        self._ports.want(settings.midi)

    def _learn(self, learned: dict[tuple[str, str], int | None]) -> None:
        assert self.rig is not None
        self.rig.learned = learned
        self.rig.relearn()


def _changing(rig: "Rig", loading: Loading) -> "Changing":
    """Imported here: it takes the engine, which must be compiled first."""
    from .changing import Changing

    return Changing(rig, loading)


def _give_back() -> None:
    """Let the system have the memory of instruments that are gone, where the C library would keep it."""
    gc.collect()
    if sys.platform.startswith("linux"):
        getattr(ctypes.CDLL(None), "malloc_trim", int)(0)
