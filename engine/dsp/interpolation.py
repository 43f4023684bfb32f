"""Sound between its samples: a windowed sinc, read at any place and any pace.

A table holds the sinc at PHASES places between two samples; between those it is a straight line, −100 dB off at most.
"""

import numpy as np
from numba import njit

TAPS = 32  # samples that one value is made of
REACH = TAPS // 2  # of them, those that lie ahead
PHASES = 512
CUTS = 12  # tables: each cuts off a semitone and a half lower than the one before
BETA = 8.0  # of the Kaiser window


def tables() -> np.ndarray:
    """Sincs (CUTS, PHASES + 1, TAPS); table c for a pace of up to 2^(c/8), whose highest sounds would fold."""
    place = np.arange(TAPS) - (REACH - 1) - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(BETA * np.sqrt(np.maximum(1 - (place / REACH) ** 2, 0))) / np.i0(BETA)
    cuts = 2.0 ** (-np.arange(CUTS) / 8)
    return np.stack([cut * np.sinc(cut * place) * window for cut in cuts]).astype(np.float32)


@njit(cache=True, error_model="numpy")
def table_for(pace):
    """Which table lets nothing fold when so many samples go by in one frame."""
    return min(max(int(np.ceil(8 * np.log2(max(pace, 1.0)) - 1e-6)), 0), CUTS - 1)


@njit(cache=True, error_model="numpy", fastmath=True)
def between(wave, start, share, table):
    """The value `share` (0 … 1) of the way from sample start + REACH − 1 to the next; TAPS from start on are read."""
    place = share * np.float32(PHASES)
    phase = min(int(place), PHASES - 1)
    rest = place - np.float32(phase)
    low, high, heard = table[phase], table[phase + 1], wave[start : start + TAPS]
    total = np.float32(0)
    for k in range(TAPS):
        total += heard[k] * (low[k] + rest * (high[k] - low[k]))
    return total
