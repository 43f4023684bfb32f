"""Learning from single notes: a resonance for every key that was recorded."""

import argparse
from dataclasses import asdict
from functools import partial
from pathlib import Path

import engine
from engine.preset.preset_file import Preset
from export import probe
from export.loudness import normalize
from export.resonance_notes import make_header, make_tensors
from train.notes import learn as folder
from train.notes import note_cache
from train.notes.learn import Config, Progress

from .output_path import working_folder
from .progress import Moment, Result, shown
from .recordings import about, files


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn all notes, or those that are done when Ctrl+C is pressed; those are kept beside the preset."""
    chosen = {"modes": args.modes} if args.modes else {}
    config = Config(seed=args.seed, **chosen)
    with files(args.recordings, args.start, args.length) as recordings, shown(args.json) as show:
        place = working_folder(path)
        instrument = folder.learn(recordings, config, lambda now: show(_moment(now)), place, args.resume)
    made = Preset({**make_header(instrument, config, engine.VERSION), **about(args, path)}, make_tensors(instrument))
    keys = list(instrument.keys)
    whole = normalize(probe.add_note_probe(made, keys[len(keys) // 2]))
    ending = "stopped early: only some of the notes are in it; --resume goes on" if instrument.stopped else "done"
    spent = None if instrument.stopped else partial(note_cache.clear, place)
    return Result(whole, ending, {"keys": keys, "words": instrument.messages}, instrument.messages, spent)


def _moment(now: Progress) -> Moment:
    """A note that is done, for a person and for a program."""
    text = f"{now.done} of {now.all} recordings · {now.text}"
    return Moment(now.done / max(now.all, 1), text, asdict(now))
