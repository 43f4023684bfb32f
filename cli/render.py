"""luthier render INSTRUMENT SCORE.mid -o OUT.wav: the engine's own callback, faster than realtime.

Instead of a score an instrument can play a performance: the learned control signal, or one derived from it.
A score of events, SCORE.json, is rendered by the decoder of an instrument of kind events.
"""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from . import chain_options
from .number_ranges import integer
from .playback import plugin_faults

if TYPE_CHECKING:
    import numpy as np

    from engine.midi.midi_score import Score

    from .chain_options import HostedRack

COMPLETED_WORDS = chain_options.COMPLETED_WORDS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the instrument, what it plays, and the file to write."""
    parser.add_argument("preset", metavar="INSTRUMENT", help=chain_options.INSTRUMENT_HELP)
    played = parser.add_mutually_exclusive_group(required=True)
    played.add_argument("score", metavar="SCORE.mid", nargs="?", help="a MIDI file, or events, SCORE.json")
    played.add_argument(
        "--performance", choices=["learned", "random", "permuted"],
        help="the control signal of the recording, a sparse random one, or the learned one, permuted",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the sound file to write, .wav or .flac")
    events = parser.add_argument_group("for a score of events")
    events.add_argument("--keep", type=integer(0, 10**6), metavar="N", help="only its N strongest events")
    other = events.add_mutually_exclusive_group()
    other.add_argument("--permute", action="store_true", help="with its keys permuted")
    other.add_argument("--random", action="store_true", help="as many events, of any keys at any times")
    events.add_argument("--context", metavar="OTHER.json", help="in the room and the context of another score")
    chain_options.add_arguments(parser)
    parser.add_argument("--float", action="store_true", help="32-bit float in place of 24 bits")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the file and print its length and peak."""
    if args.score and args.score.endswith(".json"):
        from . import render_events

        return render_events.run(args)
    if args.keep is not None or args.permute or args.random or args.context:
        raise ValueError("--keep, --permute, --random and --context are for a score of events, SCORE.json")
    score = _read_score(args.score, args.channel) if args.score else None
    hosted = chain_options.build(args)
    host = hosted.host
    from engine.render import render_file

    events = score if score is not None else _performance(hosted, args)
    seconds, peak = render_file(args.output, host, events, args.seconds, args.block or 128, args.float)
    faults = plugin_faults.describe(host.chain)
    if args.json:
        result = {"path": args.output, "rate": host.rate, "seconds": round(seconds, 6), "peak": peak}
        print(json.dumps(result | ({"plugin_faults": faults} if faults else {})))
        return 0
    print(f"{args.output}: {seconds:.2f} s at {host.rate:g} Hz, peak {peak:.3f}")
    if faults:
        print(faults)
    return 0


def _read_score(path: str, channels: list[int] | None) -> "Score":
    """The score of a file, as far as the given channels are heard; what of it cannot be played is printed."""
    from engine.midi.midi_score import read, without_drums

    score = read(path)
    for fault in score.faults:
        print(f"luthier: {path}: {fault}", file=sys.stderr)
    used, score = score.channels, score if channels else without_drums(score)
    _check_notes(path, used, score.channels & set(channels or score.channels))
    return score


def _check_notes(name: str, used: set[int], heard: set[int]) -> None:
    """ValueError if nothing of a score would sound; used: its channels with notes, from 1."""
    if not used:
        raise ValueError(f"{name} has no notes")
    if not heard:
        on = ", ".join(map(str, sorted(used)))
        raise ValueError(f"{name} has notes on channel {on} only, which is not heard; say --channel {min(used)}")


def _performance(hosted: "HostedRack", args: argparse.Namespace) -> "np.ndarray":
    """The events of a performance of the instrument, which is set to play as it was learned."""
    from engine.kinds import PLAY_PARAM
    from engine.preset.control_performance import perform
    from engine.reference_output import event_array

    instrument = hosted.rack.instrument
    preset = getattr(instrument, "preset", None)
    if preset is None:
        raise ValueError(f"{instrument.name} was not learned, so it has no performance of its own")
    performance = perform(preset.header, preset.tensors, args.performance, args.seed)
    hosted.host.set_param(instrument, PLAY_PARAM, 0)
    return event_array(performance, hosted.host.rate)
