"""Scale of a knob: position to value and back, linear or logarithmic."""

import math

LOG_FLOOR = 1e-4  # of the upper bound: where a logarithmic scale begins whose lower bound is 0
MIN_LOG_RATIO = 10  # of the bounds of a range: above it the scale is logarithmic, unless the parameter says so


def position_of(value: float, low: float, high: float, is_logarithmic: bool | None = None) -> float:
    """The position of a value in its range, 0..1. is_logarithmic: of the scale; None: by the bounds."""
    value = min(max(value, low), high)
    if _is_logarithmic(low, high, is_logarithmic):
        start = low or LOG_FLOOR * high
        return math.log(max(value, start) / start) / math.log(high / start)
    return (value - low) / (high - low) if high > low else 0.0


def value_at(position: float, low: float, high: float, is_logarithmic: bool | None = None) -> float:
    """The value at a position 0..1 of its range, as `position_of`."""
    position = min(max(position, 0.0), 1.0)
    if _is_logarithmic(low, high, is_logarithmic):
        start = low or LOG_FLOOR * high
        return start * (high / start) ** position if position > 0 else low
    return low + position * (high - low)


def _is_logarithmic(low: float, high: float, is_wanted: bool | None) -> bool:
    if low < 0 or high <= low:
        return False
    return high > MIN_LOG_RATIO * low > 0 if is_wanted is None else is_wanted
