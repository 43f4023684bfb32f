"""luthier learn KIND RECORDING... -o NAME: learn an instrument from recordings."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

from cli.number_ranges import integer, number
from cli.recording_part import parse_part
from engine.kinds import KINDS
from engine.preset import preset_file, redistribution

from . import likeness, option_checks
from .arguments import default_name, guess_kind, take_kind
from .option_checks import LEARNABLE, KindOptions
from .output_path import check_output
from .progress import FIRST_OF_NOTES, FIRST_OF_STEPS, JsonLines, Result, loudness_notices
from .recordings import expand, is_mapping_text, readable, replace_mappings

DEFAULT_STEPS = 3000
COMPLETED_WORDS = {"KIND": LEARNABLE}  # of arguments, by their metavar
CHECK_RATE = 22050  # Hz, at which a recording is checked before it is learned


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the kind, the recordings, the output, and the options of the recipes."""
    parser.add_argument(
        "kind", metavar="KIND", nargs="?",
        help=f"{' or '.join((', '.join(LEARNABLE[:-1]), LEARNABLE[-1]))}; without it what the recordings sound like",
    )  # fmt: skip
    parser.add_argument(
        "recordings", metavar="RECORDING", nargs="+",
        help="a sound file: a piece, or a single note; or many files of single notes, for a whole keyboard, or a "
        "library's mapping (.sfz, .dspreset); FILE@START-END takes a part of one, in seconds",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", metavar="NAME", help="a name for the instrument, or a path; as the recording otherwise"
    )
    parser.add_argument(
        "--as", dest="taken", choices=list(dict.fromkeys(word for kind in KINDS.values() for word in kind.learn_as)),
        help="take the recordings as single notes or as a piece, by their onsets otherwise; or (ssm) as modes",
    )  # fmt: skip
    parser.add_argument("--start", type=number(0, 86400, "s"), default=0.0, metavar="S", help="where to start")
    parser.add_argument(
        "--length", type=number(0.3, 60, "s"), metavar="S",
        help="how much to learn from; of a piece 5.94 s otherwise, of ssm about 12 s, of others all",
    )  # fmt: skip
    duration = parser.add_mutually_exclusive_group()
    duration.add_argument(
        "--minutes", type=number(0.05, 100000, "min"), metavar="M", help="how long to learn (not of notes)"
    )
    duration.add_argument("--steps", type=integer(1, 10**9), metavar="N", help=f"in steps; {DEFAULT_STEPS} otherwise")
    kind_options = KindOptions(parser)
    for name in LEARNABLE:
        import_module(f".{name}", __package__).add_arguments(kind_options)
    parser.add_argument("--device", default="cpu", metavar="D", help="cpu, or cuda where PyTorch has it")
    parser.add_argument(
        "--seed", type=integer(0, 2**31 - 1), default=0, metavar="N", help="seed of the random numbers"
    )
    parser.add_argument("--resume", action="store_true", help="go on from where it was stopped")
    parser.add_argument("--replace", action="store_true", help="replace an instrument or a run of this name")
    for name in ("description", "author", "licence", "attribution"):
        parser.add_argument(f"--{name}", default="", metavar="TEXT", help=f"{name}, stored in the instrument")
    parser.add_argument(
        "--redistribution", choices=redistribution.VALUES, default="free",
        help="what may be passed on: all (free), the instrument without its recordings (model-only), or nothing "
        "(no); exports obey it",
    )  # fmt: skip
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="a word to find it by")
    parser.add_argument("--json", action="store_true", help="progress as one JSON object per line")
    parser.epilog = f"the options of one kind alone: {parser.prog} KIND --help"


def narrow_help(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """Hide the options of other kinds, if the arguments begin with a kind."""
    if arguments and arguments[0] in LEARNABLE:
        option_checks.narrow_help(parser, arguments[0])


def run(args: argparse.Namespace) -> int:
    """Learn, and write the instrument; Ctrl+C keeps the best so far."""
    take_kind(args)
    args.warnings = []
    output = args.output or default_name(args.recordings)
    if args.kind is None:
        args.recordings = readable(expand(args.recordings))
        _check_torch(args.device)
        args.kind, reason = guess_kind(args)
        print(reason, file=sys.stderr)
    option_checks.check(args)
    path = check_output(output, args.resume, args.replace)
    args.recordings = readable(expand(args.recordings))
    _check_torch(args.device)
    recipe = args.kind
    if KINDS[args.kind].learns_notes and _as_notes(args):
        option_checks.check_notes(args)
        recipe = "notes"
    else:
        args.recordings, messages = replace_mappings(args.recordings)
        print(*messages, sep="\n", end="\n" * bool(messages), file=sys.stderr)
    args.lines = _json_lines(recipe) if args.json else None
    with args.lines or contextlib.nullcontext():
        made: Result | None = import_module(f".{recipe}", __package__).learn(args, path)
        if made is None:
            return 0
        preset_file.write(path, made.preset)  # before it is judged: what was learned is safe
        compared = likeness.judge_learned(made.preset, args.recordings, args.start)
    if compared is not None:
        preset_file.write(path, likeness.with_verdict(made.preset, compared.verdict))
    if made.clean_up:
        made.clean_up()
    _print_result(args, path, made, compared)
    return 0


def _json_lines(recipe: str) -> JsonLines | None:
    """The progress as lines, where this process is the only one that learns, or the first of several."""
    if os.environ.get("RANK", "0") != "0":
        return None
    return JsonLines(FIRST_OF_NOTES if recipe == "notes" else FIRST_OF_STEPS)


def _check_torch(device: str) -> None:
    """ValueError if PyTorch or the device is missing."""
    try:
        import torch
    except ImportError:
        raise ValueError("learning needs PyTorch, playing does not: pip install 'luthier[train]'") from None
    known = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    if device.partition(":")[0] not in known:
        raise ValueError(f"there is no device {device!r}; PyTorch here has {' and '.join(known)}")


def _as_notes(args: argparse.Namespace) -> bool:
    """Whether the recordings are single notes; ValueError if they can be neither that nor one piece."""
    if args.taken == "piece" and len(args.recordings) > 1:
        raise ValueError(f"a piece is learned from one recording, not from {len(args.recordings)}")
    mappings = [text for text in args.recordings if is_mapping_text(text)]
    if mappings and args.taken == "piece":
        raise ValueError(f"{mappings[0]} is a mapping of single notes; a piece is learned from one recording")
    if mappings and (args.start or args.length is not None):
        raise ValueError(f"--start and --length take a part of one recording, and {mappings[0]} is a mapping of many")
    if args.taken or mappings or len(args.recordings) > 1:
        return args.taken != "piece"
    from train.notes import note_span

    samples, args.warnings = _load(args.recordings[0], args.start, args.length)
    for warning in args.warnings:
        print(warning, file=sys.stderr)
    onsets = note_span.count_onsets(samples.mean(axis=0), CHECK_RATE)
    if onsets == 1:
        print("one stroke: learning it as a note (--as piece if it is not)", file=sys.stderr)
    else:
        print(f"{onsets} strokes: learning it as a piece (--as notes if it is a single note)", file=sys.stderr)
    return onsets == 1


def _load(path: str, start: float, length: float | None) -> tuple[np.ndarray, list[str]]:
    """The part to learn from, (C, N), and warnings on it; ValueError if nothing can be learned from it."""
    from train import recording, recording_faults

    path, start, length = parse_part(path, start, length)
    sound = recording.read(path, CHECK_RATE, start, length)
    return sound.samples, [*sound.notices, *recording_faults.check_usable(sound.samples, sound.rate, path)]


def _print_result(args: argparse.Namespace, path: Path, made: Result, compared: likeness.Likeness | None) -> None:
    """Print the path, how learning ended, and how near it comes to the recording."""
    loudness = made.preset.header["loudness"]["lufs"]
    if args.json:
        verdict = {}
        if compared is not None:
            pair = likeness.write_pair(compared, path.stem)
            verdict = {"likeness": compared.verdict.plain, "comparison": pair}
        print(json.dumps({"path": str(path), **made.values, **verdict, "loudness": loudness, "ending": made.ending}))
        return
    if compared is not None:
        print(compared.verdict)
    for line in [*made.lines, *loudness_notices(loudness)]:
        if line not in args.warnings:  # which were printed before it was learned
            print(line)
    preview = made.values.get("preview")
    print(f"{path} ({made.ending})" + (f"; a preview is {preview}" if preview else ""))
