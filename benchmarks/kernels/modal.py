"""Speed of the modal kernel against the limits of the core and against plain numba.

    python -m benchmarks.kernels.modal [--json]

The size is that of the articles' instrument: 16 resonances in 2 variants of 64 modes, at 48 kHz, in blocks of 64.
"""

from collections.abc import Callable

import numpy as np
from numba import njit

from benchmarks.support.measurement import Measurement, min_times, print_measurements
from engine.dsp import modal
from engine.simd.vectors import LANES, WIDTH, aligned_zeros

from . import modal_variants, processor_limits

RATE = 48_000.0
MODES = 16 * 2 * 64
RUNS = 20  # runs per measurement, so that the call from Python is negligible
# Multiplications and multiply-adds of a mode and a frame: turning 3, the input 2, the side 1. Additions alone, one
# more, are left out: some cores have separate units for them.
RING_OPERATIONS, DRIVE_OPERATIONS = 4, 6
MIN_PLAIN_RATIO = 2.5 if LANES == 16 else 1.4
MIN_DRIVEN_PERCENT, MIN_RINGING_PERCENT = (78, 85) if LANES >= 8 else (65, 70)  # of the multiply-adds of one core


def measure() -> list[Measurement]:
    """Measure the modal kernel."""
    times = min_times(
        _candidates() | {"peak": lambda: processor_limits.multiply_add(_PEAK_DATA, processor_limits.STEPS)}, 40
    )
    peak = processor_limits.CHAINS * WIDTH * processor_limits.STEPS / times.pop("peak")
    times = {name: seconds / RUNS for name, seconds in times.items()}
    frames = MODES * modal.STRIDE
    driven, ringing = (
        100 * operations * frames / times[name] / peak
        for name, operations in (("driven", DRIVE_OPERATIONS), ("ringing", RING_OPERATIONS))
    )
    plain, aligned_zeros = (
        min(times[name] for name in times if name.startswith(kind)) for kind in ("plain", "aligned")
    )
    return [
        *(Measurement(f"{MODES} modes × 64 frames, {name}", 1e6 * seconds, "µs") for name, seconds in times.items()),
        Measurement("multiply-adds of one core", peak / 1e9, "G/s"),
        Measurement("of that, driven", driven, "%", MIN_DRIVEN_PERCENT),
        Measurement("of that, ringing", ringing, "%", MIN_RINGING_PERCENT),
        Measurement("driven modes in realtime on one core", frames / times["driven"] / RATE, ""),
        Measurement("best plain shape : driven", plain / times["driven"], "×", MIN_PLAIN_RATIO),
        Measurement("best plain shape on aligned arrays : driven", aligned_zeros / times["driven"], "×"),
        Measurement("error after 10 s of free ringing", error_after_db(10.0), "dB", -90, goal_is_max=True),
    ]


def error_after_db(seconds: float) -> float:
    """Level in dB of a float32 bank's error after free ringing, against the closed form in float64."""
    noise = np.random.default_rng(2)
    bank, partials = random_bank(noise, 512)
    sums, out = modal.new_sums(1), np.zeros((2, modal.STRIDE), np.float32)
    modal.advance_driven(bank, np.ones(1, np.float32), sums[0])
    modal.advance(bank, sums[0], modal.STRIDE - 1)
    runs = int(seconds * RATE) // modal.STRIDE
    for _ in range(runs):
        sums[:] = 0
        modal.correct(bank)
        modal.advance(bank, sums[0], modal.STRIDE)
    modal.mix_sums(sums, np.ones((1, modal.STRIDE), np.float32), out[0], out[1])
    p, c = _complex_numbers(partials)
    partial_sounds = (c * p ** (runs * modal.STRIDE + np.arange(modal.STRIDE)[:, None])).real
    expected = (partial_sounds * (1 - bank[modal.SIDE].astype(float))).sum(1)
    return 20 * np.log10(np.std(out[0] - expected) / np.std(expected))


def random_bank(noise: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A tuned bank of random modes, T60 between 5 and 30 s, and its partials."""
    c = np.exp(2j * np.pi * noise.random(count)) / count
    partials = np.array([noise.uniform(50, 20_000, count), noise.uniform(0.23, 1.38, count), c.real, c.imag])
    bank = modal.new_banks(1, count)[0]
    modal.tune(bank, partials, 1.0, 0.0, RATE)
    bank[modal.SIDE, :count] = modal.stereo(noise.uniform(-1, 1, count))[1]
    return bank, partials


def copy_unaligned(array: np.ndarray) -> np.ndarray:
    """A copy where numpy usually puts one: 16 bytes after the start of a cache line."""
    room = aligned_zeros((array.nbytes // 4 + 4,))[4:].view(array.dtype)
    room[:] = array.ravel()
    return room.reshape(array.shape)


_PEAK_DATA = aligned_zeros((processor_limits.CHAINS * WIDTH,))


def _candidates() -> dict[str, Callable[[], object]]:
    """All modes in one bank to one stereo output: the kernel, and every plain variant on both kinds of arrays."""
    noise = np.random.default_rng(1)
    bank, partials = random_bank(noise, MODES)
    u, weight = noise.uniform(-1, 1, modal.STRIDE).astype(np.float32), np.ones((1, modal.STRIDE), np.float32)
    sums, (left, right) = modal.new_sums(1), np.zeros((2, modal.STRIDE), np.float32)
    numbers = [aligned_zeros((2 * MODES,)).view(np.complex64) for _ in range(3)]
    numbers[1][:], numbers[2][:] = _complex_numbers(partials)
    plain, plain_numbers = copy_unaligned(bank), [copy_unaligned(x) for x in numbers]
    side, plain_side = aligned_zeros((MODES,)), copy_unaligned(bank[modal.SIDE])
    side[:] = plain_side
    return {
        "driven": lambda: _driven(bank, u, sums, weight, left, right, RUNS),
        "ringing": lambda: _ringing(bank, sums, weight, left, right, RUNS),
        "correction": lambda: _corrected(bank, RUNS),
        "retuning": lambda: _retuned(bank, partials, RUNS),
        "plain, time outside": lambda: modal_variants.time_outside(plain, u, sums, weight, left, right, RUNS),
        "plain, complex numbers": lambda: modal_variants.complex_numbers(
            *plain_numbers, plain_side, u, left, right, RUNS
        ),
        "plain, time inside": lambda: modal_variants.time_inside(plain, u, left, right, RUNS),
        "aligned, time outside": lambda: modal_variants.time_outside(bank, u, sums, weight, left, right, RUNS),
        "aligned, complex numbers": lambda: modal_variants.complex_numbers(*numbers, side, u, left, right, RUNS),
    }


def _complex_numbers(partials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The p and c of partials (4, K), in float64."""
    frequency, decay, real, imaginary = partials
    return np.exp((-decay + 2j * np.pi * frequency) / RATE), real + 1j * imaginary


@njit(cache=True, error_model="numpy")
def _driven(bank, u, sums, weight, left, right, times):
    for _ in range(times):
        modal.advance_driven(bank, u, sums[0])
        modal.mix_sums(sums, weight, left, right)


@njit(cache=True, error_model="numpy")
def _ringing(bank, sums, weight, left, right, times):
    for _ in range(times):
        modal.advance(bank, sums[0], modal.STRIDE)
        modal.mix_sums(sums, weight, left, right)


@njit(cache=True, error_model="numpy")
def _corrected(bank, times):
    for _ in range(times):
        modal.correct(bank)


@njit(cache=True, error_model="numpy")
def _retuned(bank, partials, times):
    for _ in range(times):
        modal.tune(bank, partials, 1.0, 0.0, RATE)


if __name__ == "__main__":
    print_measurements(measure())
