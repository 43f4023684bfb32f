"""Cost of each block of the audio thread, and the cause when one is late.

A compiled callback wraps the engine's. A block whose CPU time exceeds its duration, or in which the thread waits,
is late by us; one that started late, or in which the system ran other programs, is late by others.
"""

import contextlib
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import carray, cfunc, njit, types

from engine.devices import jack_callback
from engine.pointers import pointer

CAPACITY = 1 << 17  # blocks that can be recorded: six minutes
THREAD, CLOCK = np.int32(1), np.int32(3)  # RUSAGE_THREAD, CLOCK_THREAD_CPUTIME_ID of Linux
MONOTONIC = np.int32(1)
WAITED = 16  # index of ru_nvcsw in a rusage of longs

BLOCKS = np.dtype(
    [
        ("count", "i8"),
        ("start", "i8", (CAPACITY,)),  # nanoseconds
        ("wall", "i8", (CAPACITY,)),  # nanoseconds of wall time
        ("cpu", "i8", (CAPACITY,)),  # nanoseconds of CPU time
        ("waits", "i8", (CAPACITY,)),  # voluntary context switches
        ("frames", "i8", (CAPACITY,)),
        ("usage", "i8", (18,)),
        ("time", "i8", (2,)),
    ],
    align=True,
)

_record = np.zeros(1, BLOCKS)
_record_address = _record.ctypes.data  # compiled in: the callback's argument is the engine's record
_clock_gettime = types.ExternalFunction("clock_gettime", types.intc(types.intc, types.CPointer(types.int64)))
_getrusage = types.ExternalFunction("getrusage", types.intc(types.intc, types.CPointer(types.int64)))
_engine = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)(jack_callback.process.address)


@njit(error_model="numpy")
def read(clock, time):
    """Nanoseconds of a clock. time: (2,) int64, written."""
    _clock_gettime(clock, time.ctypes)
    return time[0] * 1_000_000_000 + time[1]


@cfunc(types.intc(types.uint32, types.voidptr), error_model="numpy")
def process(frames, user):
    """[audio thread] Run the engine's callback for a block, and record its cost."""
    log = carray(pointer(_record_address), 1, BLOCKS)[0]
    index = log.count % CAPACITY
    log.start[index] = read(MONOTONIC, log.time)
    _getrusage(THREAD, log.usage.ctypes)
    waited, cpu = log.usage[WAITED], read(CLOCK, log.time)
    status = _engine(frames, user)
    log.cpu[index] = read(CLOCK, log.time) - cpu
    _getrusage(THREAD, log.usage.ctypes)
    log.waits[index] = log.usage[WAITED] - waited
    log.wall[index] = read(MONOTONIC, log.time) - log.start[index]
    log.frames[index] = frames
    log.count += 1
    return status


@dataclass(frozen=True)
class BlockSummary:
    """Number of blocks, those late by us and by others, and the maximum work of one."""

    count: int
    late_by_us: int  # by their own work, or because they waited
    late_by_others: int  # too long or started a block too late, but not by our work
    max_load: float  # own work, as a share of the block's duration


class BlockLog:
    """Blocks since the start, or the last `clear`; rate: Hz."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self.clear()

    def clear(self) -> None:
        """Restart the count."""
        self._first = int(_record["count"][0])

    def summarize(self) -> BlockSummary:
        """Summarize the blocks so far. ValueError if there are more than CAPACITY."""
        last = int(_record["count"][0])
        if last - self._first > CAPACITY:
            raise ValueError(f"{last - self._first} blocks, at most {CAPACITY} can be summarized")
        indices = np.arange(self._first, last)
        start, wall, cpu, waits, frames = (
            np.take(_record[name][0], indices, mode="wrap") for name in ("start", "wall", "cpu", "waits", "frames")
        )
        due = frames * 1e9 / self._rate  # nanoseconds
        late_by_us = (cpu > due) | (waits > 0)
        late = np.diff(start, prepend=start[:1]) > 2 * due
        late_by_others = ((wall > due) | late) & ~late_by_us
        return BlockSummary(
            len(indices), int(late_by_us.sum()), int(late_by_others.sum()), float((cpu / due).max(initial=0.0))
        )


@contextlib.contextmanager
def record_blocks(rate: float) -> Iterator[BlockLog]:
    """Context in which JACK clients that are opened are recorded; one at a time."""
    engine = jack_callback.process
    jack_callback.process = process
    try:
        yield BlockLog(rate)
    finally:
        jack_callback.process = engine
