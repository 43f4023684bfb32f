"""Learning a state-space instrument from a piece: the network, and the control signal that plays the recording."""

import argparse
from dataclasses import asdict
from pathlib import Path

import torch

import engine
from export.loudness import normalize
from export.ssm import make_preset
from export.ssm_as_modes import as_modes
from train import recording
from train.ssm.config import Config, Sizes
from train.ssm.learn import fit
from train.trainer import Progress

from .output_path import working_folder
from .progress import Moment, Result, shown
from .recordings import about, part

LENGTH = 11.88  # seconds, as published


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as was asked, or until Ctrl+C; the checkpoint and a preview lie beside the preset."""
    if len(args.recordings) > 1:
        raise ValueError(f"a state-space instrument is learned from one recording, not from {len(args.recordings)}")
    config = _config(args)
    sizes = config.sizes
    file, start, length = part(args.recordings[0], args.start, args.length)
    samples, rate = recording.load(file, sizes.rate, start, length or sizes.samples / sizes.rate)
    faults = recording.check_usable(samples, rate, file)
    folder = working_folder(path)
    with shown(args.json) as show:
        middle = torch.from_numpy(samples.mean(axis=0))
        learned = fit(middle, config, folder, lambda now: show(_moment(now)), args.device, args.resume)
    made = make_preset(learned, engine.VERSION, **about(args, path))
    whole = normalize(as_modes(made) if args.taken == "modes" else made)
    ending = "stopped early; --resume goes on from here" if learned.stopped else "done"
    told = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses)}
    return Result(whole, ending, told, faults)


def _config(args: argparse.Namespace) -> Config:
    """What decides the run; the segment is the power of two that holds what is asked for."""
    rate = args.rate or Sizes.rate
    wanted = (part(args.recordings[0], length=args.length)[2] or LENGTH) * rate
    samples = max(1 << max(int(wanted) - 1, 1).bit_length(), 1 << 13)
    chosen = {name: size for name in ("control", "state", "frame") if (size := getattr(args, name, None))}
    sizes = Sizes(**chosen, samples=samples, rate=rate)
    if sizes.frame & (sizes.frame - 1) or sizes.state % 2:
        raise ValueError("--frame must be a power of two, and --state even")
    steps = args.steps or Config.steps
    sites = {"sites": args.sites} if args.sites else {}
    return Config(sizes=sizes, steps=steps, minutes=args.minutes or 0.0, seed=args.seed, **sites)


def _moment(now: Progress) -> Moment:
    """A step of the run, for a person and for a program."""
    seconds = now.step / now.steps_per_second
    text = f"loss {now.loss:.0f} · {now.steps_per_second:.1f} steps/s · {now.left:.0f} s left"
    event = f"preview: {now.preview}" if now.preview else ""
    return Moment(seconds / max(seconds + now.left, 1e-9), text, asdict(now), event)
