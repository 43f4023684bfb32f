"""The memory layout of a bank of modes.

A bank is a float32 array (ROWS, K); K is a multiple of WIDTH (`padded`), unused modes are zero.
A mode is z ← p z + c u. With p = a + ib its state is kept as RE: x = Re z, and SCALED_IM: y = −b Im z, the part of
the next x that comes from Im z. So x ← a x + y + Re(c) u and y ← a y − b² x − b Im(c) u: one multiplication less than
with re and im, and as exact. A, MINUS_B_SQUARED: a and −b². INPUT_RE, INPUT_SCALED_IM: Re(c) and −b Im(c).
CORRECTION_RE, CORRECTION_SCALED_IM: see `modal.correct`. The output is accumulated in `sums` (C, STRIDE, LANES): for
each frame the lanes of the mid signal and, where C is 2, of the side signal, SIDE times x.
"""

import numpy as np

from engine.simd.vectors import LANES, WIDTH, aligned_zeros

STRIDE = 64  # frames between corrections, and the longest run
ROWS = 9
RE, SCALED_IM, A, MINUS_B_SQUARED, INPUT_RE, INPUT_SCALED_IM, SIDE, CORRECTION_RE, CORRECTION_SCALED_IM = range(ROWS)
FREQUENCY, DECAY, REAL, IMAGINARY = range(4)  # rows of the partials of `modal.tune`


def padded(count: int) -> int:
    """The number of modes of a bank for `count` modes, padded to a multiple of WIDTH."""
    return -(-count // WIDTH) * WIDTH


def new_banks(banks: int, count: int) -> np.ndarray:
    """[main thread] Silent banks (banks, ROWS, K) for `count` modes each."""
    return aligned_zeros((banks, ROWS, padded(count)))


def new_sums(variants: int, channels: int = 2) -> np.ndarray:
    """[main thread] Zero sums (variants, channels, STRIDE, LANES); one channel is enough where every SIDE is zero."""
    return aligned_zeros((variants, channels, STRIDE, LANES))


def stereo(position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The factor on c and the SIDE of a mode at a stereo position (−1 left, 1 right).

    Left and right are √2 cos θ and √2 sin θ with θ = (position + 1) π/4: equal power, 1 in the centre.
    """
    angle = np.asarray(position, np.float64) * (np.pi / 4)
    return np.cos(angle), np.tan(angle)
