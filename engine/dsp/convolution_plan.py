"""Plan a partitioned convolution: split the response into stages, lay out memory and jobs; see convolution.py."""

from dataclasses import dataclass, field

import numpy as np

from engine.simd.vectors import LANES, WIDTH, aligned_zeros

from . import fft
from .convolution import END, FETCH, FIRST_SLICE, FORWARD, HEAD_SIZE, INVERSE, MULTIPLY, RECENT_SIZE

BLOCKS = (HEAD_SIZE, 512, 4096)  # block sizes of the stages
TRUE_STEREO = 4  # rows of its response
_CYCLES = {4: 25, 2: 14, 1: 20}  # approximate cycles of a pass for LANES numbers, by radix
_FETCH_CYCLES, _MULTIPLY_CYCLES = 4, 8  # the same, of the input and of each partition's spectrum


@dataclass(frozen=True)
class _Task:
    """A pass over `length` numbers that can be split at multiples of `alignment`; cost: cycles of LANES numbers."""

    kind: int
    signal: int
    step: tuple[int, int, int, int]
    length: int
    alignment: int
    cost: float


@dataclass(frozen=True)
class ConvolutionPlan:
    """The arguments of `convolve`, which changes only `memory`."""

    memory: np.ndarray
    offsets: np.ndarray
    stages: np.ndarray
    jobs: np.ndarray
    slices: np.ndarray
    regions: np.ndarray  # (N, 2) int32: offsets and lengths of the history in memory; see convolution.clear

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The arrays in the order of the arguments of `convolve`."""
        return self.memory, self.offsets, self.stages, self.jobs, self.slices


def plan_convolution(response: np.ndarray, blocks: tuple[int, ...] = BLOCKS) -> ConvolutionPlan:
    """[main thread] Plan the convolution with a response (taps,) or, for left and right, (2, taps).

    A response (4, taps) is true stereo: left to left, left to right, right to left, right to right. Only the FFT
    stages cross the sides, so sound that crosses within the first HEAD_SIZE samples comes that much later.
    blocks: sizes of the stages, ascending powers of two from HEAD_SIZE on.
    """
    response = _without_early_crossing(np.atleast_2d(np.asarray(response, np.float64)))
    builder = _Builder()
    head, straight = np.zeros((2, HEAD_SIZE)), response[:: TRUE_STEREO - 1] if _is_true_stereo(response) else response
    head[:, : min(HEAD_SIZE, response.shape[1])] = straight[:, :HEAD_SIZE]
    ranges = _stage_ranges(response.shape[1], blocks)
    ring = 4 * max([HEAD_SIZE, *(block for block, _, _ in ranges)])
    offsets = [
        builder.append(head),
        builder.reserve(2 * ring),
        builder.reserve(2 * RECENT_SIZE),
        builder.reserve(2 * HEAD_SIZE),
        ring - 1,
    ]
    for block, first, last in ranges:
        builder.add_stage(block, _responses(response[:, first:last]))
    return builder.finish(offsets)


def _stage_ranges(taps: int, blocks: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Block size, first sample and end of the response part of each stage that is needed."""
    firsts = [HEAD_SIZE, *(2 * block for block in blocks[1:])]
    ends = [*firsts[1:], taps]
    return [
        (block, first, min(end, taps)) for block, first, end in zip(blocks, firsts, ends, strict=True) if first < taps
    ]


def _responses(response: np.ndarray) -> np.ndarray:
    """The responses for the signal and, where left and right differ, its conjugate: (1 or 2, taps).

    Those of true stereo are complex.
    """
    if _is_true_stereo(response):
        left, left_to_right, right_to_left, right = response
        crossing = 1j * np.stack([left_to_right - right_to_left, left_to_right + right_to_left])
        return (np.stack([left + right, left - right]) + crossing) / 2
    if len(response) == 1 or np.array_equal(response[0], response[1]):
        return response[:1]
    return np.stack([response[0] + response[1], response[0] - response[1]]) / 2


def _is_true_stereo(response: np.ndarray) -> bool:
    return len(response) == TRUE_STEREO


def _without_early_crossing(response: np.ndarray) -> np.ndarray:
    """A response in which nothing crosses the sides within the first HEAD_SIZE samples."""
    if not _is_true_stereo(response) or not response[1:3, :HEAD_SIZE].any():
        return response
    later = np.pad(response, ((0, 0), (0, HEAD_SIZE)))
    later[1:3] = np.roll(later[1:3], HEAD_SIZE, axis=1)
    return later


@dataclass
class _Builder:
    """Builds a plan step by step."""

    memory: list[np.ndarray] = field(default_factory=list)
    stages: list[list[int]] = field(default_factory=list)
    jobs: list[list[int]] = field(default_factory=list)
    slices: list[int] = field(default_factory=list)
    regions: list[tuple[int, int]] = field(default_factory=list)
    used: int = 0

    def append(self, numbers: np.ndarray) -> int:
        """Append numbers to memory at a multiple of WIDTH; their offset."""
        flat = np.zeros(-(-numbers.size // WIDTH) * WIDTH, np.float32)
        flat[: numbers.size] = numbers.ravel()
        self.memory.append(flat)
        self.used += flat.size
        return self.used - flat.size

    def reserve(self, size: int) -> int:
        """Append a region of zeros to memory; its offset."""
        self.regions.append((self.used, size))
        return self.append(np.zeros(size, np.float32))

    def add_stage(self, block: int, response: np.ndarray) -> None:
        """Add a stage with its partitions of the response (signals, taps)."""
        size, (signals, taps) = 2 * block, response.shape
        partitions = -(-taps // block)
        padded = np.zeros((signals, partitions * block), response.dtype)
        padded[:, :taps] = response
        spectra = np.fft.fft(padded.reshape(signals, partitions, block), size)[..., fft.bin_order(size)] / size
        table = self.append(fft.twiddles(size))
        offsets = (
            self.append(np.stack([spectra.real, spectra.imag], 2)),
            self.reserve(2 * spectra.size),
            self.reserve(4 * size),
        )
        self.stages.append([block, partitions, signals, *offsets, len(self.slices)])
        self._add_jobs(_tasks(size, partitions, signals, table), block // HEAD_SIZE)

    def _add_jobs(self, tasks: list[_Task], slices: int) -> None:
        """Split tasks into time slices of equal cost."""
        total = sum(task.cost * task.length for task in tasks)
        ends = [total * (slice_index + 1) / slices for slice_index in range(slices - 1)] + [np.inf]
        self.slices.append(len(self.jobs))
        scheduled, complete = 0.0, 0
        for task in tasks:
            begin = 0
            while begin < task.length:
                count = round(min((ends[complete] - scheduled) / task.cost, task.length) / task.alignment)
                end = min(begin + max(count, 0) * task.alignment, task.length)
                if end > begin:
                    self.jobs.append([*task.step, task.kind, task.signal, begin, end])
                    scheduled += (end - begin) * task.cost
                if end < task.length:
                    self.slices.append(len(self.jobs))
                    complete += 1
                begin = end
        self.slices += [len(self.jobs)] * (slices - complete)

    def finish(self, offsets: list[int]) -> ConvolutionPlan:
        """Make the plan."""
        memory = aligned_zeros((self.used,))
        memory[:] = np.concatenate(self.memory)
        return ConvolutionPlan(
            memory,
            np.array(offsets, np.int32),
            np.array(self.stages, np.int32).reshape(-1, FIRST_SLICE + 1),
            np.array(self.jobs, np.int32).reshape(-1, END + 1),
            np.array(self.slices, np.int32),
            np.array(self.regions, np.int32),
        )


def _tasks(size: int, partitions: int, signals: int, table: int) -> list[_Task]:
    """The tasks of a block, in order."""
    passes = [
        (radix, width, steps, table + twiddle_offset)
        for radix, width, steps, twiddle_offset in fft.passes(size).tolist()
    ]
    no_pass = (0, 0, 0, 0)
    tasks_found = []
    for signal in range(signals):
        tasks_found.append(_Task(FETCH, signal, no_pass, size, LANES, _FETCH_CYCLES))
        tasks_found += [_Task(FORWARD, signal, step, step[2], LANES, _CYCLES[step[0]]) for step in passes]
    tasks_found.append(_Task(MULTIPLY, 0, no_pass, size, WIDTH, _MULTIPLY_CYCLES * partitions * signals))
    return tasks_found + [_Task(INVERSE, 0, step, step[2], LANES, _CYCLES[step[0]]) for step in reversed(passes)]
