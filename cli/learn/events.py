"""Learning events from any number of recordings: which kinds of sounds they are made of, and how to find them."""

import argparse
from dataclasses import asdict, replace
from pathlib import Path

import engine
from export.events import make_preset
from export.loudness import normalize
from train.events.config import CONFIGS, Config
from train.events.dataset import load_dataset
from train.events.learn import fit
from train.trainer import Progress

from .output_path import working_folder
from .progress import Moment, Result, shown
from .recordings import about, part


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as was asked, or until Ctrl+C; the checkpoint and a preview lie beside the preset."""
    config = _config(args)
    parts = [part(text, args.start, args.length) for text in args.recordings]
    dataset = load_dataset(parts, config.sizes.rate)
    folder = working_folder(path)
    with shown(args.json) as show:
        learned = fit(dataset, config, folder, lambda now: show(_moment(now)), args.device, args.resume)
    made = make_preset(learned, engine.VERSION, **about(args, path))
    ending = "stopped early; --resume goes on from here" if learned.stopped else "done"
    told = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses), "kept": round(learned.validation_loss, 4)}
    return Result(normalize(made), ending, told, [*dataset.warnings, f"loss on what was kept back: {learned.validation_loss:.2f}"])


def _config(args: argparse.Namespace) -> Config:
    """What decides the run."""
    config = CONFIGS[args.size or "small"]
    rate = {"rate": args.rate} if args.rate else {}
    steps = args.steps or config.steps
    return replace(
        config, sizes=replace(config.sizes, **rate), steps=steps, minutes=args.minutes or 0.0, seed=args.seed
    )


def _moment(now: Progress) -> Moment:
    """A step of the run, for a person and for a program."""
    seconds = now.step / now.steps_per_second
    text = f"loss {now.loss:.2f} · {now.steps_per_second:.1f} steps/s · {now.left:.0f} s left"
    event = f"preview: {now.preview}" if now.preview else ""
    return Moment(seconds / max(seconds + now.left, 1e-9), text, asdict(now), event)
