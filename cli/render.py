"""luthier render PRESET SCORE.mid -o OUT.wav: the engine's own callback, faster than realtime."""

import argparse
import json

from . import rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which instrument plays what, into which file."""
    parser.add_argument("preset", metavar="PRESET", help="a name or a path")
    parser.add_argument("score", metavar="SCORE.mid", help="a MIDI file")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the sound file to write, .wav or .flac")
    rows.add_arguments(parser)
    parser.add_argument("--float", action="store_true", help="32-bit float in place of 24 bits")
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the file and tell its length and peak."""
    from engine.sources.score import read

    score = read(args.score)
    rig = rows.build(args)
    from engine.render import render_to

    seconds, peak = render_to(args.output, rig, score, args.seconds, args.block or 128, args.float)
    if args.json:
        print(json.dumps({"path": args.output, "rate": rig.rate, "seconds": round(seconds, 6), "peak": peak}))
    else:
        print(f"{args.output}: {seconds:.2f} s at {rig.rate:g} Hz, peak {peak:.3f}")
    return 0
