"""Learn an instrument from single notes: a resonance per key, a layer per dynamic, in parallel processes."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from engine.pitch_and_frequency import note_name, pitch_of

from . import level_matching, note_cache, velocity_layers
from .key_and_dynamic import RecordingInfo, classify, hear
from .note import Note
from .note_jobs import learn_keys
from .note_recording import NoteRecording
from .selection import drop_other_sounds, select


@dataclass(frozen=True)
class Config:
    """Settings. modes: per note. rate: Hz. processes: 0 for one per core. even: match levels over the keys."""

    modes: int = 64
    rate: int = 44100
    processes: int = 0
    even: bool = True
    seed: int = 0

    @property
    def process_count(self) -> int:
        """Number of processes that learn at once."""
        return self.processes or os.cpu_count() or 1


@dataclass(frozen=True)
class Progress:
    """State of learning. done, all: recordings. seconds: elapsed. text: what was just done."""

    done: int
    all: int
    seconds: float
    text: str


@dataclass
class LearnedNotes:
    """Keys (MIDI) with one note per dynamic, soft to loud; messages: problems, for the user."""

    rate: int
    dynamics: list[str]
    keys: dict[int, list[Note]]
    messages: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stopped: bool = False

    @property
    def velocities(self) -> list[float]:
        """Velocity 0…1 of each dynamic; 0.7 of a single one."""
        return velocity_layers.velocities_of(self.dynamics)


def learn(
    recordings: Sequence[NoteRecording],
    config: Config | None = None,
    report: Callable[[Progress], None] | None = None,
    folder: Path | None = None,
    resume: bool = False,
) -> LearnedNotes:
    """Learn an instrument from recordings of single notes; Ctrl+C keeps the keys that are done.

    folder: keeps finished keys until `note_cache.clear`. resume: use those it holds; the result is the same.
    ValueError with one line if there is nothing to learn from. The same recordings give the same instrument.
    """
    config, start = config or Config(), time.monotonic()
    notify = report or (lambda progress: None)
    results = _Results(config, folder)
    stopped = False
    ordered = sorted(recordings, key=lambda recorded: (recorded.path, recorded.first))
    recordings, results.messages = drop_other_sounds(ordered)
    with _pool(config) as pool:
        try:
            heard = []
            for one in pool.map(hear, recordings, [config.rate] * len(recordings)):
                heard.append(one)
                notify(Progress(0, len(recordings), time.monotonic() - start, f"analyzed {one.recorded.name}"))
            infos, set_messages = classify(heard)
            chosen, new_messages = select(infos)
            results.messages += set_messages + new_messages
            total = sum(len(group) for group in chosen.values())
            new = results.load(chosen) if resume else chosen
            done = total - sum(len(group) for group in new.values())
            for now in learn_keys(pool, config.process_count, new, config.modes, config.rate):
                if now.notes is not None:
                    results.add(now.key, chosen[now.key], now.notes)
                if now.recordings:
                    done += now.recordings
                    notify(Progress(done, total, time.monotonic() - start, note_name(now.key)))
        except KeyboardInterrupt:
            stopped = True
            notify(
                Progress(
                    len(results.found), len(recordings), time.monotonic() - start, "stopping: notes in hand end first"
                )
            )
            pool.shutdown(wait=False, cancel_futures=True)
    if not results.found:
        messages = results.messages
        raise ValueError(
            "nothing was learned: " + (messages[0] if messages else "stopped before the first note was done")
        )
    return _assemble(dict(sorted(results.found.items())), config, results.messages, time.monotonic() - start, stopped)


class _Results:
    """Results so far: the notes of each key by dynamic, and messages."""

    def __init__(self, config: Config, folder: Path | None) -> None:
        self.config, self.folder = config, folder
        self.found: dict[int, dict[str, Note]] = {}
        self.messages: list[str] = []

    def load(self, chosen: dict[int, list[RecordingInfo]]) -> dict[int, list[RecordingInfo]]:
        """Load the keys that are cached; return the others."""
        others = {}
        for key, group in chosen.items():
            notes = note_cache.load(self.folder, self._cache_name(key, group)) if self.folder else None
            if notes:
                self._store(key, group, notes)
            else:
                others[key] = group
        return others

    def add(self, key: int, group: list[RecordingInfo], notes: dict[str, Note] | ValueError) -> None:
        """Add the notes of a key, or a message that says why there are none."""
        if isinstance(notes, ValueError):
            self.messages.append(f"{note_name(key)} is left out: {notes}")
            return
        self._store(key, group, notes)
        if self.folder:
            note_cache.save(self.folder, self._cache_name(key, group), notes)

    def _store(self, key: int, group: list[RecordingInfo], notes: dict[str, Note]) -> None:
        """Add notes to their key; an unpitched recording goes to the key of its strongest mode."""
        if not group[0].is_pitched:
            frequency = next(iter(notes.values())).pitch
            key = round(pitch_of(frequency))
            message = f"no clear pitch: its strongest mode, {frequency:.0f} Hz, is taken for one ({note_name(key)})"
            self.messages.append(f"{group[0].recorded.name} has {message}.")
        self.found[key] = notes

    def _cache_name(self, key: int, group: list[RecordingInfo]) -> str:
        """Cache file name of a key."""
        played = [
            (one.first, one.last, one.cents, one.decibels, one.pan) for one in (info.recorded for info in group)
        ]
        settings = self.config.modes, self.config.rate, group[0].is_pitched, played
        return f"{key}-{note_cache.fingerprint([info.recorded.path for info in group], settings)}"


def _assemble(
    notes_by_key: dict[int, dict[str, Note]], config: Config, messages: list[str], seconds: float, stopped: bool
) -> LearnedNotes:
    """All keys with all dynamics, tuned and with matched levels."""
    dynamics = velocity_layers.sort({name for notes in notes_by_key.values() for name in notes})
    pitches = {key: next(iter(notes.values())).pitch for key, notes in notes_by_key.items()}
    filled, new_messages = velocity_layers.fill_layers(notes_by_key, dynamics)
    filled = {key: velocity_layers.retune(notes_of_key, pitches[key]) for key, notes_of_key in filled.items()}
    if config.even:
        filled = level_matching.match_levels(filled, velocity_layers.velocities_of(dynamics))
    return LearnedNotes(config.rate, dynamics, filled, messages + new_messages, seconds, stopped)


@contextmanager
def _pool(config: Config) -> Iterator[ProcessPoolExecutor]:
    """Processes with one thread each, so that sums have a fixed order and the result is reproducible."""
    saved = {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    os.environ.update(dict.fromkeys(saved, "1"))
    pool = ProcessPoolExecutor(config.process_count, multiprocessing.get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _start_worker() -> None:
    """Ignore SIGINT, which the parent handles; exit when the parent process dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    """Wait for the parent process to end, then exit."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # it runs in processes of a pool
    parent.join()
    os._exit(1)
