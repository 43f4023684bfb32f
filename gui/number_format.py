"""Formatting and parsing of values with units."""

import re

_NUMBER = re.compile(r"\s*([-+−]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+−]?\d{1,3})?)\s*(k?)")


def format_value(value: float, unit: str) -> str:
    """A value with its unit: three significant digits, and a typographic minus sign."""
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


def format_fine(value: float, unit: str) -> str:
    """The same for a range that may be as small as it likes: where nothing but zeros would be shown, in powers."""
    if value and not any(digit in format_value(value, unit) for digit in "123456789"):
        return f"{value:.2g} {unit}".strip().replace("-", "−")
    return format_value(value, unit)


def parse(text: str, unit: str) -> float | None:
    """The value of a text, with or without the unit; None if there is no number in it."""
    found = _NUMBER.match(text.replace("×", ""))
    if found is None:
        return None
    value = float(found[1].replace(",", ".").replace("−", "-"))
    rest = text.replace("×", "")[found.end() :].strip()
    if found[2]:
        value *= 1000
    if unit == "s" and rest.lower().startswith("ms"):
        value /= 1000
    return value


def format_time(seconds: float) -> str:
    """Minutes and seconds, as 1:05."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
