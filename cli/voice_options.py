"""Options of the commands that follow a voice: transposition, scale and dry level."""

import argparse
from typing import TYPE_CHECKING

from engine.pitch_and_frequency import parse_note

from .number_ranges import number

if TYPE_CHECKING:
    from engine.plugin import Plugin
    from engine.standard_chain import StandardChain


def add_arguments(parser: argparse.ArgumentParser, default: str) -> None:
    """Add the options of a voice; default: what is done to its pitch without --transpose."""
    parser.add_argument(
        "--transpose", type=number(-36, 36, "semitones"), metavar="SEMITONES",
        help=f"to move the voice by; {default} otherwise",
    )  # fmt: skip
    parser.add_argument(
        "--snap", type=scale, metavar="SCALE",
        help="play only the notes of a scale: chromatic, D major, A minor, C# pentatonic …",
    )  # fmt: skip
    parser.add_argument("--dry", type=number(-60, 0, "dB"), metavar="DB", help="level of the voice itself")


def scale(text: str) -> tuple[int, int]:
    """The root (0 … 11) and the number of a scale; a scale without a root begins at C."""
    from engine.voice.scales import SCALES

    words = text.split()
    root = _root(words[0]) if len(words) > 1 else None
    name = " ".join(words if root is None else words[1:]).lower()
    if name not in SCALES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no scale; there are {', '.join(SCALES)}, with a root before it"
        )
    return root or 0, list(SCALES).index(name)


def _root(text: str) -> int | None:
    """The pitch class of a note name without an octave; None if it is none."""
    try:
        return parse_note(f"{text}4") % 12
    except ValueError:
        return None


def apply(host: "StandardChain", voice: "Plugin", args: argparse.Namespace) -> None:
    """Set the parameters of a voice tracker as the options say."""
    values: dict[str, float] = {}
    if args.dry is not None:
        values["dry"] = args.dry
    if args.transpose is not None:
        values["transpose"] = args.transpose
    if args.snap is not None:
        values |= {"snap": 1, "root": args.snap[0], "scale": args.snap[1]}
    for name, value in values.items():
        host.set_param(voice, name, value)
