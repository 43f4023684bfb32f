"""Faults of samples that are mended before they are used: their scale, what is no number, opposite sides."""

import numpy as np

MAX_FLOAT_PEAK = 16.0  # of a recording in floats whose full scale is 1; mixes do not come near it
INTEGER_BITS = (8, 16, 24, 32, 64)
MIN_INTEGER_SHARE = 0.01  # of the samples that are not 0: above full scale where floats hold integers
MAX_FAULTY_SHARE = 0.5  # of samples that are no numbers
OPPOSITE_PHASE_RATIO = 0.05  # power of the mean of all channels to the mean of their powers; in phase it is 1


def mend_numbers(samples: np.ndarray) -> tuple[list[str], bool]:
    """Make samples (C, T) finite and of full scale 1, in place; what was done, and whether they are usable."""
    notices = []
    with np.errstate(invalid="ignore"):
        peak = float(np.abs(samples).max(initial=0.0))
    if not peak <= MAX_FLOAT_PEAK:
        faulty = ~np.isfinite(samples)
        samples[faulty] = 0
        bits = _integer_bits(samples)
        if bits:
            samples /= np.float32(2.0 ** (bits - 1))
            notices.append(f"its floats are integers of {bits} bits: they are scaled to ±1")
        loud = np.abs(samples) > MAX_FLOAT_PEAK
        samples[loud] = 0
        count = int(faulty.sum()) + int(loud.sum())
        if count > MAX_FAULTY_SHARE * samples.size:
            return [], False
        if count:
            notices.append(f"{count} of its samples are no numbers: they are taken as silence")
    return notices, True


def take_one_side(samples: np.ndarray) -> tuple[np.ndarray, str]:
    """Samples (C, T), or (1, T) of the louder side and a notice where the sides would cancel out when mixed."""
    if len(samples) < 2 or not samples.size:
        return samples, ""
    powers = np.array([_power(channel) for channel in samples])
    if _power(samples.mean(axis=0)) >= OPPOSITE_PHASE_RATIO * powers.mean() or not powers.any():
        return samples, ""
    loudest = int(np.argmax(powers > 0.9 * powers.max()))
    name = ("the left one", "the right one")[loudest] if len(samples) == 2 else f"channel {loudest + 1}"
    return samples[loudest : loudest + 1], f"its sides are in opposite phase and cancel out: {name} is taken"


def _integer_bits(samples: np.ndarray) -> int:
    """Bits of the integers that floats hold; 0 where they hold floats."""
    above = int((np.abs(samples) > 1).sum())
    if above < MIN_INTEGER_SHARE * np.count_nonzero(samples) or not above:
        return 0
    peak = float(np.abs(samples).max())
    return next((bits for bits in INTEGER_BITS if MAX_FLOAT_PEAK < peak <= 2.0 ** (bits - 1) * 1.01), 0)


def _power(channel: np.ndarray) -> float:
    """Mean square of samples (T,) about their mean."""
    return float(np.var(channel, dtype=np.float64))
