"""Numbers as a player reads and types them, and where a knob stands for each."""

import math
import re

MIN_LOG_RATIO = 10  # a range of such a ratio is turned through in equal ratios

_NUMBER = re.compile(r"\s*([-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*(k?)")


def format_value(value: float, unit: str) -> str:
    """A value with its unit: three digits that matter, a real minus sign, ∞ for silence."""
    if unit == "Hz" and abs(value) >= 1000:
        return f"{value / 1000:.3g} kHz"
    if unit == "s" and abs(value) < 1:
        return f"{1000 * value:.3g} ms"
    if unit == "semitones":
        return (f"{value:+.1f}".removesuffix(".0").replace("-", "−") if round(value, 1) else "0") + " st"
    if unit == "x":
        return f"×{value:.3g}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 or unit.startswith("dB") else 2
    number = f"{value:.{digits}f}".replace("-", "−")
    if float(number.replace("−", "-")) == 0:
        number = number.replace("−", "")
    if unit == "" and value == round(value):
        number = f"{value:.0f}"
    return f"{number} {unit}".strip()


def parse(words: str, unit: str) -> float | None:
    """The value that a player typed, whether or not she typed the unit; None if there is no number in it."""
    found = _NUMBER.match(words.replace("×", ""))
    if found is None:
        return None
    value = float(found[1].replace(",", ".").replace("−", "-"))
    rest = words.replace("×", "")[found.end() :].strip()
    if found[2]:
        value *= 1000
    if unit == "s" and rest.lower().startswith("ms"):
        value /= 1000
    return value


def position_of(value: float, low: float, high: float) -> float:
    """Where a value stands on its way, 0..1."""
    value = min(max(value, low), high)
    if _curved(low, high):
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low) if high > low else 0.0


def value_at(place: float, low: float, high: float) -> float:
    """The value at a place 0..1 of the way."""
    place = min(max(place, 0.0), 1.0)
    if _curved(low, high):
        return low * (high / low) ** place
    return low + place * (high - low)


def note(key: int) -> str:
    """The name of a key; 60 is C4."""
    return ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"][key % 12] + str(key // 12 - 1)


def format_time(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _curved(low: float, high: float) -> bool:
    return low > 0 and high > MIN_LOG_RATIO * low
