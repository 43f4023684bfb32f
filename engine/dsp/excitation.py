"""Excitation signals of attacks: a fixed curve, a noise burst, and a one-pole damping of their high frequencies."""

import numpy as np

from engine.kernel import njit


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


@njit(cache=True, error_model="numpy")
def interpolate_points(out, points, start, first, step):
    """Fill out (T,) with a curve through points (A,), a straight line from one to the next and flat past the ends.

    start: number of the first sample; first: number of the point at sample 0, which may lie between two; step:
    points in a sample. The values do not depend on where the runs of samples begin.
    """
    last = points.shape[0] - 1
    for t in range(out.shape[0]):
        x = min(max(first + (start + t) * step, 0.0), float(last))
        i = min(int(x), max(last - 1, 0))
        share = np.float32(x - i)
        out[t] = points[i] + share * (points[min(i + 1, last)] - points[i])


@njit(cache=True, error_model="numpy", fastmath=True)
def add_damped(out, part, low, dull, pole):
    """Add part to out, both (T,), with its high frequencies reduced by the share `dull`, 0 … 1.

    low: state of the one-pole low pass; pole: its coefficient. Returns the new state.
    """
    for t in range(out.shape[0]):
        low += pole * (part[t] - low)
        out[t] += part[t] + dull * (low - part[t])
    return low
