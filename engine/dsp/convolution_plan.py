"""Plan a partitioned convolution: split the response into stages, lay out memory and jobs; see convolution.py."""

from dataclasses import dataclass, field

import numpy as np

from engine.simd.vectors import LANES, WIDTH, aligned_zeros

from . import fft
from .convolution import END, FETCH, FIRST_SLICE, FORWARD, HEAD_SIZE, INVERSE, MERGE, MULTIPLY, RECENT_SIZE, SPLIT

BLOCKS = (HEAD_SIZE, 512, 4096)  # block sizes of the stages
TRUE_STEREO = 4  # rows of its response
_CYCLES = {4: 25, 2: 14, 1: 20}  # approximate cycles of a pass for LANES numbers, by radix
_FETCH_CYCLES, _MULTIPLY_CYCLES = 4, 8  # the same, of the input and of each partition's spectrum
_SPLIT_CYCLES = 8  # of LANES pairs that are split or merged


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
        builder.add_stage(block, response[:, first:last])
    return builder.finish(offsets)


def _stage_ranges(taps: int, blocks: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Block size, first sample and end of the response part of each stage that is needed."""
    firsts = [HEAD_SIZE, *(2 * block for block in blocks[1:])]
    ends = [*firsts[1:], taps]
    return [
        (block, first, min(end, taps)) for block, first, end in zip(blocks, firsts, ends, strict=True) if first < taps
    ]


def _response_spectra(response: np.ndarray, partitions: int, size: int) -> np.ndarray:
    """The spectra that multiply those of the signals, (signals, partitions, size), for a part of a response.

    Split where left and right differ: see `_is_split`.
    """
    if _is_split(response):
        return _split_spectra(_spectra(response, partitions, size))
    if not _is_true_stereo(response):
        return _spectra(response[:1], partitions, size)[..., fft.bin_order(size)]
    left, left_to_right, right_to_left, right = response
    crossing = 1j * np.stack([left_to_right - right_to_left, left_to_right + right_to_left])
    straight = np.stack([left + right, left - right])
    return _spectra((straight + crossing) / 2, partitions, size)[..., fft.bin_order(size)]


def _spectra(responses: np.ndarray, partitions: int, size: int) -> np.ndarray:
    """The spectra of all partitions of responses (N, taps): (N, partitions, size)."""
    padded = np.zeros((len(responses), partitions * size // 2), responses.dtype)
    padded[:, : responses.shape[1]] = responses
    return np.fft.fft(padded.reshape(len(responses), partitions, size // 2), size) / size


def _split_spectra(spectra: np.ndarray) -> np.ndarray:
    """The spectra (2, partitions, size) of left and right as those of one signal that is split."""
    size = spectra.shape[2]
    channels, bins = fft.split_order(size)
    both = spectra[channels, :, bins].T / 2  # as the signal's are twice those of left and right
    both[:, :2] = spectra[0][:, bins[:2]].real + 1j * spectra[1][:, bins[:2]].real
    return both[None]


def _is_split(response: np.ndarray) -> bool:
    """Whether a part of a response has left and right that differ, and nothing that crosses them."""
    return len(response) == 2 and not np.array_equal(response[0], response[1])


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
        """Add a stage with its partitions of the response (channels, taps)."""
        size, partitions, is_split = 2 * block, -(-response.shape[1] // block), _is_split(response)
        spectra = _response_spectra(response, partitions, size)
        signals, table = len(spectra), self.append(fft.twiddles(size))
        offsets = (
            self.append(np.stack([spectra.real, spectra.imag], 2)),
            self.reserve(2 * spectra.size),
            self.reserve(4 * size),
        )
        self.stages.append([block, partitions, signals, int(is_split), *offsets, len(self.slices)])
        self._add_jobs(_tasks(size, partitions, signals, is_split, table), block // HEAD_SIZE)

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


def _tasks(size: int, partitions: int, signals: int, is_split: bool, table: int) -> list[_Task]:
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
    split, merge = ([_Task(kind, 0, no_pass, size // 2, LANES, _SPLIT_CYCLES)] * is_split for kind in (SPLIT, MERGE))
    multiply = _Task(MULTIPLY, 0, no_pass, size, WIDTH, _MULTIPLY_CYCLES * partitions * signals)
    inverse = [_Task(INVERSE, 0, step, step[2], LANES, _CYCLES[step[0]]) for step in reversed(passes)]
    return [*tasks_found, *split, multiply, *merge, *inverse]
