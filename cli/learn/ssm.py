"""Learn a state-space instrument from a piece, with the control signal that plays the piece on it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import engine
from cli.number_ranges import integer
from cli.recording_part import parse_part
from engine.kinds.ssm import MAX_SIZES

from .option_checks import KindOptions
from .output_path import working_folder
from .progress import Result, display, ending_of, update_of
from .recordings import header_fields
from .sample_rate import rate_factor, source_rate

if TYPE_CHECKING:
    from train.ssm.config import Config

MIN_SEGMENT_SAMPLES = 1 << 13


def add_arguments(options: KindOptions) -> None:
    """Add the options of this kind, as its `learn_options` lists them."""
    options.add("--control", "64 of ssm", type=integer(1, MAX_SIZES["K"]), metavar="K")
    for letter, name in (("S", "state"), ("B", "frame")):
        size = integer(2, MAX_SIZES[letter])
        options.add(f"--{name}", f"size of the network: its {name} (ssm)", type=size, metavar="N")
    options.add("--sites", type=integer(1, 10**6), metavar="N")
    options.add("--rate", type=integer(8000, 96000, "Hz"), metavar="HZ")


def learn(args: argparse.Namespace, path: Path) -> Result:
    """Learn for as long as requested, or until Ctrl+C; checkpoint and preview are written beside the preset."""
    if len(args.recordings) > 1:
        raise ValueError(f"a state-space instrument is learned from one recording, not from {len(args.recordings)}")
    import torch

    from export.loudness import normalize
    from export.ssm import make_preset
    from export.ssm_as_modes import as_modes
    from train import recording, recording_faults
    from train.ssm.config import Config, Sizes
    from train.ssm.learn import fit

    file, start, length = parse_part(args.recordings[0], args.start, args.length)
    rate = args.rate or source_rate([file])
    sound = recording.read(file, rate, start, length or rate_factor(rate, Sizes.rate) * Sizes.samples / rate)
    samples = sound.samples
    warnings = [*sound.notices, *recording_faults.check_usable(samples, sound.rate, file)]
    config = _config(args, rate, samples.shape[1])
    folder = working_folder(path)
    with display(args.lines) as show:
        mono = torch.from_numpy(samples.mean(axis=0))
        learned = fit(mono, config, folder, lambda now: show(update_of(now)), args.device, args.resume)
    made = make_preset(learned, engine.VERSION, **header_fields(args, path))
    preset = normalize(as_modes(made) if args.taken == "modes" else made)
    ending = ending_of(learned.stopped, len(learned.losses), Config.steps)
    values = {"preview": str(folder / "preview.wav"), "steps": len(learned.losses)}
    return Result(preset, ending, values, warnings)


def _config(args: argparse.Namespace, rate: int, length: int) -> "Config":
    """The configuration of a run at a rate in Hz; the segment is the next power of two of a length in samples.

    Frames last about as long at any rate.
    """
    from train.ssm.config import Config, Sizes

    factor = rate_factor(rate, Sizes.rate)
    samples = max(1 << max(length - 1, 1).bit_length(), MIN_SEGMENT_SAMPLES)
    chosen = {name: size for name in ("control", "state", "frame") if (size := getattr(args, name, None))}
    sizes = Sizes(**{"frame": factor * Sizes.frame, **chosen}, samples=samples, rate=rate)
    if sizes.frame & (sizes.frame - 1) or sizes.state % 2:
        raise ValueError("--frame must be a power of two, and --state even")
    steps = args.steps or Config.steps
    sites = {"sites": args.sites} if args.sites else {}
    return Config(sizes=sizes, steps=steps, minutes=args.minutes or 0.0, seed=args.seed, **sites)
