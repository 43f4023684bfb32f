"""Kernels for pitch tracking: normalised autocorrelation, and the filters before it.

The autocorrelation is that of two windows `lag` apart, the later one ending now:

    r(lag) = Σ x(t) x(t − lag) / √(Σ x(t)² Σ x(t − lag)²),    t over the last `window` samples

It does not depend on a level that rises between the two, as at every onset. With a window as long as the lag, two
periods of a tone are enough.
"""

import numpy as np

from engine.kernel import njit


def low_pass(rate: float, cutoff: float, seconds: float) -> np.ndarray:
    """Taps (N,) float32, N odd, of a low pass at a cutoff in Hz; gain 1 at 0 Hz, delay half of `seconds`."""
    half = max(round(seconds * rate / 2), 1)
    taps = np.sinc(2 * cutoff / rate * np.arange(-half, half + 1)) * np.hanning(2 * half + 3)[1:-1]
    return (taps / taps.sum()).astype(np.float32)


@njit(cache=True, error_model="numpy", fastmath=True)
def high_pass(samples, memory, pole):
    """High-pass samples (T,) in place at a cutoff f, pole = exp(−2π f / rate).

    memory: (2,) float64, the last input and the last output.
    """
    before, y = memory[0], memory[1]
    for t in range(samples.shape[0]):
        x = np.float64(samples[t])
        y = pole * y + x - before
        before = x
        samples[t] = y
    memory[0], memory[1] = before, y


@njit(cache=True, error_model="numpy", fastmath=True)
def decimate(samples, taps, step, out):
    """Filter, and keep every step-th sample.

    samples: (N − 1 + step · T,). taps: (N,), symmetric. out: (T,).
    """
    count = taps.shape[0]
    for t in range(out.shape[0]):
        part = samples[t * step + step - 1 :]
        total = np.float32(0)
        for i in range(count):
            total += taps[i] * part[i]
        out[t] = total


@njit(cache=True, error_model="numpy", fastmath=True)
def tail_energies(x, out):
    """Energies of the last n samples of x (T,), n = 0 … N: out (N + 1,) float64, N ≤ T."""
    total = 0.0
    last = x.shape[0] - 1
    out[0] = 0
    for n in range(1, out.shape[0]):
        total += np.float64(x[last + 1 - n]) * x[last + 1 - n]
        out[n] = total


@njit(cache=True, error_model="numpy", fastmath=True)
def lagged_product(x, lag, window):
    """The sum of x(t) x(t − lag) over the last `window` samples of x (T,)."""
    last = x.shape[0]
    later = x[last - window : last]
    earlier = x[last - window - lag : last - lag]
    total = np.float32(0)
    for i in range(window):
        total += later[i] * earlier[i]
    return total


@njit(cache=True, error_model="numpy", fastmath=True)
def correlation(x, energy, lag, window, noise_power):
    """The value of r(lag) at the end of x (T,).

    energy: as from `tail_energies`. noise_power: added to both powers, so that noise does not correlate.
    """
    now, before = energy[window], energy[lag + window] - energy[lag]
    threshold = window * noise_power
    return lagged_product(x, lag, window) / np.sqrt((now + threshold) * (max(before, 0.0) + threshold))


@njit(cache=True, error_model="numpy", fastmath=True)
def correlations(x, energy, low, min_window, noise_power, out):
    """The values r(low), r(low + 1) … at the end of x: out (N,); windows as long as the lag, or `min_window`."""
    for i in range(out.shape[0]):
        lag = low + i
        out[i] = correlation(x, energy, lag, max(lag, min_window), noise_power)


@njit(cache=True, error_model="numpy")
def parabola_peak(left, middle, right):
    """The peak of a parabola through three neighbours: its position, −0.5 … 0.5 from the middle, and its value."""
    curvature = left - 2 * middle + right
    if curvature >= 0:
        return 0.0, middle
    shift = min(max(0.5 * (left - right) / curvature, -0.5), 0.5)
    return shift, middle - 0.25 * (left - right) * shift
