"""Speed of the articles' whole instrument: by modes, by plain numba, and by the convolution that modes replace.

    python -m benchmarks.kernels.modes_against_convolution [--json]

All do the same: 16 inputs, each driving 2 variants of its resonance, which are weighted frame by frame into one
output per resonance, at 48 kHz. A resonance is 64 modes, or the 131072 taps that the articles convolve with.
The convolution is mono, and is compared with modes in mono; their cost in stereo is stated beside. The times are the
best of many rounds: the convolution reads 50 MB a block, and other load slows it more than the modes.
"""

from collections.abc import Callable
from types import ModuleType

import numpy as np
from numba import njit

from benchmarks.support.measurement import Measurement, min_times, print_measurements
from benchmarks.support.uniform_convolver import Convolver
from engine.dsp import modal, modal_plain, modal_simd
from engine.pointers import view_f4
from engine.simd.vectors import aligned_zeros

from .modal import RATE, copy_unaligned, random_bank

RESONANCES, VARIANTS, MODES, TAPS = 16, 2, 64, 131_072
RUNS = 20  # blocks per measurement, so that the call from Python is negligible
ROUNDS = 100
GOALS = {
    64: 200.0,
    128: None,
}  # by block size; from 64 to 128 frames modes cost twice as much, the convolution the same


def measure() -> list[Measurement]:
    """Measure blocks of 64 frames and of 128."""
    noise = np.random.default_rng(3)
    banks = aligned_zeros((RESONANCES, VARIANTS, modal.ROWS, modal.padded(MODES)))
    for r, e in np.ndindex(banks.shape[:2]):
        banks[r, e] = random_bank(noise, MODES)[0]
    return [row for block in GOALS for row in _measurements(noise, banks, block)]


def compile_player(kernels: ModuleType) -> Callable[..., None]:
    """Compile a function that plays banks (R, E, ROWS, K), driven by u (S, R, T), weighted by (S, E, T).

    It writes to out (S, R, 2, T) in S runs of T ≤ STRIDE frames, `times` times over, with the kernels of a module.
    """
    advance_driven, mix_sums, correct = kernels.advance_driven, kernels.mix_sums, modal.correct

    @njit(error_model="numpy")
    def play(banks, u, sums, weight, out, times):
        banks, u, sums, weight, out = _view(banks), _view(u), _view(sums), _view(weight), _view(out)
        for _ in range(times):
            for run in range(u.shape[0]):
                for r in range(banks.shape[0]):
                    for e in range(banks.shape[1]):
                        correct(banks[r, e])
                        advance_driven(banks[r, e], u[run, r], sums[e])
                    mix_sums(sums, weight[run], out[run, r, 0], out[run, r, 1])

    return play


@njit(error_model="numpy")
def _view(array):
    """An array of float32 without reference counting, which every slice would change; as in the engine."""
    return view_f4(array.ctypes.data, array.shape)


def _measurements(noise: np.random.Generator, banks: np.ndarray, block: int) -> list[Measurement]:
    """Cost of a block of so many frames, each way."""
    runs = block // modal.STRIDE
    out = np.zeros((runs, RESONANCES, 2, modal.STRIDE), np.float32)
    u = noise.uniform(-1, 1, (runs, RESONANCES, modal.STRIDE)).astype(np.float32)
    weight = noise.random((runs, VARIANTS, modal.STRIDE)).astype(np.float32)
    audio, shares = np.hstack(list(u)), np.hstack(list(weight))
    mono, stereo = modal.new_sums(VARIANTS, 1), modal.new_sums(VARIANTS, 2)
    simd, twin, plain = compile_player(modal_simd), compile_player(modal_plain), copy_unaligned(banks)
    convolver = Convolver(noise.standard_normal((RESONANCES, VARIANTS, TAPS)).astype(np.float32), block)
    times = min_times(
        {
            "modes": lambda: simd(banks, u, mono, weight, out, RUNS),
            "stereo": lambda: simd(banks, u, stereo, weight, out, RUNS),
            "plain": lambda: twin(plain, u, mono, weight, out, RUNS),
            "aligned": lambda: twin(banks, u, mono, weight, out, RUNS),
            "convolution": lambda: (convolver(audio) * shares).sum(1),
        },
        ROUNDS,
    )
    times = {name: seconds / (1 if name == "convolution" else RUNS) for name, seconds in times.items()}
    size, modes = f"block of {block}", times["modes"]
    return [
        Measurement(f"{size}: modes, mono", 1e6 * modes, "µs"),
        Measurement(f"{size}: of one core", 100 * modes * RATE / block, "%"),
        Measurement(f"{size}: modes, stereo", 1e6 * times["stereo"], "µs"),
        Measurement(f"{size}: plain twin, mono", 1e6 * times["plain"], "µs"),
        Measurement(f"{size}: plain twin on aligned arrays, mono", 1e6 * times["aligned"], "µs"),
        Measurement(f"{size}: partitioned convolution, mono", 1e6 * times["convolution"], "µs"),
        Measurement(f"{size}: plain twin : modes", times["plain"] / modes, "×"),
        Measurement(f"{size}: partitioned convolution : modes", times["convolution"] / modes, "×", GOALS[block]),
        Measurement(
            f"{size}: partitioned convolution : modes in stereo", times["convolution"] / times["stereo"], "×"
        ),
    ]


if __name__ == "__main__":
    print_measurements(measure())
