"""The modal kernel against the limits of the core, plain numba, and the convolution that it stands in for.

    python -m benchmarks.modal [--json]

The size is that of the articles' instrument: 16 resonances in 2 variants of 64 modes, at 48 kHz.
"""

from collections.abc import Callable

import numpy as np
from numba import njit

from engine.dsp import modal
from engine.simd import LANES

from . import limits, shapes
from .partitioned import Convolver
from .rows import Row, medians, show

RATE = 48_000.0
RESONANCES, VARIANTS, MODES, TAPS = 16, 2, 64, 131_072
BLOCK = 128
TIMES = 20  # runs a measurement, so that the call from Python does not count
# Multiplications and multiply-adds of a mode and a frame. Additions alone, one more each, are left out: some cores
# have separate units for them.
RING_OPERATIONS, DRIVE_OPERATIONS = 5, 7
BEST_PLAIN = 2.5 if LANES == 16 else 1.4


def measure() -> list[Row]:
    """All figures of the modal kernel."""
    times = medians(_one_bank() | {"peak": lambda: limits.multiply_add(_PEAK, limits.STEPS)}, 40)
    peak = limits.CHAINS * limits.WIDTH * limits.STEPS / times.pop("peak")
    times = {name: seconds / TIMES for name, seconds in times.items()}
    frames = RESONANCES * VARIANTS * MODES * modal.STRIDE
    plain, aligned = (min(times[name] for name in times if name.startswith(kind)) for kind in ("plain", "aligned"))
    return [
        *(Row(f"2048 modes × 64 frames, {name}", 1e6 * seconds, "µs") for name, seconds in times.items()),
        Row("multiply-adds of one core", peak / 1e9, "G/s"),
        Row("of that, driven", 100 * DRIVE_OPERATIONS * frames / times["driven"] / peak, "%", 70),
        Row("of that, ringing", 100 * RING_OPERATIONS * frames / times["ringing"] / peak, "%", 70),
        Row("driven modes in realtime on one core", frames / times["driven"] / RATE, ""),
        Row("best plain shape : driven", plain / times["driven"], "×", BEST_PLAIN),
        Row("best plain shape on aligned arrays : driven", aligned / times["driven"], "×"),
        *_instrument(),
        Row("error after 10 s of free ringing", error_after(10.0), "dB", -90, goal_is_most=True),
    ]


def error_after(seconds: float) -> float:
    """Level in dB of a float32 bank's error, struck and left to ring, against the closed form in float64."""
    noise = np.random.default_rng(2)
    bank, partials = _bank(noise, 512)
    sums, out = modal.new_sums(1), np.zeros((2, modal.STRIDE), np.float32)
    modal.drive(bank, np.ones(1, np.float32), sums[0])
    modal.ring(bank, sums[0], modal.STRIDE - 1)
    runs = int(seconds * RATE) // modal.STRIDE
    for _ in range(runs):
        sums[:] = 0
        modal.correct(bank)
        modal.ring(bank, sums[0], modal.STRIDE)
    modal.settle(sums, np.ones((1, modal.STRIDE), np.float32), out[0], out[1])
    frequency, decay, real, imaginary = partials[:, :, None]
    time = (runs * modal.STRIDE + np.arange(modal.STRIDE)) / RATE
    each = ((real + 1j * imaginary) * np.exp((-decay + 2j * np.pi * frequency) * time)).real
    expected = (each * (1 - bank[modal.SIDE][:, None].astype(float))).sum(0)
    return 20 * np.log10(np.std(out[0] - expected) / np.std(expected))


def _bank(noise: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A tuned bank of random modes, T60 between 5 and 30 s, and its partials."""
    c = np.exp(2j * np.pi * noise.random(count)) / count
    partials = np.array([noise.uniform(50, 20_000, count), noise.uniform(0.23, 1.38, count), c.real, c.imag])
    bank = modal.new_banks(1, count)[0]
    modal.tune(bank, partials, 1.0, 0.0, RATE)
    bank[modal.SIDE, :count] = modal.stereo(noise.uniform(-1, 1, count))[1]
    return bank, partials


_PEAK = limits.aligned((limits.CHAINS * limits.WIDTH,))


def _one_bank() -> dict[str, Callable[[], object]]:
    """All modes in one bank to one output: the kernel, and every plain shape on both kinds of arrays."""
    noise = np.random.default_rng(1)
    bank, partials = _bank(noise, RESONANCES * VARIANTS * MODES)
    u, weight = noise.uniform(-1, 1, modal.STRIDE).astype(np.float32), np.ones((1, modal.STRIDE), np.float32)
    sums, (left, right) = modal.new_sums(1), np.zeros((2, modal.STRIDE), np.float32)
    z, p, c = (bank[[modal.RE, modal.A, modal.GAIN_RE]] + 1j * bank[[modal.IM, modal.B, modal.GAIN_IM]]).astype("c8")
    side, plain = bank[modal.SIDE].copy(), _as_numpy_would(bank)
    return {
        "driven": lambda: _driven(bank, u, sums, weight, left, right, TIMES),
        "ringing": lambda: _ringing(bank, sums, weight, left, right, TIMES),
        "correction": lambda: _corrected(bank, TIMES),
        "retuning": lambda: _retuned(bank, partials, TIMES),
        "plain, time outside": lambda: shapes.time_outside(plain, u, left, right, TIMES),
        "plain, groups of 64": lambda: shapes.groups_of_64(plain, u, left, right, TIMES),
        "plain, complex numbers": lambda: shapes.complex_numbers(z, p, c, side, u, left, right, TIMES),
        "plain, time inside": lambda: shapes.time_inside(plain, u, left, right, TIMES),
        "aligned, time outside": lambda: shapes.time_outside(bank, u, left, right, TIMES),
        "aligned, groups of 64": lambda: shapes.groups_of_64(bank, u, left, right, TIMES),
    }


def _instrument() -> list[Row]:
    """Sixteen stereo outputs, the two variants of each weighed frame by frame, in three ways."""
    noise = np.random.default_rng(3)
    banks = limits.aligned((RESONANCES, VARIANTS, modal.ROWS, modal.padded(MODES)))
    for r, e in np.ndindex(banks.shape[:2]):
        banks[r, e] = _bank(noise, MODES)[0]
    sums, out = modal.new_sums(VARIANTS), np.zeros((RESONANCES, 2, BLOCK), np.float32)
    u = noise.uniform(-1, 1, (RESONANCES, BLOCK)).astype(np.float32)
    weight, plain = noise.random((VARIANTS, BLOCK)).astype(np.float32), _as_numpy_would(banks)
    convolver = Convolver(noise.standard_normal((RESONANCES, VARIANTS, TAPS)).astype(np.float32), BLOCK)
    times = medians(
        {
            "modes": lambda: _resonances(banks, u, sums, weight, out, TIMES),
            "plain": lambda: shapes.resonances(plain, u, weight, out, TIMES),
            "aligned": lambda: shapes.resonances(banks, u, weight, out, TIMES),
            "convolution": lambda: (convolver(u) * weight).sum(1),
        },
        20,
    )
    modes, plain, aligned = (times[name] / TIMES for name in ("modes", "plain", "aligned"))
    return [
        Row("whole instrument, block of 128, modes and corrections", 1e6 * modes, "µs"),
        Row("plain shape : modes", plain / modes, "×"),
        Row("plain shape on aligned arrays : modes", aligned / modes, "×"),
        Row("partitioned convolution, 32 × 131072 taps", 1e6 * times["convolution"], "µs"),
        Row("partitioned convolution : modes", times["convolution"] / modes, "×", 200),
    ]


def _as_numpy_would(array: np.ndarray) -> np.ndarray:
    """A copy where numpy usually puts one: 16 bytes beyond the beginning of a line of the cache."""
    room = limits.aligned((array.size + 4,))[4:]
    room[:] = array.ravel()
    return room.reshape(array.shape)


@njit(cache=True, error_model="numpy")
def _driven(bank, u, sums, weight, left, right, times):
    for _ in range(times):
        modal.drive(bank, u, sums[0])
        modal.settle(sums, weight, left, right)


@njit(cache=True, error_model="numpy")
def _ringing(bank, sums, weight, left, right, times):
    for _ in range(times):
        modal.ring(bank, sums[0], modal.STRIDE)
        modal.settle(sums, weight, left, right)


@njit(cache=True, error_model="numpy")
def _corrected(bank, times):
    for _ in range(times):
        modal.correct(bank)


@njit(cache=True, error_model="numpy")
def _retuned(bank, partials, times):
    for _ in range(times):
        modal.tune(bank, partials, 1.0, 0.0, RATE)


@njit(cache=True, error_model="numpy")
def _resonances(banks, u, sums, weight, out, times):
    """Every resonance in runs of STRIDE: all its variants driven, corrected, weighed, settled."""
    for _ in range(times):
        for r in range(banks.shape[0]):
            for start in range(0, u.shape[1], modal.STRIDE):
                stop = start + modal.STRIDE
                for e in range(banks.shape[1]):
                    modal.correct(banks[r, e])
                    modal.drive(banks[r, e], u[r, start:stop], sums[e])
                modal.settle(sums, weight[:, start:stop], out[r, 0, start:stop], out[r, 1, start:stop])


if __name__ == "__main__":
    show(measure())
