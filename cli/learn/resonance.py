"""Learn a resonance instrument from a piece, with the control signal that plays the piece on it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import engine
from cli.number_ranges import integer
from cli.recording_part import parse_part
from engine.kinds.resonance import MAX_SIZES

from .option_checks import KindOptions
from .output_path import working_folder
from .progress import Result, display, ending_of, update_of
from .recordings import header_fields
from .sample_rate import source_rate

if TYPE_CHECKING:
    from train.resonance.config import Config

DEFAULT_SECONDS = 5.94  # of the piece, as published
DEFAULT_STEPS = 3000
_SIZES = {
    "K": ("control", "dimensions of the control signal of a piece; 24 otherwise"),
    "R": ("resonances", "number of resonances of a piece; 24 otherwise"),
    "J": ("modes", "modes of each resonance or note; 32 of a piece, 64 of a note otherwise"),
    "E": ("variants", "variants of the modes, to be mixed; 2 otherwise"),
}


def add_arguments(options: KindOptions) -> None:
    """Add the options of this kind, as its `learn_options` lists them."""
    for letter, (name, what) in _SIZES.items():
        options.add(f"--{name}", what, type=integer(1, MAX_SIZES[letter]), metavar=letter)
    options.add("--sites", "attacks in a piece, at most", type=integer(1, 10**6), metavar="N")
    options.add(
        "--rate", "to learn at; that of the recordings otherwise, up to 48000", type=integer(8000, 96000, "Hz"),
        metavar="HZ",
    )  # fmt: skip


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as requested, or until Ctrl+C; checkpoint and preview are written beside the preset."""
    import torch

    from export import reference_output
    from export.loudness import normalize
    from export.resonance import make_preset
    from train import recording, recording_faults
    from train.resonance.learn import fit

    file, start, length = parse_part(args.recordings[0], args.start, args.length)
    sound = recording.read(file, args.rate or source_rate([file]), start, length or DEFAULT_SECONDS)
    samples = sound.samples
    warnings = [*sound.notices, *recording_faults.check_usable(samples, sound.rate, file)]
    config = _config(args, sound.rate, samples.shape[1])
    folder = working_folder(path)
    with display(args.lines) as show:
        mono = torch.from_numpy(samples.mean(axis=0))
        learned = fit(mono, config, folder, lambda now: show(update_of(now)), args.device, args.resume)
    stereo = _stereo(samples)
    made = make_preset(learned, engine.VERSION, stereo, **header_fields(args, path))
    preset = normalize(reference_output.add_model_probe(made, learned.model))
    ending = ending_of(learned.stopped, len(learned.losses), DEFAULT_STEPS)
    values = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses)}
    return Result(preset, ending, values, warnings)


def _config(args: argparse.Namespace, rate: int, length: int) -> "Config":
    """The configuration of a run at a rate in Hz, on a segment of a length in samples."""
    from engine.instruments.shared.voice_allocation import VOICES
    from train.resonance.config import Config, Sizes

    chosen = {name: getattr(args, name) for name in ("control", "resonances", "modes", "variants")}
    default = Sizes()
    frames = -(-length // default.hop) * default.hop
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
