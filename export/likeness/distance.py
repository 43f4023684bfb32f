"""Distance between two sounds: the mean difference of their band levels in dB, at equal loudness."""

import numpy as np

from engine.dsp.loudness import a_weighting, biquad_gain

RATE = 48_000  # Hz of both sounds
LOUDNESS_DB = -23.0  # A-weighted, to which both are brought
WINDOWS = (1024, 4096)  # samples; the short one weighs attacks, the long one partials
BANDS, MIN_HZ, MAX_HZ = 60, 60.0, 16_000.0
RANGE_DB = 60.0  # below the loudest band of the recording; what is softer counts as silence
MAX_SHIFT_SECONDS = 0.05  # by which one may be late
ENVELOPE_SECONDS = 0.002  # step of the envelopes by which they are aligned


def distance(recording: np.ndarray, sound: np.ndarray) -> float:
    """The distance in dB of a sound (T,) from a recording (N,), both at RATE; 0 for the same sound.

    The sound is brought to the loudness of the recording and aligned with it; what it has beyond the end of the
    recording does not count. Averaged are the bands and moments in which either of them is heard.
    """
    target, other = (each * gain_to_equal_loudness(each) for each in (recording, sound))
    other = _align(target, other)
    found = []
    for window in WINDOWS:
        levels, others = (_band_levels(each, window) for each in (target, other))
        floor = levels.max() - RANGE_DB
        heard = np.maximum(levels, others) > floor
        found.append(np.abs(np.maximum(levels, floor) - np.maximum(others, floor))[heard].mean())
    return float(np.mean(found))


def gain_to_equal_loudness(sound: np.ndarray) -> float:
    """The factor that brings a sound (T,) at RATE to LOUDNESS_DB; 1 of silence."""
    if not sound.any():
        return 1.0
    weight = biquad_gain(a_weighting(RATE), np.fft.rfftfreq(len(sound), 1 / RATE), RATE)
    energy = float((np.abs(np.fft.rfft(sound) * weight) ** 2).sum())
    level = 10 * np.log10(2 * energy / len(sound) ** 2)
    return float(10 ** ((LOUDNESS_DB - level) / 20))


def _align(target: np.ndarray, sound: np.ndarray) -> np.ndarray:
    """A sound moved to where its envelope fits the target's best, at the target's length."""
    step, reach = round(ENVELOPE_SECONDS * RATE), round(MAX_SHIFT_SECONDS / ENVELOPE_SECONDS)
    sound = np.pad(sound, (0, max(len(target) - len(sound), 0)))[: len(target)]
    first, second = (_envelope(each, step) for each in (target, sound))
    size = 1 << int(2 * len(first) - 1).bit_length()
    spectrum = np.fft.rfft(first, size) * np.fft.rfft(second, size).conj()
    correlation = np.roll(np.fft.irfft(spectrum, size), reach)[: 2 * reach + 1]
    shift = step * (int(np.argmax(correlation)) - reach) if correlation.max() > 0 else 0
    moved = np.pad(sound, (max(shift, 0), max(-shift, 0)))
    return moved[max(-shift, 0) :][: len(target)]


def _envelope(sound: np.ndarray, step: int) -> np.ndarray:
    """The rise of the level of each step, which is 0 where it falls."""
    blocks = np.pad(sound, (0, -len(sound) % step)).reshape(-1, step)
    return np.maximum(np.diff(np.sqrt((blocks**2).mean(axis=1)), prepend=0.0), 0.0)


def _band_levels(sound: np.ndarray, window: int) -> np.ndarray:
    """Levels in dB (frames, BANDS) of a sound, in frames that overlap by three quarters."""
    padded = np.pad(sound, (window // 2, window))
    rows = np.lib.stride_tricks.sliding_window_view(padded, window)[:: window // 4]
    power = np.abs(np.fft.rfft(rows * np.hanning(window), axis=1)) ** 2 / window
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1)], axis=1)
    edges = np.unique((np.geomspace(MIN_HZ, MAX_HZ, BANDS + 1) * window / RATE).astype(int))
    return np.asarray(10 * np.log10(sums[:, edges[1:]] - sums[:, edges[:-1]] + 1e-12))
