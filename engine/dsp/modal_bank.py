"""How a bank of modes lies in memory, whoever computes it.

A bank is a float32 array (ROWS, K); K is a multiple of WIDTH (`padded`), and modes that are not used are zero.
A mode is z ← p z + c u. With p = a + ib, its state is kept as RE: x = Re z, and TURN: y = −b Im z, that which the
next x gets from Im z. So x ← a x + y + Re(c) u and y ← a y − b² x − b Im(c) u: one multiplication less than in re
and im, and as exact. A, BACK: a and −b². IN_RE, IN_TURN: Re(c) and −b Im(c). REST_RE, REST_TURN: see `modal.correct`.
What sounds is gathered in `sums` (C, STRIDE, LANES): for each frame the lanes of the middle and, where C is 2, of
the side signal, SIDE times x.
"""

import numpy as np

from engine.simd.vectors import LANES, WIDTH, aligned

STRIDE = 64  # frames between corrections, and the longest run
ROWS = 9
RE, TURN, A, BACK, IN_RE, IN_TURN, SIDE, REST_RE, REST_TURN = range(ROWS)
FREQUENCY, DECAY, REAL, IMAGINARY = range(4)  # the rows of what `tune` is given


def padded(count: int) -> int:
    """The number of modes that a bank has when `count` of them are used."""
    return -(-count // WIDTH) * WIDTH


def new_banks(banks: int, count: int) -> np.ndarray:
    """[main thread] Silent banks (banks, ROWS, K) with room for `count` modes each."""
    return aligned((banks, ROWS, padded(count)))


def new_sums(variants: int, channels: int = 2) -> np.ndarray:
    """[main thread] Clear sums (variants, channels, STRIDE, LANES); one channel does where every SIDE is zero."""
    return aligned((variants, channels, STRIDE, LANES))


def stereo(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a place in the stereo field (−1 left, 1 right) means for a mode: a factor on its c, and its SIDE.

    Left and right then are √2 cos θ and √2 sin θ with θ = (place + 1) π/4: equal power, 1 in the centre.
    """
    angle = np.asarray(place, np.float64) * (np.pi / 4)
    return np.cos(angle), np.tan(angle)
