"""The jobs in which notes are learned: the loudest recording of a key, then its other dynamics side by side.

Where there are few keys, the bands of the loudest recording are spread over several jobs. The result is the same
for any number of processes.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from engine.pitch_and_frequency import frequency_of

from . import note
from .key_and_dynamic import RecordingInfo
from .mode_search import BandFits
from .note import Note

JOBS_PER_PROCESS = 2
"""Jobs that the loudest recordings of all keys are divided into, at least, for each process."""
POLL_SECONDS = 0.5
"""Time after which a wait for jobs ends, so that Ctrl+C is noticed."""


@dataclass(frozen=True)
class KeyProgress:
    """What a job has brought. recordings: number that it ended.

    notes: of the key by dynamic, loudest first, once all are there; or the error of the first one that failed.
    """

    key: int
    recordings: int
    notes: dict[str, Note] | ValueError | None = None


@dataclass(frozen=True)
class _Job:
    """A function for another process; take: receives what it returns, and gives the jobs that follow."""

    work: "_KeyWork"
    function: Callable[..., Any]
    args: tuple[Any, ...]
    take: Callable[[Any], "list[_Job]"]
    place: int = 0  # in the group, of the recording that ends with it
    recordings: int = 1


@dataclass
class _KeyWork:
    """The work on the recordings of one key, loudest first. modes: of each note; rate: Hz; parts: of the bands."""

    key: int
    group: Sequence[RecordingInfo]
    modes: int
    rate: int
    parts: int
    found: dict[int, Note] = field(default_factory=dict)  # by place in the group
    errors: dict[int, ValueError] = field(default_factory=dict)
    fits: dict[int, list[BandFits]] = field(default_factory=dict)  # by part
    unfinished: int = 0  # jobs

    def first_jobs(self) -> list[_Job]:
        """The jobs that need no other."""
        if self.parts == 1:
            return self._add([self._loudest_job(None)])
        return self._add(
            [
                _Job(self, _fit_bands, (self.group[0], self.rate, part, self.parts), self._take_part(part), 0, 0)
                for part in range(self.parts)
            ]
        )

    def end(self, job: _Job, future: Future[Any]) -> tuple[list[_Job], KeyProgress]:
        """Take what a job has brought (numpy's LinAlgError is a ValueError); the jobs that follow, and progress."""
        self.unfinished -= 1
        error = future.exception()
        if error is not None and not isinstance(error, ValueError):
            raise error
        if isinstance(error, ValueError):
            self.errors.setdefault(job.place, error)
        jobs = [] if error else self._add(job.take(future.result()))
        is_over = not self.unfinished
        recordings = (
            len(self.group) if is_over and 0 in self.errors else job.recordings if not error or job.place else 0
        )
        return jobs, KeyProgress(self.key, recordings, self._notes() if is_over else None)

    def _add(self, jobs: list[_Job]) -> list[_Job]:
        self.unfinished += len(jobs)
        return jobs

    def _loudest_job(self, fits: list[BandFits] | None) -> _Job:
        return _Job(self, _fit_loudest, (self.group[0], self.rate, self.modes, fits), self._take_loudest)

    def _take_part(self, part: int) -> Callable[[list[BandFits]], list[_Job]]:
        def take(fits: list[BandFits]) -> list[_Job]:
            self.fits[part] = fits
            if len(self.fits) < self.parts:
                return []
            together: list[Any] = [None] * sum(len(found) for found in self.fits.values())
            for number, found in self.fits.items():
                together[number :: self.parts] = found
            return [self._loudest_job(together)]

        return take

    def _take_loudest(self, loudest: Note) -> list[_Job]:
        self.found[0] = loudest
        return [
            _Job(self, _fit_other, (info, self.rate, loudest), self._take_other(place), place)
            for place, info in enumerate(self.group)
            if place
        ]

    def _take_other(self, place: int) -> Callable[[Note], list[_Job]]:
        def take(found: Note) -> list[_Job]:
            self.found[place] = found
            return []

        return take

    def _notes(self) -> dict[str, Note] | ValueError:
        if self.errors:
            return self.errors[min(self.errors)]
        return {info.dynamic: info.recorded.correct(self.found[place]) for place, info in enumerate(self.group)}


def learn_keys(
    pool: Executor, processes: int, chosen: Mapping[int, Sequence[RecordingInfo]], modes: int, rate: int
) -> Iterator[KeyProgress]:
    """Learn the recordings of keys (MIDI), loudest first; yield progress, the keys about in their order.

    modes: of each note. rate: Hz. Jobs are handed over one by one, so that keys are finished before others begin.
    """
    parts = min(processes, -(-JOBS_PER_PROCESS * processes // max(len(chosen), 1)))
    ready = deque(
        job for key, group in chosen.items() for job in _KeyWork(key, group, modes, rate, parts).first_jobs()
    )
    pending: dict[Future[Any], _Job] = {}
    while ready or pending:
        while ready and len(pending) <= processes:
            job = ready.popleft()
            pending[pool.submit(job.function, *job.args)] = job
        done = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED).done
        for future in [future for future in pending if future in done]:
            job = pending.pop(future)
            following, progress = job.work.end(job, future)
            ready.extendleft(reversed(following))
            yield progress


def _near(info: RecordingInfo) -> float | None:
    """Approximate pitch of a recording in Hz."""
    return frequency_of(info.key) if info.key is not None else None


def _fit_bands(info: RecordingInfo, rate: int, part: int, parts: int) -> list[BandFits]:
    """[another process] Fit every `parts`-th band of a recording."""
    return note.fit_bands(
        info.recorded.read(rate).samples, rate, _near(info), info.is_pitched, slice(part, None, parts)
    )


def _fit_loudest(info: RecordingInfo, rate: int, modes: int, fits: list[BandFits] | None) -> Note:
    """[another process] Learn the loudest recording of a key."""
    return note.fit(info.recorded.read(rate).samples, rate, modes, _near(info), info.is_pitched, fits)


def _fit_other(info: RecordingInfo, rate: int, loudest: Note) -> Note:
    """[another process] Learn another dynamic: the modes of the loudest are matched in it."""
    return note.fit_like(info.recorded.read(rate).samples, rate, loudest, info.is_pitched)
