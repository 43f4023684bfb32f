"""Excitation signals of attacks: a fixed curve, a noise burst, and a one-pole damping of their high frequencies."""

from numba import njit


@njit(cache=True, error_model="numpy", fastmath=True)
def add_curve(out, curve, gain):
    """Add gain · curve to `out`; both (T,)."""
    for t in range(out.shape[0]):
        out[t] += gain * curve[t]


@njit(cache=True, error_model="numpy", fastmath=True)
def add_noise(out, envelope, noise, gain):
    """Add gain · envelope · noise to `out`; all (T,)."""
    for t in range(out.shape[0]):
        out[t] += gain * envelope[t] * noise[t]


@njit(cache=True, error_model="numpy", fastmath=True)
def add_damped(out, part, low, dull, pole):
    """Add part to out, both (T,), with its high frequencies reduced by the share `dull`, 0 … 1.

    low: state of the one-pole low pass; pole: its coefficient. Returns the new state.
    """
    for t in range(out.shape[0]):
        low += pole * (part[t] - low)
        out[t] += part[t] + dull * (low - part[t])
    return low
