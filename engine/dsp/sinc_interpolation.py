"""Sample interpolation by windowed sincs, for any read position and rate.

A table holds a sinc at PHASES positions between two samples, interpolated linearly with an error below −100 dB.
"""

import numpy as np

from engine.kernel import njit
from engine.simd.registers import load_register, splat_register, sum_lanes
from engine.simd.vectors import LANES, fma, sub

TAPS = 32  # samples that one value is computed from
LOOKAHEAD = TAPS // 2  # those of them after the read position
PHASES = 512
TABLES = 12  # each with a cutoff a semitone and a half below the one before
KAISER_BETA = 8.0  # of the Kaiser window


def sinc_tables() -> np.ndarray:
    """Sincs (TABLES, PHASES + 1, TAPS); table c is free of aliasing up to a speed of 2^(c/8) samples per frame."""
    position = np.arange(TAPS) - (LOOKAHEAD - 1) - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(KAISER_BETA * np.sqrt(np.maximum(1 - (position / LOOKAHEAD) ** 2, 0))) / np.i0(KAISER_BETA)
    cutoffs = 2.0 ** (-np.arange(TABLES) / 8)
    return np.stack([cutoff * np.sinc(cutoff * position) * window for cutoff in cutoffs]).astype(np.float32)


@njit(cache=True, error_model="numpy")
def table_index(speed):
    """The table that prevents aliasing at a speed in samples per frame."""
    return min(max(int(np.ceil(8 * np.log2(max(speed, 1.0)) - 1e-6)), 0), TABLES - 1)


@njit(cache=True, error_model="numpy")
def interpolate(wave, start, share, table):
    """The value `share` (0 … 1) of the way from sample start + LOOKAHEAD − 1 to the next; reads TAPS samples.

    wave: float32 or int16. table: (PHASES + 1, TAPS), C-contiguous, one of `sinc_tables`.
    """
    position = share * np.float32(PHASES)
    phase = min(int(position), PHASES - 1)
    fraction, row = splat_register(position - np.float32(phase)), phase * TAPS
    total = splat_register(np.float32(0))
    for k in range(0, TAPS, LANES):
        low, high = load_register(table, row + k), load_register(table, row + TAPS + k)
        total = fma(load_register(wave, start + k), fma(fraction, sub(high, low), low), total)
    return sum_lanes(total)
