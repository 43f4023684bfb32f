"""Learn a resonance instrument from a piece, with the control signal that plays the piece on it."""

import argparse
from pathlib import Path

import numpy as np
import torch

import engine
from engine.instruments.shared.voice_allocation import VOICES
from export import probe
from export.loudness import normalize
from export.resonance import make_preset
from train import recording
from train.resonance.config import Config, Sizes
from train.resonance.learn import fit

from .output_path import working_folder
from .progress import DONE, STOPPED, Result, display, update_of
from .recordings import header_fields, parse_part

DEFAULT_SECONDS = 5.94  # of the piece, as published
DEFAULT_STEPS = 3000


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as requested, or until Ctrl+C; checkpoint and preview are written beside the preset."""
    config = _config(args)
    file, start, _ = parse_part(args.recordings[0], args.start)
    samples, rate = recording.load(file, config.sizes.rate, start, config.sizes.frames / config.sizes.rate)
    warnings = recording.check_usable(samples, rate, file)
    folder = working_folder(path)
    with display(args.json) as show:
        mono = torch.from_numpy(samples.mean(axis=0))
        learned = fit(mono, config, folder, lambda now: show(update_of(now)), args.device, args.resume)
    stereo = _stereo(samples)
    made = make_preset(learned, engine.VERSION, stereo, **header_fields(args, path))
    preset = normalize(probe.add_model_probe(made, learned.model))
    ending = STOPPED if learned.stopped else DONE
    values = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses)}
    return Result(preset, ending, values, warnings if args.taken else [])  # otherwise printed already


def _config(args: argparse.Namespace) -> Config:
    """The configuration of the run."""
    chosen = {name: getattr(args, name) for name in ("control", "resonances", "modes", "variants")}
    default = Sizes()
    rate = args.rate or default.rate
    length = parse_part(args.recordings[0], length=args.length)[2] or DEFAULT_SECONDS
    frames = -(-round(length * rate) // default.hop) * default.hop
    attacks = {name: round(getattr(default, name) * rate / default.rate) for name in ("attack", "knock")}
    sizes = Sizes(**{name: size for name, size in chosen.items() if size}, **attacks, frames=frames, rate=rate)
    if sizes.resonances > VOICES:
        raise ValueError(f"{sizes.resonances} resonances are too many: {VOICES} can ring at once")
    sites = {"sites": args.sites} if args.sites else {}
    return Config(
        sizes=sizes, steps=args.steps or DEFAULT_STEPS, minutes=args.minutes or 0.0, seed=args.seed, **sites
    )


def _stereo(samples: np.ndarray) -> np.ndarray | None:
    """The two channels of a recording (C, N); None if it has one, or two that are equal."""
    return samples if len(samples) == 2 and not np.array_equal(samples[0], samples[1]) else None
