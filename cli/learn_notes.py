"""Learning from single notes: a resonance for every key that was recorded."""

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import soundfile

import engine
from engine.preset import Preset
from export import probe
from export.finish import finish
from export.notes import header, tensors
from train import folder, recording
from train.folder import Config, Progress

from .progress import Moment, Result, shown


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn all notes, or those that are done when Ctrl+C is pressed."""
    chosen = {"modes": args.modes} if args.modes else {}
    config = Config(seed=args.seed, **chosen)
    with shown(args.json) as show, _parts(args) as recordings:
        instrument = folder.learn(recordings, config, lambda now: show(_moment(now)))
    texts = {key: getattr(args, key) for key in ("description", "author", "licence")}
    source = {"recording": _recordings(args.recordings), "attribution": args.attribution}
    about = {"name": path.stem, "source": source, "tags": args.tag, **texts}
    made = Preset({**header(instrument, config, engine.VERSION), **about}, tensors(instrument))
    keys = list(instrument.keys)
    whole = finish(probe.of_note(made, keys[len(keys) // 2]))
    ending = "stopped early: only some of the notes are in it" if instrument.stopped else "done"
    return Result(whole, ending, {"keys": keys, "words": instrument.words}, instrument.words)


@contextlib.contextmanager
def _parts(args: argparse.Namespace) -> Iterator[list[str]]:
    """The recordings; where a part of one is asked for, a file of that part, under the same name."""
    if not args.start and args.length is None:
        yield args.recordings
        return
    if len(args.recordings) > 1:
        raise ValueError("--start and --length take a part of one recording, not of several")
    samples, rate = recording.load(args.recordings[0], None, args.start, args.length)
    with tempfile.TemporaryDirectory() as place:
        part = Path(place) / (Path(args.recordings[0]).stem + ".wav")
        soundfile.write(part, samples.T, rate, "FLOAT")
        yield [str(part)]


def _recordings(paths: list[str]) -> str:
    """The recordings in a few words."""
    names = sorted(Path(path).name for path in paths)
    return names[0] if len(names) == 1 else f"{len(names)} recordings, {names[0]} to {names[-1]}"


def _moment(now: Progress) -> Moment:
    """A note that is done, for a person and for a program."""
    text = f"{now.done} of {now.all} recordings · {now.text}"
    return Moment(now.done / max(now.all, 1), text, asdict(now))
