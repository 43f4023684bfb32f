"""Attacks: the short sound that sets a body ringing, a fixed shape and a breath of noise."""

from numba import njit


@njit(cache=True, error_model="numpy", fastmath=True)
def shape(out, curve, gain):
    """Add gain · curve to `out`; both (T,)."""
    for t in range(out.shape[0]):
        out[t] += gain * curve[t]


@njit(cache=True, error_model="numpy", fastmath=True)
def breath(out, envelope, noise, gain):
    """Add gain · envelope · noise to `out`; all (T,)."""
    for t in range(out.shape[0]):
        out[t] += gain * envelope[t] * noise[t]


@njit(cache=True, error_model="numpy", fastmath=True)
def soften(out, part, low, dull, pole):
    """Add part to out, both (T,), less so much of its highs: 0 none of them, 1 all.

    low: part without its highs, as it was last; pole: of its way that goes in one frame. Gives back the new low.
    """
    for t in range(out.shape[0]):
        low += pole * (part[t] - low)
        out[t] += part[t] + dull * (low - part[t])
    return low
