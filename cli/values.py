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


def add_sound(parser: argparse.ArgumentParser) -> None:
    """The options that playing and rendering share."""
    parser.add_argument("--rate", type=number(8000, 384000, "Hz"), metavar="HZ", help="the sample rate")
    parser.add_argument(
        "--block", type=whole(1, 4096, "frames"), metavar="N", help="frames that are computed at once"
    )
    parser.add_argument("--seconds", type=number(0.01, 86400, "s"), metavar="S", help="stop after this time")
    parser.add_argument(
        "--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="decides the noise of the attacks"
    )
    parser.add_argument(
        "--channel", type=whole(1, 16), action="append", metavar="C",
        help="hear only this MIDI channel (may be given several times); all but 10 are heard otherwise",
    )  # fmt: skip
