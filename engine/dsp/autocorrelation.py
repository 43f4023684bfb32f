"""Kernels for pitch tracking: filters, normalised autocorrelation, and spectra of a few bins.

The autocorrelation is that of two windows `lag` apart, the later one ending now:

    r(lag) = Σ x(t) x(t − lag) / √(Σ x(t)² Σ x(t − lag)²),    t over the last `window` samples

It does not depend on a level that rises between the two, as in every onset. With a window as long as the lag, two
periods of a tone are enough.
"""

import numpy as np
from numba import njit


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
def correlations(x, energy, low, shortest, noise_power, out):
    """The values r(low), r(low + 1) … at the end of x: out (N,); windows as long as the lag, at least `shortest`."""
    for i in range(out.shape[0]):
        lag = low + i
        out[i] = correlation(x, energy, lag, max(lag, shortest), noise_power)


@njit(cache=True, error_model="numpy")
def parabola_peak(left, middle, right):
    """The peak of a parabola through three neighbours: its position, −0.5 … 0.5 from the middle, and its height."""
    bend = left - 2 * middle + right
    if bend >= 0:
        return 0.0, middle
    shift = min(max(0.5 * (left - right) / bend, -0.5), 0.5)
    return shift, middle - 0.25 * (left - right) * shift


def fourier_basis(count: int, bins: int, spacing: float, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Hann-windowed cosines and sines (bins, count / 2) float32 at i · spacing Hz for `magnitude_spectrum`."""
    time = np.arange(count // 2) + 0.5
    phase = 2 * np.pi * spacing / rate * np.arange(bins)[:, None] * time
    window = np.cos(np.pi * time / count) ** 2 * (2 / count)
    return (np.cos(phase) * window).astype(np.float32), (np.sin(phase) * window).astype(np.float32)


@njit(cache=True, error_model="numpy", fastmath=True)
def magnitude_spectrum(x, cosines, sines, even, odd, out):
    """The magnitudes of x (T,) at the frequencies of a basis (N, T / 2): out (N,); even, odd: (T / 2,) work."""
    half = even.shape[0]
    for t in range(half):
        even[t] = x[half + t] + x[half - 1 - t]
        odd[t] = x[half + t] - x[half - 1 - t]
    for i in range(out.shape[0]):
        real = imaginary = np.float32(0)
        cosine, sine = cosines[i], sines[i]
        for t in range(half):
            real += cosine[t] * even[t]
            imaginary += sine[t] * odd[t]
        out[i] = np.sqrt(real * real + imaginary * imaginary)


@njit(cache=True, error_model="numpy", fastmath=True)
def partial_presence(magnitudes, position, multiple, threshold):
    """The share, 0 … 1, of a low tone's partials present that a tone `multiple` times as high does not have.

    magnitudes: (N,) a spectrum. position: bin of the low tone, multiple · position < N − 1.
    threshold: a partial is present at this share of the stronger of the first two of the high tone.
    """
    end = magnitudes.shape[0] - 1
    strong = interpolate(magnitudes, multiple * position)
    if 2 * multiple * position < end:
        strong = max(strong, interpolate(magnitudes, 2 * multiple * position))
    found, count = 0.0, 0
    for k in range(1, 2 * multiple):
        if k == multiple:
            continue
        if k * position >= end:
            break
        found += min(interpolate(magnitudes, k * position) / (threshold * strong + 1e-12), 1.0)
        count += 1
    return found / count


@njit(cache=True, error_model="numpy", fastmath=True)
def partial_evenness(magnitudes, position, multiple, threshold):
    """How far the partials are present that only the low tone has: (mean, lowest) of them, 0 … 1.

    As `partial_presence`, but each is compared with the level of the high tone's partials around it, interpolated:
    the rest of an earlier tone lies between some of them, not between all.
    """
    end = magnitudes.shape[0] - 1
    found, count, lowest = 0.0, 0, 1.0
    for k in range(1, 2 * multiple):
        if k == multiple:
            continue
        if k * position >= end:
            break
        envelope = interpolate(magnitudes, multiple * position)
        if k > multiple and 2 * multiple * position < end:
            fraction = k / multiple - 1
            envelope = envelope ** (1 - fraction) * interpolate(magnitudes, 2 * multiple * position) ** fraction
        share = min(interpolate(magnitudes, k * position) / (threshold * envelope + 1e-12), 1.0)
        found, count, lowest = found + share, count + 1, min(lowest, share)
    return found / count, lowest


@njit(cache=True, error_model="numpy", fastmath=True)
def interpolate(values, position):
    """Linear interpolation of values (N,) at a position, 0 ≤ position < N − 1."""
    i = np.intp(position)
    return values[i] + (position - i) * (values[i + 1] - values[i])
