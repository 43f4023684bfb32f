"""Speed of a one-second convolution reverb at 48 kHz in blocks of 64 frames, its evenness, and peers.

    python -m benchmarks.kernels.room [--json]

Both channels are convolved. The peer is uniformly partitioned convolution with numpy's transforms.
"""

import time

import numpy as np
from numba import njit

from benchmarks.support.measurement import Measurement, min_times, print_measurements
from benchmarks.support.uniform_convolver import Convolver
from engine.dsp import fft
from engine.dsp.convolution import HEAD_SIZE, convolve
from engine.dsp.convolution_plan import plan_convolution
from engine.simd.vectors import aligned_zeros

RATE, TAPS = 48_000.0, 48_000
BLOCKS = 128  # blocks per measurement: two rounds of the longest stage
ROUNDS = 60
PERIOD = 64  # blocks in which all stages have done each of their slices


def measure() -> list[Measurement]:
    """Measure a room."""
    random = np.random.default_rng(1)
    mono = random.standard_normal(TAPS) * np.exp(-6 * np.arange(TAPS) / TAPS)
    stereo = np.stack([mono, random.permutation(mono)])
    plans = {"a room": plan_convolution(mono).arrays(), "a stereo room": plan_convolution(stereo).arrays()}
    x, y = random.standard_normal((2, HEAD_SIZE)).astype(np.float32), np.zeros((2, HEAD_SIZE), np.float32)
    uniform = Convolver(np.stack([mono, mono])[:, None].astype(np.float32), HEAD_SIZE)
    times = min_times(
        {
            **{name: lambda arrays=arrays: _blocks(*arrays, x, y, BLOCKS) for name, arrays in plans.items()},
            "uniform": lambda: uniform(x),
            **_transforms(random),
        },
        ROUNDS,
    )
    blocks = {name: times[name] / BLOCKS for name in plans}
    worst, mean = block_time_range(plans["a room"], x, y)
    return [
        *(
            Measurement(f"{name} of 1 s, both channels, 64 frames", 1e6 * seconds, "µs")
            for name, seconds in blocks.items()
        ),
        *(
            Measurement(f"{name}, of one core", 100 * s * RATE / HEAD_SIZE, "%", 0.6, True)
            for name, s in blocks.items()
        ),
        Measurement("worst block : mean block", worst / mean, "×", 2, goal_is_max=True),
        Measurement("parts of one size by numpy : a room", times["uniform"] / blocks["a room"], "×", 7),
        Measurement("transform of 1024 complex numbers", 1e6 * times["ours"] / BLOCKS, "µs"),
        Measurement("the same by numpy : ours", times["numpy"] / 64 / (times["ours"] / BLOCKS), "×", 1),
        Measurement("error against direct convolution", error_db(random), "dB", -110, goal_is_max=True),
    ]


def block_time_range(arrays: tuple[np.ndarray, ...], x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Seconds of the slowest and of the mean block of a period, each the median of its rounds."""
    seconds = np.zeros((ROUNDS, PERIOD))
    for round_index in range(ROUNDS):
        for block in range(PERIOD):
            start = time.perf_counter()
            convolve(*arrays, (round_index * PERIOD + block) * HEAD_SIZE, x, y)
            seconds[round_index, block] = time.perf_counter() - start
    block_seconds = np.median(seconds, 0)
    return float(block_seconds.max()), float(block_seconds.mean())


def error_db(random: np.random.Generator) -> float:
    """Level in dB of the error of two seconds, against convolution in float64."""
    response = random.standard_normal(TAPS) * np.exp(-6 * np.arange(TAPS) / TAPS)
    x = random.standard_normal((2, 2 * TAPS)).astype(np.float32)
    y, size, arrays = np.zeros_like(x), 1 << 18, plan_convolution(response).arrays()
    for start in range(0, x.shape[1], HEAD_SIZE):
        convolve(*arrays, start, x[:, start : start + HEAD_SIZE], y[:, start : start + HEAD_SIZE])
    expected = np.fft.irfft(np.fft.rfft(x.astype(float), size) * np.fft.rfft(response, size), size)[:, : x.shape[1]]
    return float(20 * np.log10(np.std(y - expected) / np.std(expected)))


def _transforms(random: np.random.Generator) -> dict:
    """A transform of 1024 numbers by our kernel, and by numpy, many at once, in single precision."""
    size = 1024
    x, table, passes = aligned_zeros((2 * size,)), fft.twiddles(size), fft.passes(size)
    many = random.standard_normal((64, size)).astype(np.complex64)
    return {"ours": lambda: _forward(x, size, table, passes, BLOCKS), "numpy": lambda: np.fft.fft(many)}


@njit(cache=True, error_model="numpy")
def _blocks(memory, offsets, stages, jobs, slices, x, y, times):
    for i in range(times):
        convolve(memory, offsets, stages, jobs, slices, i * HEAD_SIZE, x, y)


@njit(cache=True, error_model="numpy")
def _forward(x, size, table, passes, times):
    for _ in range(times):
        fft.forward(x, 0, size, table, passes)


if __name__ == "__main__":
    print_measurements(measure())
