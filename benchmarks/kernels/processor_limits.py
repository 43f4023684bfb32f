"""Limits of one core: multiply-adds, and reading from each level of memory.

python -m benchmarks.kernels.processor_limits [--json]
"""

import numpy as np
from numba import njit

from benchmarks.support.measurement import Measurement, median_times, print_measurements
from engine.simd.vectors import LANES, WIDTH, add, aligned_zeros, fma, load, splat, store

CHAINS = (
    3  # vectors in flight, twelve registers: enough for a latency of six cycles, few enough for sixteen registers
)
STEPS = 100_000
MEMORY_BYTES = {"16 KB": 1 << 14, "256 KB": 1 << 18, "8 MB": 1 << 23, "256 MB": 1 << 28}


def measure() -> list[Measurement]:
    """Measure the limits of this core."""
    measurements = [
        Measurement("lanes of a register", LANES, "float32"),
        Measurement("multiply-add, float32", measure_peak(), "G/s"),
    ]
    for name, size in MEMORY_BYTES.items():
        measurements.append(Measurement(f"read from {name}", measure_bandwidth(size), "GB/s"))
    return measurements


def measure_peak(rounds: int = 30) -> float:
    """Float32 multiply-adds of one core, in 1e9 per second."""
    x = aligned_zeros((CHAINS * WIDTH,))
    seconds = median_times({"fma": lambda: multiply_add(x, STEPS)}, rounds)["fma"]
    return CHAINS * WIDTH * STEPS / seconds / 1e9


def measure_bandwidth(size: int) -> float:
    """Speed of reading so many bytes repeatedly, in 1e9 bytes per second."""
    x = aligned_zeros((size // 4,))
    times = max(1, (1 << 24) // size)
    seconds = median_times({"sum_array": lambda: sum_array(x, times)}, 10)["sum_array"]
    return size * times / seconds / 1e9


@njit(cache=True, error_model="numpy")
def multiply_add(x, steps):
    """Multiply and add CHAINS vectors of x, `steps` times each."""
    a, b = splat(np.float32(0.999)), splat(np.float32(0.001))
    first, second, third = load(x, 0), load(x, WIDTH), load(x, 2 * WIDTH)
    for _ in range(steps):
        first, second, third = fma(first, a, b), fma(second, a, b), fma(third, a, b)
    store(x, 0, first)
    store(x, WIDTH, second)
    store(x, 2 * WIDTH, third)


@njit(cache=True, error_model="numpy")
def sum_array(x, times):
    """Sum all of x, `times` times; the sum goes to its first elements."""
    even, odd = splat(np.float32(0)), splat(np.float32(0))
    for _ in range(times):
        for k in range(0, x.shape[0], 2 * WIDTH):
            even, odd = add(even, load(x, k)), add(odd, load(x, k + WIDTH))
    store(x, 0, add(even, odd))


if __name__ == "__main__":
    print_measurements(measure())
