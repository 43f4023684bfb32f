"""The articles' whole instrument, played by modes, by plain numba, and by the convolution that modes stand in for.

    python -m benchmarks.instrument [--json]

Everyone does the same: 16 inputs, each driving 2 variants of its resonance, which are weighed frame by frame into
one output per resonance, at 48 kHz. A resonance is 64 modes, or the 131072 taps that the articles convolve with.
The convolution is mono, and is compared with modes in mono; that in stereo they cost little more is stated beside.
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np
from numba import njit

from engine.dsp import modal, ringing, ringing_plain
from engine.simd import aligned

from .modal import RATE, as_numpy_would, new_bank
from .partitioned import Convolver
from .rows import Row, medians, show

RESONANCES, VARIANTS, MODES, TAPS = 16, 2, 64, 131_072
BLOCKS = (64, 128)
TIMES = 20  # blocks a measurement, so that the call from Python does not count
GOAL = 200.0


def measure() -> list[Row]:
    """All figures, in blocks of 64 frames and of 128."""
    noise = np.random.default_rng(3)
    banks = aligned((RESONANCES, VARIANTS, modal.ROWS, modal.padded(MODES)))
    for r, e in np.ndindex(banks.shape[:2]):
        banks[r, e] = new_bank(noise, MODES)[0]
    return [row for block in BLOCKS for row in _rows(noise, banks, block)]


def player(kernels: ModuleType) -> Callable[..., None]:
    """What plays banks (R, E, ROWS, K), driven by u (R, T) and weighed by (E, T), to out (R, 2, T), with kernels."""
    drive, settle, correct, stride = kernels.drive, kernels.settle, modal.correct, modal.STRIDE

    @njit(error_model="numpy")
    def play(banks, u, sums, weight, out, times):
        for _ in range(times):
            for r in range(banks.shape[0]):
                for start in range(0, u.shape[1], stride):
                    stop = start + stride
                    for e in range(banks.shape[1]):
                        correct(banks[r, e])
                        drive(banks[r, e], u[r, start:stop], sums[e])
                    settle(sums, weight[:, start:stop], out[r, 0, start:stop], out[r, 1, start:stop])

    return play


def _rows(noise: np.random.Generator, banks: np.ndarray, block: int) -> list[Row]:
    """What a block of so many frames costs, each way."""
    out = np.zeros((RESONANCES, 2, block), np.float32)
    u = noise.uniform(-1, 1, (RESONANCES, block)).astype(np.float32)
    weight = noise.random((VARIANTS, block)).astype(np.float32)
    mono, stereo = modal.new_sums(VARIANTS, 1), modal.new_sums(VARIANTS, 2)
    explicit, twin, plain = player(ringing), player(ringing_plain), as_numpy_would(banks)
    convolver = Convolver(noise.standard_normal((RESONANCES, VARIANTS, TAPS)).astype(np.float32), block)
    times = medians(
        {
            "modes": lambda: explicit(banks, u, mono, weight, out, TIMES),
            "stereo": lambda: explicit(banks, u, stereo, weight, out, TIMES),
            "plain": lambda: twin(plain, u, mono, weight, out, TIMES),
            "aligned": lambda: twin(banks, u, mono, weight, out, TIMES),
            "convolution": lambda: [(convolver(u) * weight).sum(1) for _ in range(TIMES)],
        },
        20,
    )
    times = {name: seconds / TIMES for name, seconds in times.items()}
    size, modes = f"block of {block}", times["modes"]
    return [
        Row(f"{size}: modes, mono", 1e6 * modes, "µs"),
        Row(f"{size}: of one core", 100 * modes * RATE / block, "%"),
        Row(f"{size}: modes, stereo", 1e6 * times["stereo"], "µs"),
        Row(f"{size}: plain twin, mono", 1e6 * times["plain"], "µs"),
        Row(f"{size}: plain twin on aligned arrays, mono", 1e6 * times["aligned"], "µs"),
        Row(f"{size}: partitioned convolution, mono", 1e6 * times["convolution"], "µs"),
        Row(f"{size}: plain twin : modes", times["plain"] / modes, "×"),
        Row(f"{size}: partitioned convolution : modes", times["convolution"] / modes, "×", GOAL),
        Row(f"{size}: partitioned convolution : modes in stereo", times["convolution"] / times["stereo"], "×"),
    ]


if __name__ == "__main__":
    show(measure())
