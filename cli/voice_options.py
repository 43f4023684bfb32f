"""What the sub-commands that follow a voice have in common: how it is moved, put into a scale and mixed in."""

import argparse
from typing import TYPE_CHECKING

from .argument_types import number

if TYPE_CHECKING:
    from engine.rig import Rig

ROOTS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLAT = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}


def add_arguments(parser: argparse.ArgumentParser, unless: str) -> None:
    """The options of a voice; unless: what becomes of its pitch when nothing is said."""
    parser.add_argument(
        "--transpose", type=number(-36, 36, "semitones"), metavar="SEMITONES",
        help=f"to move the voice by; {unless} otherwise",
    )  # fmt: skip
    parser.add_argument(
        "--snap", type=scale, metavar="SCALE",
        help="play only the notes of a scale: chromatic, D major, A minor, C# pentatonic …",
    )  # fmt: skip
    parser.add_argument(
        "--dry", type=number(-60, 0, "dB"), default=-60.0, metavar="DB", help="how much of the voice itself is heard"
    )


def scale(text: str) -> tuple[int, int]:
    """The root (0 … 11) and the number of a scale; a scale without a root begins at C."""
    from engine.voice.scales import SCALES

    words = text.split()
    root = words.pop(0) if len(words) > 1 and words[0].capitalize() in (*ROOTS, *_FLAT) else "C"
    root, name = _FLAT.get(root.capitalize(), root.capitalize()), " ".join(words).lower()
    if name not in SCALES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no scale; there are {', '.join(SCALES)}, with a root before it"
        )
    return ROOTS.index(root), list(SCALES).index(name)


def lay(rig: "Rig", args: argparse.Namespace) -> None:
    """Set the tracker at the head of a row as the options say."""
    values = {"dry": args.dry}
    if args.transpose is not None:
        values["transpose"] = args.transpose
    if args.snap is not None:
        values |= {"snap": 1, "root": args.snap[0], "scale": args.snap[1]}
    for name, value in values.items():
        rig.set(rig.row[0], name, value)
