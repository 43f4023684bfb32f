"""The residual of a note, which its modes do not model: a deterministic attack (knock) and a noise burst (hiss)."""

import numpy as np
from scipy.signal import istft, stft

KNOCK_SECONDS = 0.11
"""Duration of the deterministic attack."""
UNFILTERED_SECONDS = 0.004
"""Initial part of it that is not denoised: there it cancels the modes, which all start at once."""
HISS_SECONDS = 0.35
"""Duration within which the noise fades out."""
ENVELOPE_POINTS = 64
"""Points of the noise envelopes."""
AMPLITUDE_SPREAD = 0.05
"""Relative standard deviation of each mode's amplitude, by the noise that excites the modes."""


def estimate_knock(remainder: np.ndarray, rate: float, noise: np.ndarray) -> np.ndarray:
    """Estimate the deterministic attack (Q,) from remainder (T,), the note minus its modes, free of its noise.

    noise: density of the recording's noise, which is removed from each short-time bin (Wiener filter);
    the second half fades out.
    """
    frames = int(KNOCK_SECONDS * rate)
    remainder = np.pad(remainder[: 2 * frames], (0, max(2 * frames - len(remainder), 0)))
    clean = _denoise(remainder, noise)[:frames]
    unfiltered_share = np.clip(2 - np.arange(frames) / (UNFILTERED_SECONDS * rate), 0, 1)
    clean += unfiltered_share * (remainder[:frames] - clean)
    half = frames // 2
    clean[half:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(frames - half) / (frames - half))
    return np.asarray(clean)


def estimate_hiss(remainder: np.ndarray, rate: float, noise: np.ndarray) -> np.ndarray:
    """Estimate the envelope (ENVELOPE_POINTS,) over HISS_SECONDS of the noise in the note minus modes and knock (T,).

    Its level is that of white noise that nowhere exceeds the remainder between 2 and 15 kHz.
    """
    frames = int(HISS_SECONDS * rate)
    window = np.hanning(512)
    step = frames / ENVELOPE_POINTS
    low, high = int(2000 / rate * 512), int(min(15000, 0.45 * rate) / rate * 512)
    floor = np.interp(np.arange(257) / 256, np.linspace(0, 1, len(noise)), noise)[low:high]
    padded = np.pad(remainder[:frames], (256, 256 + max(frames - len(remainder), 0)))
    levels = np.zeros(ENVELOPE_POINTS)
    for point in range(ENVELOPE_POINTS):
        start = int((point + 0.5) * step)
        power = np.abs(np.fft.rfft(padded[start : start + 512] * window)[low:high]) ** 2 / (window**2).sum()
        bands = np.array_split(np.maximum(power - 1.5 * floor, 0), 6)
        levels[point] = np.sqrt(3 * min(part.mean() for part in bands))
    smooth = np.convolve(np.pad(levels, 1, "edge"), (0.25, 0.5, 0.25), "valid")
    return np.asarray(np.minimum(smooth, np.minimum.accumulate(smooth) * 1.2) * np.linspace(1, 0, ENVELOPE_POINTS))


def make_blur(rate: float, spread: float = AMPLITUDE_SPREAD) -> np.ndarray:
    """Make the envelope (ENVELOPE_POINTS,) over HISS_SECONDS of the noise that excites the modes besides the impulse.

    Two points long, about 10 ms. It varies each mode's amplitude by `spread` from strike to strike.
    """
    frames = int(HISS_SECONDS * rate)
    envelope = np.zeros(ENVELOPE_POINTS)
    envelope[0] = 1.0
    shape = interpolate_envelope(envelope, frames)
    return np.asarray(envelope * spread * np.sqrt(3 / (shape**2).sum()))


def interpolate_envelope(envelope: np.ndarray, frames: int) -> np.ndarray:
    """Interpolate an envelope (A,) to frames: point i lies at (i + ½)·frames/A − ½, constant beyond the ends."""
    positions = (np.arange(frames) + 0.5) * len(envelope) / frames - 0.5
    return np.interp(positions, np.arange(len(envelope)), envelope)


def _denoise(sound: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Wiener-filter a sound (T,) by a noise density."""
    size = 512
    _, _, spectrum = stft(sound, nperseg=size, noverlap=size * 3 // 4)
    window = np.hanning(size + 1)[:-1]
    floor = np.interp(np.arange(257) / 256, np.linspace(0, 1, len(noise)), noise)
    floor = floor * (window**2).sum() / window.sum() ** 2
    power = np.abs(spectrum) ** 2 + 1e-20
    gain = np.maximum(1 - 2 * floor[:, None] / power, 0)
    _, clean = istft(spectrum * gain, nperseg=size, noverlap=size * 3 // 4)
    return np.asarray(clean[: len(sound)])
