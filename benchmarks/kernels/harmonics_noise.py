"""Speed of the harmonic and noise kernels against the limits of the core and against sums of sines.

    python -m benchmarks.kernels.harmonics_noise [--json]

A hundred harmonics in blocks of 64 frames at 48 kHz, with changing pitch and amplitudes; 65 bands of noise.
"""

import math

import numpy as np
from numba import njit

from benchmarks.support.measurement import Measurement, min_times, print_measurements
from engine.dsp import harmonics, noise
from engine.simd.vectors import WIDTH, aligned_zeros

from . import processor_limits

RATE, HOP, BLOCK = 48_000.0, 480, 64
HARMONICS, BANDS = 100, 65
RUNS = 50  # runs per measurement, so that the call from Python is negligible
PITCH, NEXT_PITCH = 120.0 / RATE, 121.0 / RATE  # cycles per sample
# Multiply-adds of a harmonic and a frame: one for the recurrence and two for both ends' amplitudes. An addition more
# is left out: some cores have separate units for it. A rotation by complex numbers would take four and these two.
OPERATIONS_PER_FRAME, ROTATION_OPERATIONS = 3, 6


def measure() -> list[Measurement]:
    """Measure the harmonics and the noise."""
    random = np.random.default_rng(1)
    before, after = (random.random((2, HARMONICS)) / np.arange(1, HARMONICS + 1)).astype(np.float32)
    out = np.zeros(BLOCK, np.float32)
    x = aligned_zeros((processor_limits.CHAINS * WIDTH,))
    times = min_times(
        {
            "peak": lambda: processor_limits.multiply_add(x, processor_limits.STEPS),
            "kernel": lambda: _kernel(out, before, after, RUNS),
            "libm": lambda: _libm(out, before, after, 2),
            "numpy": lambda: _numpy(before, after, np.float64),
            "numpy, float32": lambda: _numpy(before, after, np.float32),
            **_noise_functions(random),
        },
        60,
    )
    peak = processor_limits.CHAINS * WIDTH * processor_limits.STEPS / times["peak"]
    kernel, work = times["kernel"] / RUNS, HARMONICS * BLOCK
    return [
        Measurement("100 harmonics × 64 frames", 1e6 * kernel, "µs"),
        Measurement("multiply-adds of one core", peak / 1e9, "G/s"),
        Measurement("of that, at three a harmonic and frame", 100 * OPERATIONS_PER_FRAME * work / kernel / peak, "%"),
        Measurement("rotation at that peak : harmonics", ROTATION_OPERATIONS * work / peak / kernel, "×", 0.82),
        Measurement("sum of np.sin : harmonics", times["numpy"] / kernel, "×", 150),
        Measurement("sum of np.sin, float32 : harmonics", times["numpy, float32"] / kernel, "×"),
        Measurement("sum of math.sin, compiled : harmonics", times["libm"] / 2 / kernel, "×"),
        Measurement(
            "error of a frame from 27.5 Hz to 5 kHz, at worst", frame_error_db(), "dB", -110, goal_is_max=True
        ),
        Measurement("noise of two channels × 64 frames, 385 taps", 1e6 * times["noise"] / RUNS, "µs"),
        Measurement("a filter from 65 bands", 1e6 * times["filter"] / RUNS, "µs"),
    ]


def frame_error_db() -> float:
    """Level in dB of the error of a frame against the naive sum in float64, the worst of some pitches."""
    random = np.random.default_rng(2)
    worst = -math.inf
    for frequency in (27.5, 55.0, 110.0, 196.0, 440.0, 1760.0, 5000.0):
        pitches = np.array([1.0, 1.01]) * frequency / RATE
        k = np.arange(1, HARMONICS + 1)
        before, after = (random.random((2, HARMONICS)) / k * (k * pitches[1] < 0.5)).astype(np.float32)
        out = np.zeros(HOP, np.float32)
        harmonics.add_harmonics(out, 0.3, pitches[0], pitches[1], before, after, 0, HOP)
        expected = _naive(pitches, before.astype(float), after.astype(float), 0.3, np.arange(HOP))
        worst = max(worst, 20 * np.log10(np.std(out - expected) / np.std(expected)))
    return worst


def _naive(pitches: np.ndarray, before: np.ndarray, after: np.ndarray, phase: float, n: np.ndarray) -> np.ndarray:
    """Samples n of a frame, in the precision of the amplitudes."""
    u = n / HOP
    cycles = phase + pitches[0] * n + (pitches[1] - pitches[0]) * n * (n - 1) / (2 * HOP)
    k = np.arange(1, len(before) + 1)[:, None]
    angle = (2 * np.pi * ((k * cycles) % 1.0)).astype(before.dtype)
    weight = (before[:, None] + (after - before)[:, None] * u).astype(before.dtype)
    return (weight * np.sin(angle)).sum(0)


def _numpy(before: np.ndarray, after: np.ndarray, dtype: type) -> np.ndarray:
    """A block, computed by numpy."""
    return _naive(np.array([PITCH, NEXT_PITCH]), before.astype(dtype), after.astype(dtype), 0.3, np.arange(BLOCK))


def _noise_functions(random: np.random.Generator) -> dict:
    """Functions that render the noise of a voice, and make the filter of a frame."""
    table = noise.filter_table(BANDS, 16_000.0, RATE)
    size = noise.tap_count(table)
    line, out, bands = noise.new_line(table), np.zeros((2, BLOCK), np.float32), random.random(BANDS).astype("f4")
    filters = random.random((2, size)).astype(np.float32)
    return {
        "noise": lambda: _noise(line, size, filters, out, RUNS),
        "filter": lambda: _filter(table, bands, filters[0], RUNS),
    }


@njit(cache=True, error_model="numpy")
def _kernel(out, before, after, times):
    for _ in range(times):
        harmonics.add_harmonics(out, 0.3, PITCH, NEXT_PITCH, before, after, 64, HOP)


@njit(cache=True, error_model="numpy")
def _libm(out, before, after, times):
    for _ in range(times):
        for t in range(out.shape[0]):
            phase = 0.3 + PITCH * t + (NEXT_PITCH - PITCH) * t * (t - 1) / (2 * HOP)
            total = np.float32(0)
            for k in range(before.shape[0]):
                weight = before[k] + (after[k] - before[k]) * np.float32(t / HOP)
                total += weight * np.float32(math.sin(2 * math.pi * (k + 1) * phase))
            out[t] += total


@njit(cache=True, error_model="numpy")
def _noise(line, taps, filters, out, times):
    for i in range(times):
        noise.advance_line(line, taps, 1, i * BLOCK, BLOCK)
        for channel in range(2):
            noise.add_noise(out[channel], line[channel], filters[0], filters[1], 64, HOP)


@njit(cache=True, error_model="numpy")
def _filter(table, bands, taps, times):
    for _ in range(times):
        noise.write_filter(table, bands, taps)


if __name__ == "__main__":
    print_measurements(measure())
