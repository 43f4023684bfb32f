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
