"""Noise through a filter that changes with time, given by its magnitude in bands.

Bands are N magnitudes at 0 … half the learned rate. Their filter is the one learned with: zero phase, 2 (N − 1) taps
under a Hann window, here as a function of continuous time and read at the rate of the device. So the spectrum is the
same in Hz, and nothing is added above the learned band. Its gain is set for noise that is uniform in −1 … 1 at
either rate and as loud in each Hz.

Noise is a function of a stream's seed and of the number of the sample, and is filtered over a *line* of its last
samples. A filter that is symmetric about any tap is as good as one without delay: noise has no moment.
"""

import numpy as np
from numba import njit

from engine.simd.ramps import add_to, ramp
from engine.simd.vectors import WIDTH, aligned, at, fma, load, splat, sub

RUN = 64  # samples of noise at once, at most


def table(bands: int, learned: float, rate: float) -> np.ndarray:
    """[main thread] The matrix (taps / 2 + 1, bands) from magnitudes to half a filter, its middle tap first.

    learned, rate: Hz, of the noise learned with and of the device.
    """
    halves = 2 * (bands - 1)
    reach = int(np.ceil((bands - 1) * rate / learned))
    time = np.arange(reach + 1) * (learned / rate)  # in samples of the learned rate
    window = np.where(time < bands - 1, 0.5 + 0.5 * np.cos(2 * np.pi * time / halves), 0.0)
    weight = np.full(bands, 2.0)
    weight[0] = 1.0
    weight[-1] = 1.0
    waves = np.cos(2 * np.pi * np.outer(time, np.arange(bands)) / halves) * weight / halves
    return np.ascontiguousarray((np.sqrt(learned / rate) * window[:, None] * waves).astype(np.float32))


def taps(table: np.ndarray) -> int:
    """The number of taps of the filters that a table gives."""
    return 2 * table.shape[0] - 1


def new_line(table: np.ndarray, channels: int = 2) -> np.ndarray:
    """[main thread] The last noise of some channels (channels, samples), all zero: `renew` it before it sounds."""
    size = taps(table) - 1 + RUN + WIDTH
    return aligned((channels, -(-size // WIDTH) * WIDTH))


@njit(cache=True, error_model="numpy", fastmath=True)
def shape(table, bands, taps):
    """Write the filter taps (2 R − 1,) of magnitudes bands (N,); table: (R, N)."""
    middle = table.shape[0] - 1
    for i in range(table.shape[0]):
        total = np.float32(0)
        for k in range(table.shape[1]):
            total += table[i, k] * bands[k]
        taps[middle + i] = total
        taps[middle - i] = total


@njit(cache=True, error_model="numpy")
def fill(line, taps, seed, first):
    """Prepare a line for the sample `first`: all noise that its filter of `taps` taps reaches back to."""
    for channel in range(line.shape[0]):
        for i in range(taps - 1 + RUN):
            line[channel, i] = draw(seed + channel, first - (taps - 1 + RUN) + i)


@njit(cache=True, error_model="numpy")
def renew(line, taps, seed, first, frames):
    """Move a line on to the samples first … first + frames − 1, frames ≤ RUN; channels have streams of their own."""
    size = taps - 1 + RUN
    for channel in range(line.shape[0]):
        row = line[channel]
        for i in range(size - frames):
            row[i] = row[i + frames]
        for i in range(frames):
            row[size - frames + i] = draw(seed + channel, first + i)


@njit(cache=True, error_model="numpy")
def sound(out, row, before, after, start, hop):
    """Add a run of a frame to `out`: noise through a filter that leads in a straight line from one to another.

    out: (T,), T ≤ RUN, the samples `start` … of the frame of `hop` samples. row: of a line that was renewed for these
    T samples. before, after: (taps,) filters at the ends of the frame.
    """
    frames = out.shape[0]
    for t in range(0, frames, WIDTH):
        first = last = splat(np.float32(0))
        place = RUN - frames + t
        for i in range(before.shape[0]):
            x = load(row, place + i)
            first, last = fma(splat(at(before, i)), x, first), fma(splat(at(after, i)), x, last)
        u = ramp(np.float32((start + t) / hop), np.float32(1 / hop))
        add_to(out, t, fma(u, sub(last, first), first), frames - t)


@njit(inline="always", error_model="numpy")
def draw(seed, number):
    """Sample `number` of a stream of noise: uniform in −1 … 1, as a hash of both (the finaliser of MurmurHash3)."""
    x = np.uint32(np.uint32(number) * np.uint32(0x9E3779B9)) ^ np.uint32(seed)
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32((x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    x = np.uint32(x ^ (x >> np.uint32(16)))
    return np.float32(np.int32(x)) * np.float32(2.0**-31)
