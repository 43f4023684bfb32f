"""Scale of a knob: position to value and back, linear or logarithmic."""

import math

MIN_LOG_RATIO = 10  # of the bounds of a range: above it the scale is logarithmic


def position_of(value: float, low: float, high: float) -> float:
    """The position of a value in its range, 0..1."""
    value = min(max(value, low), high)
    if _is_logarithmic(low, high):
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low) if high > low else 0.0


def value_at(position: float, low: float, high: float) -> float:
    """The value at a position 0..1 of its range."""
    position = min(max(position, 0.0), 1.0)
    if _is_logarithmic(low, high):
        return low * (high / low) ** position
    return low + position * (high - low)


def _is_logarithmic(low: float, high: float) -> bool:
    return low > 0 and high > MIN_LOG_RATIO * low
