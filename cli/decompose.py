"""luthier decompose RECORDING INSTRUMENT -o SCORE.json: decompose a recording into events of an instrument."""

import argparse
import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from cli.learn.progress import JsonLines, Update, display
from engine.kinds import kind_of
from engine.preset.preset_file import read
from session import patch_lookup

from .number_ranges import integer, number
from .recording_part import parse_part


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recording, the instrument and the score to write."""
    parser.add_argument("recording", metavar="RECORDING", help="a sound file of any length, or FILE@START-END")
    parser.add_argument("preset", metavar="INSTRUMENT", help="an instrument of kind events, by name or path")
    parser.add_argument("-o", "--output", metavar="SCORE.json", required=True, help="the score to write")
    parser.add_argument("--start", type=number(0, 86400, "s"), default=0.0, metavar="S", help="where to start")
    parser.add_argument("--length", type=number(0.1, 7200, "s"), metavar="S", help="how much to decompose")
    parser.add_argument(
        "--rounds", type=integer(0, 20), default=3, metavar="N",
        help="how often better events are looked for in each window; 0 is nearly three times as fast, less like it",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="progress and result as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the score."""
    path = patch_lookup.find_instrument(args.preset)
    preset = read(path)
    if not kind_of(preset.header).plays_event_scores:
        raise ValueError(
            f"{path.stem} is of kind {preset.header['kind']}: only one of kind events takes sounds apart"
        )
    file, start, length = parse_part(args.recording, args.start, args.length)
    _check_output(Path(args.output), Path(file))
    try:
        import torch
    except ImportError:
        raise ValueError("taking apart needs PyTorch, playing does not: pip install 'luthier[train]'") from None
    from engine.instruments.events.event_score import write
    from export.events import load_model
    from train import recording
    from train.events.decompose import decompose

    sound = recording.read(file, int(preset.header["rate"]), start, length)
    for notice in sound.notices:
        print(notice, file=sys.stderr)
    samples, rate = sound.samples, sound.rate
    model = load_model(preset)
    with JsonLines({"share": 0.0}) if args.json else contextlib.nullcontext() as lines, display(lines) as show:
        score = decompose(
            model, torch.from_numpy(samples.mean(axis=0)),
            lambda share: show(Update(share, f"{share:.0%}", {"share": round(share, 4)})),
            rounds=args.rounds,
        )  # fmt: skip
    write(args.output, replace(score, instrument=preset.header["name"]))
    seconds = samples.shape[1] / rate
    if args.json:
        result = {"path": args.output, "events": len(score.events), "seconds": round(seconds, 3)}
        print(json.dumps(result))
    else:
        print(f"{Path(args.output)}: {len(score.events)} events in {seconds:.1f} s")
    return 0


def _check_output(path: Path, recording: Path) -> None:
    """ValueError, before the work, if the score cannot be written there, or would replace the recording."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder: say a name for the score")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {str(path.parent)!r} to write {path.name} to")
    if path.exists() and recording.exists() and path.samefile(recording):
        raise ValueError(f"{path} is the recording itself: write the score to another file")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"{path} cannot be written: {path.parent} is read-only")
