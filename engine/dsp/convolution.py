"""Convolution with a long response, without delay, in blocks of any size: the work of a room.

The first HEAD samples of the response are convolved as they stand. What follows is done by Fourier transforms, in
levels: a level of block B transforms the last 2 B samples of the input after each B of them, multiplies the last
spectra with those of its parts of the response, B samples each, and adds them up (overlap-save). The parts of the
first level, with B = HEAD, begin where the head ends, so it answers at once; those of the others begin at 2 B, so
they have the time of a block for it. Their work is laid down beforehand as jobs in equal shares, one for each HEAD
samples (after W. G. Gardner, Efficient convolution without input-output delay, 1995).

Both channels travel as one complex signal, left + i right. One response for both multiplies its spectrum; where left
and right have each their own, the conjugate signal travels beside it: with A and B half their sum and difference,
A ∗ x + B ∗ conj x is what both give.

All that is large has a place in `memory`, one float32 array; partition.py lays it out.
"""

import numpy as np
from numba import njit

from engine.simd.ramps import add_to
from engine.simd.register_fft import negative, put, row
from engine.simd.vectors import LANES, WIDTH, at, fma, load, mul, splat, store, sub

from . import fft

HEAD = 64  # samples of a share of work, and of the response's part that is convolved as it stands
RECENT = 2 * HEAD + WIDTH  # samples of each channel's recent past: the last HEAD, those of now, and room to read on
TAPS, PAST, NOW, WET, RING = range(5)  # the columns of `places`: of the head's taps, the ring's mask, and so on
BLOCK, PARTS, SIGNALS, SPECTRA, LINES, WORK, SHARE = range(7)  # the columns of `levels`
KIND, SIGNAL, BEGIN, END = range(4, 8)  # the columns of `jobs`, after those of a pass of fft.py
FETCH, DIVIDE, MULTIPLY, UNITE = range(4)  # kinds of jobs


@njit(cache=True, error_model="numpy")
def convolve(memory, places, levels, jobs, shares, position, x, y):
    """Write to y (2, T) what the response makes of x (2, T), samples `position` … of the signal.

    A run may not cross a multiple of HEAD samples. The other arguments are those of a `partition.Layout`.
    """
    frames, start = x.shape[1], position % HEAD
    for channel in range(2):
        now, wet = places[NOW] + channel * RECENT + HEAD + start, places[WET] + channel * HEAD + start
        for t in range(frames):
            memory[now + t] = x[channel, t]
            y[channel, t] = memory[wet + t]
        _convolve_head(memory, places[TAPS] + channel * HEAD, now, y[channel])
    if start + frames == HEAD:
        _work(memory, places, levels, jobs, shares, position + frames)


@njit(cache=True, error_model="numpy")
def clear(memory, rooms, begin, end):
    """Forget numbers `begin` … `end` − 1 of what was heard, counted through the rooms (N, 2) of a Layout in turn."""
    passed = np.int64(0)
    for i in range(rooms.shape[0]):
        first, length = rooms[i, 0], rooms[i, 1]
        for k in range(max(begin - passed, 0), min(end - passed, length)):
            memory[first + k] = 0
        passed += length


@njit(cache=True, error_model="numpy")
def _convolve_head(memory, taps, now, y):
    """Add the part of the response that is convolved as it stands."""
    frames = y.shape[0]
    for t in range(0, frames, WIDTH):
        total = splat(np.float32(0))
        for i in range(HEAD):
            total = fma(splat(at(memory, taps + i)), load(memory, now + t - i), total)
        add_to(y, t, total, frames - t)


@njit(cache=True, error_model="numpy")
def _work(memory, places, levels, jobs, shares, position):
    """Take HEAD samples of input to the past, do a share of each level, and lay out the next HEAD of output."""
    _remember(memory, places, position - HEAD)
    for i in range(2 * HEAD):
        memory[places[WET] + i] = 0
    for number in range(levels.shape[0]):
        level = levels[number]
        block = level[BLOCK]
        turn, share = position // block, level[SHARE] + position % block // HEAD
        for i in range(shares[share], shares[share + 1]):
            _do(memory, places, level, jobs[i], turn)
        done = turn - (number > 0)  # all levels but the first are heard a block later
        source = level[WORK] + (done & 1) * 4 * block + block + position % block
        for channel in range(2):
            for t in range(HEAD):
                memory[places[WET] + channel * HEAD + t] += memory[source + channel * 2 * block + t]


@njit(cache=True, error_model="numpy")
def _remember(memory, places, position):
    """Move the samples from `position` on from now to the recent past and into the ring."""
    mask = places[RING]
    for channel in range(2):
        now = places[NOW] + channel * RECENT
        past = places[PAST] + channel * (mask + 1) + (position & mask)
        for t in range(HEAD):
            memory[now + t] = memory[past + t] = memory[now + HEAD + t]


@njit(cache=True, error_model="numpy")
def _do(memory, places, level, job, turn):
    """Do a job of the `turn`-th block of a level."""
    size = 2 * level[BLOCK]
    work, line = level[WORK] + (turn & 1) * 2 * size, _line(level, job[SIGNAL], turn)
    if job[KIND] == FETCH:
        _fetch(memory, places, line, level[BLOCK], job, turn)
    elif job[KIND] == DIVIDE:
        fft.divide(memory, line, size, memory, job, job[BEGIN], job[END])
    elif job[KIND] == MULTIPLY:
        _multiply(memory, level, work, turn, job[BEGIN], job[END])
    else:
        fft.unite(memory, work, size, memory, job, job[BEGIN], job[END])


@njit(inline="always", error_model="numpy")
def _line(level, signal, turn):
    """Where the spectrum of the `turn`-th block of a signal stands."""
    return level[LINES] + (signal * level[PARTS] + turn % level[PARTS]) * 4 * level[BLOCK]


@njit(cache=True, error_model="numpy")
def _fetch(memory, places, line, block, job, turn):
    """Copy the last two blocks of input, or the conjugate, to where they are transformed."""
    mask = places[RING]
    left, right = places[PAST], places[PAST] + mask + 1
    for i in range(job[BEGIN], job[END], LANES):
        source = ((turn - 2) * block + i) & mask
        put(memory, line + i, row(memory, left + source))
        below = row(memory, right + source)
        put(memory, line + 2 * block + i, negative(below) if job[SIGNAL] else below)


@njit(cache=True, error_model="numpy")
def _multiply(memory, level, work, turn, begin, end):
    """Add up the spectra of the last blocks, each times that of its part, at the frequencies begin … end − 1."""
    size, parts = 2 * level[BLOCK], level[PARTS]
    for k in range(begin, end, WIDTH):
        re = im = splat(np.float32(0))
        for signal in range(level[SIGNALS]):
            h = level[SPECTRA] + signal * parts * 2 * size + k
            newest = turn % parts
            x = _line(level, signal, turn) + k
            for part in range(parts):
                if part == newest + 1:
                    x += parts * 2 * size
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
