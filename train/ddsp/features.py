"""What the decoder hears of a recording: pitch and loudness, every 10 ms."""

from dataclasses import dataclass

import numpy as np
import scipy.signal

from . import tuning

SURE = 0.5
"""Confidence from which a frame has a pitch."""
FLOOR = -80.0  # dB


@dataclass(frozen=True)
class Features:
    """Frames at j·hop. pitch: (F,) Hz, held where there is none. voiced: (F,) bool. loudness: (F,) dB, A-weighted."""

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray


def follow(samples: np.ndarray, rate: int, hop: int) -> Features:
    """Features of samples (N,) at a rate in Hz, N // hop + 1 frames."""
    frames = np.arange(len(samples) // hop + 1)
    pitch, voiced = _pitch(samples, rate, frames * hop / rate)
    pitch = np.where(voiced, tuning.exact(samples, rate, hop, pitch), pitch)
    return Features(pitch, voiced, loudness(samples, rate)[np.minimum(frames * hop, len(samples) - 1)])


def loudness(samples: np.ndarray, rate: int) -> np.ndarray:
    """A-weighted level in dB at each of samples (N,), over about 20 ms around it."""
    spectrum = np.fft.rfft(samples.astype(np.float64), len(samples) + rate)
    squares = np.fft.fftfreq(len(samples) + rate, 1 / rate)[: len(spectrum)] ** 2
    gain = 12194**2 * squares**2 * 10 ** (2 / 20)
    gain /= (squares + 20.6**2) * np.sqrt((squares + 107.7**2) * (squares + 737.9**2)) * (squares + 12194**2)
    power = np.fft.irfft(spectrum * gain, len(samples) + rate)[: len(samples)] ** 2
    box = np.ones(rate // 100 | 1) / (rate // 100 | 1)
    smooth = scipy.signal.fftconvolve(scipy.signal.fftconvolve(power, box, "same"), box, "same")
    return 10 * np.log10(np.maximum(smooth, 0) + 10 ** (FLOOR / 10))


def held(pitch: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    """Pitch (F,) where it is voiced, else the last one before, or the first of all; 220 Hz where there is none."""
    if not voiced.any():
        return np.full(len(pitch), 220.0)
    last = np.maximum.accumulate(np.where(voiced, np.arange(len(pitch)), -1))
    return pitch[np.where(last < 0, int(np.argmax(voiced)), last)]


def _pitch(samples: np.ndarray, rate: int, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch in Hz and whether there is one, at times in s."""
    from swift_f0 import SwiftF0

    heard = SwiftF0().detect(samples.astype(np.float32), rate)
    sure = np.interp(times, heard.timestamps, heard.confidence) > SURE
    steady = held(heard.pitch_hz, heard.confidence > SURE)
    return held(2 ** np.interp(times, heard.timestamps, np.log2(np.maximum(steady, 1.0))), sure), sure
