"""Kernels for pitch tracking: spectra of a few bins, and whether the partials of a pitch are present in them."""

import numpy as np

from engine.kernel import njit


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
    reference = interpolate(magnitudes, multiple * position)
    if 2 * multiple * position < end:
        reference = max(reference, interpolate(magnitudes, 2 * multiple * position))
    found, count = 0.0, 0
    for k in range(1, 2 * multiple):
        if k == multiple:
            continue
        if k * position >= end:
            break
        found += min(interpolate(magnitudes, k * position) / (threshold * reference + 1e-12), 1.0)
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
