"""Number ranges: argument types for argparse that accept numbers within a range."""

import argparse
import math
from collections.abc import Callable


def number(low: float, high: float, unit: str) -> Callable[[str], float]:
    """A parser of numbers within a range, both ends included."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {low:g} to {high:g} {unit}".rstrip())
        return value

    return parse


def integer(low: int, high: int, unit: str = "") -> Callable[[str], int]:
    """A parser of whole numbers within a range, both ends included."""

    def parse(text: str) -> int:
        value = number(low, high, unit)(text)
        if value != int(value):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
        return int(value)

    return parse
