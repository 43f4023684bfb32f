"""Learning from a piece: the instrument, and the control signal that plays the recording on it."""

import argparse
from dataclasses import asdict
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
from train.trainer import Progress

from .output_path import working_folder
from .progress import Moment, Result, shown
from .recordings import about, part

LENGTH = 5.94  # seconds, as published
STEPS = 3000


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as was asked, or until Ctrl+C; the checkpoint and a preview lie beside the preset."""
    config = _config(args)
    file, start, _ = part(args.recordings[0], args.start)
    samples, rate = recording.load(file, config.sizes.rate, start, config.sizes.frames / config.sizes.rate)
    faults = recording.check_usable(samples, rate, file)
    folder = working_folder(path)
    with shown(args.json) as show:
        middle = torch.from_numpy(samples.mean(axis=0))
        learned = fit(middle, config, folder, lambda now: show(_moment(now)), args.device, args.resume)
    stereo = _stereo(samples)
    made = make_preset(learned, engine.VERSION, stereo, **about(args, path))
    whole = normalize(probe.add_model_probe(made, learned.model))
    ending = "stopped early; --resume goes on from here" if learned.stopped else "done"
    told = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses)}
    return Result(whole, ending, told, faults if args.taken else [])  # they were told when it was heard


def _config(args: argparse.Namespace) -> Config:
    """What decides the run."""
    chosen = {name: getattr(args, name) for name in ("control", "resonances", "modes", "variants")}
    plain = Sizes()
    rate = args.rate or plain.rate
    length = part(args.recordings[0], length=args.length)[2] or LENGTH
    frames = -(-round(length * rate) // plain.hop) * plain.hop
    attacks = {name: round(getattr(plain, name) * rate / plain.rate) for name in ("attack", "knock")}
    sizes = Sizes(**{name: size for name, size in chosen.items() if size}, **attacks, frames=frames, rate=rate)
    if sizes.resonances > VOICES:
        raise ValueError(f"{sizes.resonances} resonances are too many: {VOICES} can ring at once")
    sites = {"sites": args.sites} if args.sites else {}
    return Config(sizes=sizes, steps=args.steps or STEPS, minutes=args.minutes or 0.0, seed=args.seed, **sites)


def _stereo(samples: np.ndarray) -> np.ndarray | None:
    """The two sides of a recording (C, N), where they differ."""
    return samples if len(samples) == 2 and not np.array_equal(samples[0], samples[1]) else None


def _moment(now: Progress) -> Moment:
    """A step of the run, for a person and for a program."""
    seconds = now.step / now.steps_per_second
    text = f"loss {now.loss:.0f} · {now.steps_per_second:.1f} steps/s · {now.left:.0f} s left"
    return Moment(
        seconds / max(seconds + now.left, 1e-9), text, asdict(now), f"preview: {now.preview}" if now.preview else ""
    )
