"""Sample interpolation by windowed sincs, for any read position and rate.

A table holds a sinc at PHASES positions between two samples, interpolated linearly with an error below −100 dB.
"""

import numpy as np

from engine.kernel import njit

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


@njit(cache=True, error_model="numpy", fastmath=True)
def interpolate(wave, start, share, table):
    """The value `share` (0 … 1) of the way from sample start + LOOKAHEAD − 1 to the next; reads TAPS samples.

    wave: float32 or int16.
    """
    position = share * np.float32(PHASES)
    phase = min(int(position), PHASES - 1)
    fraction = position - np.float32(phase)
    low, high, samples = table[phase], table[phase + 1], wave[start : start + TAPS]
    total = np.float32(0)
    for k in range(TAPS):
        total += np.float32(samples[k]) * (low[k] + fraction * (high[k] - low[k]))
    return total
