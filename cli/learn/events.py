"""Learn an event instrument from recordings: embeddings of sounds, and an encoder that finds them."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import engine
from cli.number_ranges import integer
from cli.recording_part import parse_part

from .option_checks import KindOptions
from .output_path import working_folder
from .progress import Result, display, ending_of, update_of
from .recordings import header_fields
from .sample_rate import source_rate

if TYPE_CHECKING:
    from train.events.config import Config


def add_arguments(options: KindOptions) -> None:
    """Add the options of this kind, as its `learn_options` lists them."""
    options.add("--rate", type=integer(8000, 96000, "Hz"), metavar="HZ")
    options.add("--size", "of an event model (events); small otherwise", choices=["small", "article"])


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as requested, or until Ctrl+C; checkpoint and preview are written beside the preset."""
    from export.events import make_preset
    from export.loudness import normalize
    from train.events.config import CONFIGS
    from train.events.dataset import load_dataset
    from train.events.learn import fit

    parts = [parse_part(text, args.start, args.length) for text in args.recordings]
    config = _config(args, args.rate or source_rate([file for file, _, _ in parts]))
    dataset = load_dataset(parts, config.sizes.rate)
    folder = working_folder(path)
    with display(args.lines) as show:
        learned = fit(dataset, config, folder, lambda now: show(update_of(now, digits=2)), args.device, args.resume)
    made = make_preset(learned, engine.VERSION, **header_fields(args, path))
    ending = ending_of(learned.stopped, len(learned.losses), CONFIGS[args.size or "small"].steps)
    loss = learned.validation_loss
    values = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses), "kept": round(loss, 4)}
    return Result(normalize(made), ending, values, [*dataset.warnings, f"loss on what was kept back: {loss:.2f}"])


def _config(args: argparse.Namespace, rate: int) -> "Config":
    """The configuration of the run at a rate in Hz; frames and segments last about as long at any rate."""
    from train.events.config import CONFIGS

    config = CONFIGS[args.size or "small"]
    steps = args.steps or config.steps
    sizes = config.sizes.scaled_to(rate)
    return replace(config, sizes=sizes, steps=steps, minutes=args.minutes or 0.0, seed=args.seed)
