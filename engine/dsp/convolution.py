"""Partitioned convolution with a long impulse response, without latency, in blocks of any size.

The first HEAD_SIZE samples of the response are convolved directly. The rest is done by FFT in stages (overlap-save):
a stage of block B transforms the last 2 B input samples after each B of them, multiplies the latest spectra by those
of its partitions of the response, B samples each, and sums. The partitions of the first stage, B = HEAD_SIZE, begin
where the head ends and are needed at once; those of the others begin at 2 B, so their work is spread over a block: as
jobs in equal time slices, one for each HEAD_SIZE samples (W. G. Gardner, Efficient convolution without input-output
delay, 1995).

Both channels are one complex signal, left + i right. A response common to both multiplies its spectrum. With one
response for each side, the spectrum is split into those of left and right, half the bins of each, which the spectra
of the responses multiply, and the sums are merged. Where sound also crosses the sides (true stereo), the conjugate
signal is transformed too: the output is A ∗ x + B ∗ conj x with A and B half the sum and half the difference of what
goes to the left and to the right.

All large data lie in `memory`, one float32 array laid out by convolution_plan.py.
"""

import numpy as np

from engine.kernel import njit
from engine.simd.registers import load_register, negate, store_register
from engine.simd.sample_lanes import add_to
from engine.simd.vectors import LANES, WIDTH, fma, load, load_scalar, mul, splat, store, sub

from . import fft

HEAD_SIZE = 64  # samples of the part that is convolved directly, and of a time slice of work
RECENT_SIZE = 2 * HEAD_SIZE + WIDTH  # per channel: the last HEAD_SIZE samples, the current ones, padding
TAPS, PAST, INPUT, WET, RING = range(5)  # columns of `offsets`; RING is the index mask of the ring buffer
BLOCK, PARTITIONS, SIGNALS, IS_SPLIT, SPECTRA, DELAY_LINE, WORK, FIRST_SLICE = range(8)  # columns of `stages`
KIND, SIGNAL, BEGIN, END = range(4, 8)  # columns of `jobs`, after those of a pass of fft.py
FETCH, FORWARD, SPLIT, MULTIPLY, MERGE, INVERSE = range(6)  # kinds of jobs
LAYOUT = (RING + 1, FIRST_SLICE + 1, END + 1, INVERSE + 1)
"""Columns of `offsets`, `stages` and `jobs`, and kinds of jobs: what compiled code and plans must agree on."""


@njit(cache=True, error_model="numpy")
def convolve(memory, offsets, stages, jobs, slices, position, x, y):
    """Convolve x (2, T), samples `position` … of the signal, into y (2, T).

    A run must not cross a multiple of HEAD_SIZE samples. The other arguments are those of a `ConvolutionPlan`.
    """
    frames, start = x.shape[1], position % HEAD_SIZE
    for channel in range(2):
        now, wet = (
            offsets[INPUT] + channel * RECENT_SIZE + HEAD_SIZE + start,
            offsets[WET] + channel * HEAD_SIZE + start,
        )
        for t in range(frames):
            memory[now + t] = x[channel, t]
            y[channel, t] = memory[wet + t]
        _convolve_head(memory, offsets[TAPS] + channel * HEAD_SIZE, now, y[channel])
    if start + frames == HEAD_SIZE:
        _process_slice(memory, offsets, stages, jobs, slices, position + frames)


@njit(cache=True, error_model="numpy")
def clear(memory, regions, begin, end):
    """Clear elements `begin` … `end` − 1 of the history, counted through the regions (N, 2) of a plan in turn."""
    position_in_all = np.int64(0)
    for i in range(regions.shape[0]):
        first, length = regions[i, 0], regions[i, 1]
        for k in range(max(begin - position_in_all, 0), min(end - position_in_all, length)):
            memory[first + k] = 0
        position_in_all += length


@njit(cache=True, error_model="numpy")
def _convolve_head(memory, taps, now, y):
    """Add the direct convolution with the first HEAD_SIZE samples of the response."""
    frames = y.shape[0]
    for t in range(0, frames, WIDTH):
        total = splat(np.float32(0))
        for i in range(HEAD_SIZE):
            total = fma(splat(load_scalar(memory, taps + i)), load(memory, now + t - i), total)
        add_to(y, t, total, frames - t)


@njit(cache=True, error_model="numpy")
def _process_slice(memory, offsets, stages, jobs, slices, position):
    """Store HEAD_SIZE samples of input, do one time slice of each stage, and sum the next HEAD_SIZE of output."""
    _store_input(memory, offsets, position - HEAD_SIZE)
    for i in range(2 * HEAD_SIZE):
        memory[offsets[WET] + i] = 0
    for number in range(stages.shape[0]):
        stage = stages[number]
        block = stage[BLOCK]
        index, slice_index = position // block, stage[FIRST_SLICE] + position % block // HEAD_SIZE
        for i in range(slices[slice_index], slices[slice_index + 1]):
            _run_job(memory, offsets, stage, jobs[i], index)
        done = index - (number > 0)  # all stages but the first are used a block later
        source = stage[WORK] + (done & 1) * 4 * block + block + position % block
        for channel in range(2):
            for t in range(HEAD_SIZE):
                memory[offsets[WET] + channel * HEAD_SIZE + t] += memory[source + channel * 2 * block + t]


@njit(cache=True, error_model="numpy")
def _store_input(memory, offsets, position):
    """Copy the current samples, from `position` on, to the recent past and to the ring buffer."""
    mask = offsets[RING]
    for channel in range(2):
        now = offsets[INPUT] + channel * RECENT_SIZE
        past = offsets[PAST] + channel * (mask + 1) + (position & mask)
        for t in range(HEAD_SIZE):
            memory[now + t] = memory[past + t] = memory[now + HEAD_SIZE + t]


@njit(cache=True, error_model="numpy")
def _run_job(memory, offsets, stage, job, index):
    """Run a job of the `index`-th block of a stage."""
    size = 2 * stage[BLOCK]
    work, spectrum = stage[WORK] + (index & 1) * 2 * size, _spectrum_offset(stage, job[SIGNAL], index)
    if job[KIND] == FETCH:
        _fetch(memory, offsets, spectrum, stage[BLOCK], job, index)
    elif job[KIND] == FORWARD:
        fft.forward_pass(memory, spectrum, size, memory, job, job[BEGIN], job[END])
    elif job[KIND] == SPLIT:
        fft.split(memory, spectrum, size, job[BEGIN], job[END])
    elif job[KIND] == MULTIPLY:
        _multiply(memory, stage, work, index, job[BEGIN], job[END])
        if stage[IS_SPLIT] and job[BEGIN] == 0:
            _multiply_real(memory, stage, work, index)
    elif job[KIND] == MERGE:
        fft.merge(memory, work, size, job[BEGIN], job[END])
    else:
        fft.inverse_pass(memory, work, size, memory, job, job[BEGIN], job[END])


@njit(inline="always", error_model="numpy")
def _spectrum_offset(stage, signal, index):
    """The offset of the spectrum of the `index`-th block of a signal."""
    return stage[DELAY_LINE] + (signal * stage[PARTITIONS] + index % stage[PARTITIONS]) * 4 * stage[BLOCK]


@njit(cache=True, error_model="numpy")
def _fetch(memory, offsets, spectrum, block, job, index):
    """Copy the last two blocks of input, or their conjugate, to be transformed in place."""
    mask = offsets[RING]
    left, right = offsets[PAST], offsets[PAST] + mask + 1
    for i in range(job[BEGIN], job[END], LANES):
        source = ((index - 2) * block + i) & mask
        store_register(memory, spectrum + i, load_register(memory, left + source))
        right_register = load_register(memory, right + source)
        store_register(memory, spectrum + 2 * block + i, negate(right_register) if job[SIGNAL] else right_register)


@njit(cache=True, error_model="numpy")
def _multiply(memory, stage, work, index, begin, end):
    """Multiply the spectra of the last blocks by those of their partitions and sum, at the bins begin … end − 1."""
    size, partitions = 2 * stage[BLOCK], stage[PARTITIONS]
    for k in range(begin, end, WIDTH):
        re = im = splat(np.float32(0))
        for signal in range(stage[SIGNALS]):
            h = stage[SPECTRA] + signal * partitions * 2 * size + k
            newest = index % partitions
            x = _spectrum_offset(stage, signal, index) + k
            for part in range(partitions):
                if part == newest + 1:
                    x += partitions * 2 * size
                x_re, x_im, h_re, h_im = (
                    load(memory, x),
                    load(memory, x + size),
                    load(memory, h),
                    load(memory, h + size),
                )
                re, im = sub(fma(x_re, h_re, re), mul(x_im, h_im)), fma(x_re, h_im, fma(x_im, h_re, im))
                h += 2 * size
                x -= 2 * size
        store(memory, work + k, re)
        store(memory, work + size + k, im)


@njit(cache=True, error_model="numpy")
def _multiply_real(memory, stage, work, index):
    """Multiply and sum the first two bins of spectra that are split: two real numbers, of left and of right."""
    size, partitions = 2 * stage[BLOCK], stage[PARTITIONS]
    for k in range(2):
        left = right = np.float32(0)
        for part in range(partitions):
            h, x = stage[SPECTRA] + part * 2 * size + k, _spectrum_offset(stage, 0, index + partitions - part) + k
            left += memory[x] * memory[h]
            right += memory[x + size] * memory[h + size]
        memory[work + k], memory[work + size + k] = left, right
