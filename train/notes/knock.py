"""What the modes of a note do not explain: a knock that is always the same, and a little noise that never is."""

import numpy as np
from scipy.signal import istft, stft

KNOCK = 0.11
"""Seconds of deterministic attack."""
RAW = 0.004
"""Seconds at its beginning that are kept to the sample: there it cancels the modes, which all begin at once."""
HISS = 0.35
"""Seconds over which noise may fade."""
POINTS = 64
"""Points of the noise envelopes."""
SPREAD = 0.05
"""How much the strike of the modes is blurred by noise: standard deviation of each mode's amplitude, relative."""


def knock(rest: np.ndarray, rate: float, noise: np.ndarray) -> np.ndarray:
    """The deterministic attack (Q,) from rest (T,), the note less its modes, free of the recording's noise.

    noise: density of the recording's noise, by which each short-time bin is lowered (Wiener);
    the end fades over its second half.
    """
    frames = int(KNOCK * rate)
    rest = np.pad(rest[: 2 * frames], (0, max(2 * frames - len(rest), 0)))
    clean = _without_noise(rest, noise)[:frames]
    exact = np.clip(2 - np.arange(frames) / (RAW * rate), 0, 1)
    clean += exact * (rest[:frames] - clean)
    half = frames // 2
    clean[half:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(frames - half) / (frames - half))
    return np.asarray(clean)


def hiss(rest: np.ndarray, rate: float, noise: np.ndarray) -> np.ndarray:
    """Envelope (POINTS,) over HISS seconds of the noise in rest (T,), the note less its modes and its knock.

    As loud as white noise that is nowhere louder than rest between 2 and 15 kHz.
    """
    frames = int(HISS * rate)
    window = np.hanning(512)
    step = frames / POINTS
    low, high = int(2000 / rate * 512), int(min(15000, 0.45 * rate) / rate * 512)
    floor = np.interp(np.arange(257) / 256, np.linspace(0, 1, len(noise)), noise)[low:high]
    padded = np.pad(rest[:frames], (256, 256 + max(frames - len(rest), 0)))
    levels = np.zeros(POINTS)
    for point in range(POINTS):
        begin = int((point + 0.5) * step)
        power = np.abs(np.fft.rfft(padded[begin : begin + 512] * window)[low:high]) ** 2 / (window**2).sum()
        parts = np.array_split(np.maximum(power - 1.5 * floor, 0), 6)
        levels[point] = np.sqrt(3 * min(part.mean() for part in parts))
    smooth = np.convolve(np.pad(levels, 1, "edge"), (0.25, 0.5, 0.25), "valid")
    return np.asarray(np.minimum(smooth, np.minimum.accumulate(smooth) * 1.2) * np.linspace(1, 0, POINTS))


def blur(rate: float, spread: float = SPREAD) -> np.ndarray:
    """Envelope (POINTS,) over HISS seconds of the noise that strikes the modes besides the clean strike.

    Two points long, about 10 ms. Each mode's amplitude then varies by `spread` from strike to strike.
    """
    frames = int(HISS * rate)
    envelope = np.zeros(POINTS)
    envelope[0] = 1.0
    shape = stretch(envelope, frames)
    return np.asarray(envelope * spread * np.sqrt(3 / (shape**2).sum()))


def stretch(envelope: np.ndarray, frames: int) -> np.ndarray:
    """An envelope (A,) interpolated to frames: point i lies at (i + ½)·frames/A − ½, flat beyond."""
    places = (np.arange(frames) + 0.5) * len(envelope) / frames - 0.5
    return np.interp(places, np.arange(len(envelope)), envelope)


def _without_noise(sound: np.ndarray, noise: np.ndarray) -> np.ndarray:
    size = 512
    _, _, spectrum = stft(sound, nperseg=size, noverlap=size * 3 // 4)
    window = np.hanning(size + 1)[:-1]
    floor = np.interp(np.arange(257) / 256, np.linspace(0, 1, len(noise)), noise)
    floor = floor * (window**2).sum() / window.sum() ** 2
    power = np.abs(spectrum) ** 2 + 1e-20
    gain = np.maximum(1 - 2 * floor[:, None] / power, 0)
    _, clean = istft(spectrum * gain, nperseg=size, noverlap=size * 3 // 4)
    return np.asarray(clean[: len(sound)])
