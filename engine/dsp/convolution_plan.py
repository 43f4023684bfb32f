"""How a response is cut into parts, and where all that its convolution needs has its place; see convolution.py."""

from dataclasses import dataclass, field

import numpy as np

from engine.simd.vectors import LANES, WIDTH, aligned

from . import fft
from .convolution import DIVIDE, END, FETCH, HEAD, MULTIPLY, RECENT, SHARE, UNITE

BLOCKS = (HEAD, 512, 4096)  # of the levels
_CYCLES = {4: 25, 2: 14, 1: 20}  # that a step of a pass takes for LANES numbers, by its radix; about
_FETCHING, _MULTIPLYING = 4, 8  # the same, for LANES numbers: of the input, and of each part's spectrum


@dataclass(frozen=True)
class _Task:
    """A pass of a transform or the like over `length` numbers, cut at multiples of `grain`; cost: of a number."""

    kind: int
    signal: int
    step: tuple[int, int, int, int]
    length: int
    grain: int
    cost: float


@dataclass(frozen=True)
class Layout:
    """What `convolve` is given; it changes only `memory`, which is silent at first."""

    memory: np.ndarray
    places: np.ndarray
    levels: np.ndarray
    jobs: np.ndarray
    shares: np.ndarray
    rooms: np.ndarray  # (N, 2) int32: the beginnings and lengths of what is not fixed; see convolution.clear

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The arrays in the order of the arguments of `convolve`."""
        return self.memory, self.places, self.levels, self.jobs, self.shares


def lay_out(response: np.ndarray, blocks: tuple[int, ...] = BLOCKS) -> Layout:
    """[main thread] Everything for the convolution with a response (taps,) or, left and right apart, (2, taps).

    blocks: of the levels, powers of two that rise from HEAD on.
    """
    response = np.atleast_2d(np.asarray(response, np.float64))
    draft = _Draft()
    head = np.zeros((2, HEAD))
    head[:, : min(HEAD, response.shape[1])] = response[:, :HEAD]
    cuts = _cuts(response.shape[1], blocks)
    ring = 4 * max([HEAD, *(block for block, _, _ in cuts)])
    places = [draft.put(head), draft.room(2 * ring), draft.room(2 * RECENT), draft.room(2 * HEAD), ring - 1]
    for block, first, last in cuts:
        draft.add_level(block, _signals(response[:, first:last]))
    return draft.finish(places)


def _cuts(taps: int, blocks: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """For each level that is needed its block, and the first sample of the response that is its own and the end."""
    firsts = [HEAD, *(2 * block for block in blocks[1:])]
    ends = [*firsts[1:], taps]
    return [
        (block, first, min(end, taps)) for block, first, end in zip(blocks, firsts, ends, strict=True) if first < taps
    ]


def _signals(response: np.ndarray) -> np.ndarray:
    """What the signal and, where left and right differ, its conjugate are convolved with: (1 or 2, taps)."""
    if len(response) == 1 or np.array_equal(response[0], response[1]):
        return response[:1]
    return np.stack([response[0] + response[1], response[0] - response[1]]) / 2


@dataclass
class _Draft:
    """A layout in the making."""

    memory: list[np.ndarray] = field(default_factory=list)
    levels: list[list[int]] = field(default_factory=list)
    jobs: list[list[int]] = field(default_factory=list)
    shares: list[int] = field(default_factory=list)
    rooms: list[tuple[int, int]] = field(default_factory=list)
    used: int = 0

    def put(self, numbers: np.ndarray) -> int:
        """Give numbers a place, at the beginning of a vector."""
        flat = np.zeros(-(-numbers.size // WIDTH) * WIDTH, np.float32)
        flat[: numbers.size] = numbers.ravel()
        self.memory.append(flat)
        self.used += flat.size
        return self.used - flat.size

    def room(self, size: int) -> int:
        """Give so many zeros a place."""
        self.rooms.append((self.used, size))
        return self.put(np.zeros(size, np.float32))

    def add_level(self, block: int, response: np.ndarray) -> None:
        """Lay out a level with its parts of the response (signals, taps)."""
        size, (signals, taps) = 2 * block, response.shape
        parts = -(-taps // block)
        padded = np.zeros((signals, parts * block))
        padded[:, :taps] = response
        spectra = np.fft.fft(padded.reshape(signals, parts, block), size)[..., fft.order(size)] / size
        table = self.put(fft.twiddles(size))
        places = self.put(np.stack([spectra.real, spectra.imag], 2)), self.room(2 * spectra.size), self.room(4 * size)
        self.levels.append([block, parts, signals, *places, len(self.shares)])
        self._add_jobs(_tasks(size, parts, signals, table), block // HEAD)

    def _add_jobs(self, tasks: list[_Task], shares: int) -> None:
        """Cut tasks into shares of equal cost."""
        whole = sum(task.cost * task.length for task in tasks)
        ends = [whole * (share + 1) / shares for share in range(shares - 1)] + [np.inf]
        self.shares.append(len(self.jobs))
        spent, closed = 0.0, 0
        for task in tasks:
            begin = 0
            while begin < task.length:
                grains = round(min((ends[closed] - spent) / task.cost, task.length) / task.grain)
                end = min(begin + max(grains, 0) * task.grain, task.length)
                if end > begin:
                    self.jobs.append([*task.step, task.kind, task.signal, begin, end])
                    spent += (end - begin) * task.cost
                if end < task.length:
                    self.shares.append(len(self.jobs))
                    closed += 1
                begin = end
        self.shares += [len(self.jobs)] * (shares - closed)

    def finish(self, places: list[int]) -> Layout:
        """The layout."""
        memory = aligned((self.used,))
        memory[:] = np.concatenate(self.memory)
        return Layout(
            memory,
            np.array(places, np.int32),
            np.array(self.levels, np.int32).reshape(-1, SHARE + 1),
            np.array(self.jobs, np.int32).reshape(-1, END + 1),
            np.array(self.shares, np.int32),
            np.array(self.rooms, np.int32),
        )


def _tasks(size: int, parts: int, signals: int, table: int) -> list[_Task]:
    """What is to be done for a block, in order."""
    passes = [(radix, width, steps, table + place) for radix, width, steps, place in fft.passes(size).tolist()]
    nothing = (0, 0, 0, 0)
    found = []
    for signal in range(signals):
        found.append(_Task(FETCH, signal, nothing, size, LANES, _FETCHING))
        found += [_Task(DIVIDE, signal, step, step[2], LANES, _CYCLES[step[0]]) for step in passes]
    found.append(_Task(MULTIPLY, 0, nothing, size, WIDTH, _MULTIPLYING * parts * signals))
    return found + [_Task(UNITE, 0, step, step[2], LANES, _CYCLES[step[0]]) for step in reversed(passes)]
