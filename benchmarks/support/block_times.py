"""What each block of the audio thread costs, and whose fault it is when one is late.

Its callback stands before the engine's, compiled as well. A block whose own work takes longer than its time, or in
which the thread waits for somebody, is our fault; one that was begun late, or in which the system let others run
before us, is not.
"""

import contextlib
import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import carray, cfunc, njit, types

from engine.devices import jack_callback
from engine.memory import pointer

CAPACITY = 1 << 17  # blocks that can be looked at: six minutes
THREAD, CLOCK = np.int32(1), np.int32(3)  # RUSAGE_THREAD, CLOCK_THREAD_CPUTIME_ID of Linux
MONOTONIC = np.int32(1)
WAITED, INTERRUPTED = 16, 17  # places of ru_nvcsw and ru_nivcsw in a rusage of longs

BLOCKS = np.dtype(
    [
        ("count", "i8"),
        ("begun", "i8", (CAPACITY,)),  # nanoseconds
        ("wall", "i8", (CAPACITY,)),  # nanoseconds that passed
        ("own", "i8", (CAPACITY,)),  # nanoseconds of the processor
        ("waits", "i8", (CAPACITY,)),  # how often it waited for somebody
        ("frames", "i8", (CAPACITY,)),
        ("usage", "i8", (18,)),
        ("time", "i8", (2,)),
    ],
    align=True,
)

_record = np.zeros(1, BLOCKS)
_place = _record.ctypes.data  # compiled in: whoever calls us brings the engine's record
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
    """Let the engine play a block, and write down what it cost."""
    my = carray(pointer(_place), 1, BLOCKS)[0]
    place = my.count % CAPACITY
    my.begun[place] = read(MONOTONIC, my.time)
    _getrusage(THREAD, my.usage.ctypes)
    waited, own = my.usage[WAITED], read(CLOCK, my.time)
    status = _engine(frames, user)
    my.own[place] = read(CLOCK, my.time) - own
    _getrusage(THREAD, my.usage.ctypes)
    my.waits[place] = my.usage[WAITED] - waited
    my.wall[place] = read(MONOTONIC, my.time) - my.begun[place]
    my.frames[place] = frames
    my.count += 1
    return status


@dataclass(frozen=True)
class BlockSummary:
    """How many blocks there were, how many of them were late by our fault and not by it, and the most work of one."""

    number: int
    ours: int  # by their own work, or because they waited for somebody
    theirs: int  # they took too long, or were begun a block too late, through no work of ours
    heaviest: float  # its own, as a share of its time


class BlockLog:
    """The blocks since the beginning, or the last `clear`; rate: Hz."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._first = int(_record["count"][0])

    def seen(self) -> BlockSummary:
        """What they were up to now. ValueError where there were too many to look at."""
        last = int(_record["count"][0])
        if last - self._first > CAPACITY:
            raise ValueError(f"{last - self._first} blocks, at most {CAPACITY} can be looked at")
        places = np.arange(self._first, last)
        begun, wall, own, waits, frames = (
            np.take(_record[name][0], places, mode="wrap") for name in ("begun", "wall", "own", "waits", "frames")
        )
        due = frames * 1e9 / self._rate  # nanoseconds
        ours = (own > due) | (waits > 0)
        late = np.diff(begun, prepend=begun[:1]) > 2 * due
        theirs = ((wall > due) | late) & ~ours
        return BlockSummary(len(places), int(ours.sum()), int(theirs.sum()), float((own / due).max(initial=0.0)))


@contextlib.contextmanager
def record_blocks(rate: float) -> Iterator[BlockLog]:
    """While entered, JACK clients that are opened are measured; one at a time."""
    engine = jack_callback.process
    jack_callback.process = process
    try:
        yield BlockLog(rate)
    finally:
        jack_callback.process = engine
