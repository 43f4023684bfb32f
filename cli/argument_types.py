"""Values on the command line, checked at the door."""

import argparse
import math
from collections.abc import Callable


def number(low: float, high: float, unit: str) -> Callable[[str], float]:
    """A reader of numbers within a range, both ends included."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {low:g} to {high:g} {unit}".rstrip())
        return value

    return read


def whole(low: int, high: int, unit: str = "") -> Callable[[str], int]:
    """A reader of whole numbers within a range, both ends included."""

    def read(text: str) -> int:
        value = number(low, high, unit)(text)
        if value != int(value):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
        return int(value)

    return read
