"""Filtered noise: white noise through a time-varying zero-phase FIR filter, given by its magnitudes in bands.

Bands are N magnitudes at 0 … half the learned rate. Their filter is that of training: zero phase, 2 (N − 1) taps
under a Hann window, as a function of continuous time sampled at the device's rate. The spectrum is the same in Hz,
with nothing above the learned band. Its gain is set for noise uniform in −1 … 1, of equal density at either rate.

A noise sample is a hash of a stream's seed and the sample's number; it is filtered over a *line* of the last samples.
The delay of the symmetric filter does not matter, since noise has no onset.
"""

import numpy as np

from engine.kernel import njit
from engine.simd.sample_lanes import add_to, ramp
from engine.simd.vectors import WIDTH, aligned_zeros, fma, load, load_scalar, splat, sub

MAX_RUN = 64  # samples of noise at once


def filter_table(bands: int, learned: float, rate: float) -> np.ndarray:
    """[main thread] The matrix (taps / 2 + 1, bands) from magnitudes to half a filter, middle tap first.

    learned, rate: Hz, in training and of the device. Bands above half the device's rate are left out.
    """
    size = 2 * (bands - 1)
    half_taps = int(np.ceil((bands - 1) * rate / learned))
    time = np.arange(half_taps + 1) * (learned / rate)  # in samples of the learned rate
    window = np.where(time < bands - 1, 0.5 + 0.5 * np.cos(2 * np.pi * time / size), 0.0)
    weight = np.full(bands, 2.0)
    weight[0] = 1.0
    weight[-1] = 1.0
    weight[np.arange(bands) * learned > (bands - 1) * rate] = 0.0
    waves = np.cos(2 * np.pi * np.outer(time, np.arange(bands)) / size) * weight / size
    return np.ascontiguousarray((np.sqrt(learned / rate) * window[:, None] * waves).astype(np.float32))


def tap_count(table: np.ndarray) -> int:
    """The number of taps of the filters of a table."""
    return 2 * table.shape[0] - 1


def new_line(table: np.ndarray, channels: int = 2) -> np.ndarray:
    """[main thread] Noise lines (channels, samples), all zero; call `fill_line` or `advance_line` before use."""
    size = tap_count(table) - 1 + MAX_RUN + WIDTH
    return aligned_zeros((channels, -(-size // WIDTH) * WIDTH))


@njit(cache=True, error_model="numpy", fastmath=True)
def write_filter(table, bands, taps):
    """Write to taps (2 R − 1,) the filter of magnitudes bands (N,); table: (R, N)."""
    middle = table.shape[0] - 1
    for i in range(table.shape[0]):
        total = np.float32(0)
        for k in range(table.shape[1]):
            total += table[i, k] * bands[k]
        taps[middle + i] = total
        taps[middle - i] = total


@njit(cache=True, error_model="numpy")
def fill_line(line, taps, seed, first):
    """Fill a line with the noise before sample `first` that a filter of `taps` taps needs."""
    for channel in range(line.shape[0]):
        for i in range(taps - 1 + MAX_RUN):
            line[channel, i] = noise_sample(seed + channel, first - (taps - 1 + MAX_RUN) + i)


@njit(cache=True, error_model="numpy")
def advance_line(line, taps, seed, first, frames):
    """Append samples first … first + frames − 1 to a line, frames ≤ MAX_RUN; each channel has its own stream."""
    size = taps - 1 + MAX_RUN
    for channel in range(line.shape[0]):
        noise = line[channel]
        for i in range(size - frames):
            noise[i] = noise[i + frames]
        for i in range(frames):
            noise[size - frames + i] = noise_sample(seed + channel, first + i)


@njit(cache=True, error_model="numpy")
def add_noise(out, noise, before, after, start, hop):
    """Add noise through a filter that is interpolated linearly over a frame to `out`.

    out: (T,), T ≤ MAX_RUN, samples `start` … of the frame of `hop` samples. noise: one channel of a line advanced by
    these T samples. before, after: (taps,) filters at the ends of the frame.
    """
    frames = out.shape[0]
    for t in range(0, frames, WIDTH):
        first = last = splat(np.float32(0))
        offset = MAX_RUN - frames + t
        for i in range(before.shape[0]):
            x = load(noise, offset + i)
            first, last = fma(splat(load_scalar(before, i)), x, first), fma(splat(load_scalar(after, i)), x, last)
        u = ramp(np.float32((start + t) / hop), np.float32(1 / hop))
        add_to(out, t, fma(u, sub(last, first), first), frames - t)


@njit(inline="always", error_model="numpy")
def noise_sample(seed, number):
    """Sample `number` of a noise stream, uniform in −1 … 1: a hash of both (the finaliser of MurmurHash3)."""
    x = np.uint32(np.uint32(number) * np.uint32(0x9E3779B9)) ^ np.uint32(seed)
    x = np.uint32((x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32((x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    x = np.uint32(x ^ (x >> np.uint32(16)))
    return np.float32(np.int32(x)) * np.float32(2.0**-31)
