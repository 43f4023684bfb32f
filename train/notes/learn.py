"""A folder of single notes → one instrument: a resonance per key, a layer per dynamic, in parallel processes."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from train import recording

from . import level_matching, note_cache, pitch, velocity_layers
from .classify import Heard, choose, listen
from .note import Note, fit, fit_like


@dataclass(frozen=True)
class Config:
    """All that decides what is learned. modes: per note. rate: Hz. processes: 0 for one per core."""

    modes: int = 64
    rate: int = 44100
    processes: int = 0
    even: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """How far learning is. done, all: recordings. seconds: so far. text: what has just been done."""

    done: int
    all: int
    seconds: float
    text: str


@dataclass
class Instrument:
    """Keys (MIDI) with one note per dynamic, soft to loud; velocities: of the dynamics; words: what was found odd."""

    rate: int
    dynamics: list[str]
    keys: dict[int, list[Note]]
    words: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stopped: bool = False

    @property
    def velocities(self) -> list[float]:
        """Velocity 0 … 1 of each dynamic; of a single one the middle."""
        return [velocity_layers.DYNAMICS[name] for name in self.dynamics] if len(self.dynamics) > 1 else [0.7]


def learn(
    paths: Sequence[str | Path],
    config: Config | None = None,
    report: Callable[[Progress], None] | None = None,
    place: Path | None = None,
    resume: bool = False,
) -> Instrument:
    """One instrument from recordings of single notes; Ctrl+C keeps the keys that are done.

    place: a folder that keeps them until `kept.forget`. resume: take those that it has; the result is the same.
    ValueError in one line if there is nothing to learn from. The same recordings give the same instrument.
    """
    config, start = config or Config(), time.monotonic()
    tell = report or (lambda progress: None)
    work = _Work(config, place)
    stopped = False
    names = sorted(str(path) for path in paths)
    with _pool(config) as pool:
        try:
            listened = []
            for heard in pool.map(listen, names, [config.rate] * len(names)):
                listened.append(heard)
                tell(Progress(0, len(names), time.monotonic() - start, f"heard {Path(heard.path).name}"))
            chosen, said = choose(listened)
            work.words += said
            total = sum(len(group) for group in chosen.values())
            jobs = work.begin(pool, chosen, resume)
            done = total - sum(len(chosen[key]) for key in jobs.values())
            for key, notes in _as_done(jobs):
                work.take(key, chosen[key], notes)
                done += len(chosen[key])
                tell(Progress(done, total, time.monotonic() - start, pitch.name_of(key)))
        except KeyboardInterrupt:
            stopped = True
            tell(Progress(len(work.found), len(names), time.monotonic() - start, "stopping: notes in hand end first"))
            pool.shutdown(wait=False, cancel_futures=True)
    if not work.found:
        words = work.words
        raise ValueError("nothing was learned: " + (words[0] if words else "stopped before the first note was done"))
    return _assembled(dict(sorted(work.found.items())), config, work.words, time.monotonic() - start, stopped)


class _Work:
    """What is learned so far: the notes of each key by dynamic, and words on what is odd."""

    def __init__(self, config: Config, place: Path | None) -> None:
        self.config, self.place = config, place
        self.found: dict[int, dict[str, Note]] = {}
        self.words: list[str] = []

    def begin(
        self, pool: ProcessPoolExecutor, chosen: dict[int, list[Heard]], resume: bool
    ) -> dict[Future[dict[str, Note]], int]:
        """Set the pool to work on the keys that are not kept; the key of each job."""
        jobs = {}
        for key, group in chosen.items():
            notes = note_cache.load(self.place, self._name(key, group)) if self.place and resume else None
            if notes:
                self._have(key, group, notes)
            else:
                jobs[pool.submit(_learn_key, group, self.config)] = key
        return jobs

    def take(self, key: int, group: list[Heard], notes: dict[str, Note] | ValueError) -> None:
        """The notes of a key, or why there are none."""
        if isinstance(notes, ValueError):
            self.words.append(f"{pitch.name_of(key)} is left out: {notes}")
            return
        self._have(key, group, notes)
        if self.place:
            note_cache.save(self.place, self._name(key, group), notes)

    def _have(self, key: int, group: list[Heard], notes: dict[str, Note]) -> None:
        """Put the notes on their key: what has no pitch goes where its strongest mode is."""
        if not group[0].pitched:
            found = next(iter(notes.values())).pitch
            key = round(pitch.key_of(found))
            said = f"no clear pitch: its strongest mode, {found:.0f} Hz, is taken for one ({pitch.name_of(key)})"
            self.words.append(f"{Path(group[0].path).name} has {said}.")
        self.found[key] = notes

    def _name(self, key: int, group: list[Heard]) -> str:
        """The file that a key is kept in."""
        decides = self.config.modes, self.config.rate, group[0].pitched
        return f"{key}-{note_cache.mark([one.path for one in group], decides)}"


def _learn_key(group: list[Heard], config: Config) -> dict[str, Note]:
    """The notes of one key by dynamic: the loudest leads, the others follow it."""
    notes: dict[str, Note] = {}
    for heard in group:
        samples, rate = recording.load(heard.path, config.rate)
        if not notes:
            near = pitch.frequency_of(heard.key) if heard.key is not None else None
            leader = fit(samples, rate, config.modes, near, heard.pitched)
            notes[heard.dynamic] = leader
        else:
            notes[heard.dynamic] = fit_like(samples, rate, leader, heard.pitched)
    return notes


def _assembled(
    found: dict[int, dict[str, Note]], config: Config, words: list[str], seconds: float, stopped: bool
) -> Instrument:
    """The keys with all dynamics, in tune and even."""
    dynamics = [name for name in velocity_layers.DYNAMICS if any(name in notes for notes in found.values())]
    pitches = {key: next(iter(notes.values())).pitch for key, notes in found.items()}
    whole, said = velocity_layers.fill(found, dynamics)
    whole = {key: velocity_layers.tuned(row, pitches[key]) for key, row in whole.items()}
    if config.even:
        whole = level_matching.even(whole)
    return Instrument(config.rate, dynamics, whole, words + said, seconds, stopped)


def _as_done(jobs: dict[Future[dict[str, Note]], int]) -> Iterator[tuple[int, dict[str, Note] | ValueError]]:
    """Key of each job as it ends, and its notes or why there are none (numpy's LinAlgError is a ValueError too)."""
    waiting = set(jobs)
    while waiting:
        done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
        for job in sorted(done, key=lambda one: jobs[one]):
            error = job.exception()
            if error is not None and not isinstance(error, ValueError):
                raise error
            yield jobs[job], error if isinstance(error, ValueError) else job.result()


@contextmanager
def _pool(config: Config) -> Iterator[ProcessPoolExecutor]:
    """Processes with one thread each: their sums then have one order, and the result always is the same."""
    count = config.processes or os.cpu_count() or 1
    before = {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    os.environ.update(dict.fromkeys(before, "1"))
    pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=_deaf)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _deaf() -> None:
    """Ctrl+C is for the parent; who has lost it works for nobody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # it runs in processes of a pool
    parent.join()
    os._exit(1)
