"""Pitch from how well a sound resembles itself one lag earlier.

The measure is the normalised correlation of two windows that lie `lag` apart, the later one ending now:

    r(lag) = Σ x(t) x(t − lag) / √(Σ x(t)² Σ x(t − lag)²),    t over the last `window` samples

It does not mind a level that rises between the two, as it does in every onset. Where the window is as long as the
lag, two periods of a tone are enough.
"""

import numpy as np
from numba import njit


def low_pass(rate: float, cutoff: float, seconds: float) -> np.ndarray:
    """Taps (N,) float32, N odd, of a low pass at a cutoff in Hz; its gain at 0 is 1, its delay half of `seconds`."""
    half = max(round(seconds * rate / 2), 1)
    taps = np.sinc(2 * cutoff / rate * np.arange(-half, half + 1)) * np.hanning(2 * half + 3)[1:-1]
    return (taps / taps.sum()).astype(np.float32)


@njit(cache=True, error_model="numpy", fastmath=True)
def high_pass(samples, memory, pole):
    """Take from samples (T,) what is lower than f, where the pole is exp(−2π f / rate).

    memory: (2,) float64, the last sample that came in and the last that went out.
    """
    before, y = memory[0], memory[1]
    for t in range(samples.shape[0]):
        x = np.float64(samples[t])
        y = pole * y + x - before
        before = x
        samples[t] = y
    memory[0], memory[1] = before, y


@njit(cache=True, error_model="numpy", fastmath=True)
def thin(samples, taps, step, out):
    """Every step-th sample of a filtered sound.

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
def energies(x, out):
    """Of the last n samples of x (T,) the energy, for n = 0 … : out (N + 1,) float64, N ≤ T."""
    total = 0.0
    last = x.shape[0] - 1
    out[0] = 0
    for n in range(1, out.shape[0]):
        total += np.float64(x[last + 1 - n]) * x[last + 1 - n]
        out[n] = total


@njit(cache=True, error_model="numpy", fastmath=True)
def product(x, lag, window):
    """The sum of x(t) x(t − lag) over the last `window` samples of x (T,)."""
    last = x.shape[0]
    later = x[last - window : last]
    earlier = x[last - window - lag : last - lag]
    total = np.float32(0)
    for i in range(window):
        total += later[i] * earlier[i]
    return total


@njit(cache=True, error_model="numpy", fastmath=True)
def correlation(x, energy, lag, window, quiet):
    """The value of r(lag) at the end of x (T,).

    energy: as `energies` tells. quiet: the power of noise that no correlation is looked for in.
    """
    now, before = energy[window], energy[lag + window] - energy[lag]
    least = window * quiet
    return product(x, lag, window) / np.sqrt((now + least) * (max(before, 0.0) + least))


@njit(cache=True, error_model="numpy", fastmath=True)
def correlations(x, energy, low, shortest, quiet, out):
    """The values r(low), r(low + 1) … at the end of x: out (N,); each window as long as its lag, or `shortest`."""
    for i in range(out.shape[0]):
        lag = low + i
        out[i] = correlation(x, energy, lag, max(lag, shortest), quiet)


@njit(cache=True, error_model="numpy")
def summit(left, middle, right):
    """The top of a parabola through three neighbours: its place, −0.5 … 0.5 from the middle, and its height."""
    bend = left - 2 * middle + right
    if bend >= 0:
        return 0.0, middle
    shift = min(max(0.5 * (left - right) / bend, -0.5), 0.5)
    return shift, middle - 0.25 * (left - right) * shift


def fourier(count: int, bins: int, spacing: float, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Waves (bins, count / 2) float32 for `spectrum`, a Hann window in them: cosines and sines at i · spacing Hz."""
    time = np.arange(count // 2) + 0.5
    phase = 2 * np.pi * spacing / rate * np.arange(bins)[:, None] * time
    window = np.cos(np.pi * time / count) ** 2 * (2 / count)
    return (np.cos(phase) * window).astype(np.float32), (np.sin(phase) * window).astype(np.float32)


@njit(cache=True, error_model="numpy", fastmath=True)
def spectrum(x, cosines, sines, even, odd, out):
    """The magnitudes of x (T,) at the frequencies of waves (N, T / 2): out (N,); even, odd: (T / 2,) room."""
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
def presence(magnitudes, place, times, least):
    """How many partials a tone has that are not those of another one, `times` as high: 0 none … 1 all.

    magnitudes: (N,) a spectrum. place: where in it the low tone lies, times · place < N − 1.
    least: a partial is there when it is this share of the stronger of the first two of the high tone.
    """
    end = magnitudes.shape[0] - 1
    strong = between(magnitudes, times * place)
    if 2 * times * place < end:
        strong = max(strong, between(magnitudes, 2 * times * place))
    found, count = 0.0, 0
    for k in range(1, 2 * times):
        if k == times:
            continue
        if k * place >= end:
            break
        found += min(between(magnitudes, k * place) / (least * strong + 1e-12), 1.0)
        count += 1
    return found / count


@njit(cache=True, error_model="numpy", fastmath=True)
def evenness(magnitudes, place, times, least):
    """How far a tone has the partials that another one, `times` as high, has not: (mean, least) of them, 0 … 1.

    As `presence`, but that each is held against the partials of the high tone on both its sides, their level drawn
    on a straight line between them: what is left of a tone before lies between some, not between all.
    """
    end = magnitudes.shape[0] - 1
    found, count, worst = 0.0, 0, 1.0
    for k in range(1, 2 * times):
        if k == times:
            continue
        if k * place >= end:
            break
        beside = between(magnitudes, times * place)
        if k > times and 2 * times * place < end:
            way = k / times - 1
            beside = beside ** (1 - way) * between(magnitudes, 2 * times * place) ** way
        share = min(between(magnitudes, k * place) / (least * beside + 1e-12), 1.0)
        found, count, worst = found + share, count + 1, min(worst, share)
    return found / count, worst


@njit(cache=True, error_model="numpy", fastmath=True)
def between(values, place):
    """The value at a place between two of values (N,), 0 ≤ place < N − 1, on the straight line."""
    i = np.intp(place)
    return values[i] + (place - i) * (values[i + 1] - values[i])
