"""Learn a ddsp instrument, a decoder of pitch and loudness that is played by keys or by a voice."""

import argparse
import contextlib
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine
from cli.number_ranges import integer
from cli.recording_part import parse_part
from engine.kinds.ddsp import KIND, MAX_SIZES
from engine.preset import library
from engine.preset.preset_file import Preset, read

from .option_checks import KindOptions
from .output_path import working_folder
from .progress import Result, Update, display, ending_of
from .recordings import header_fields
from .sample_rate import source_rate

if TYPE_CHECKING:
    from train.ddsp.config import Config, Sizes
    from train.ddsp.dataset import Dataset
    from train.ddsp.model import DdspModel
    from train.ddsp.trainer import Progress

DEFAULT_MAX_HARMONICS = 400
DEFAULT_STEPS = 10_000
CONVERTED_LEARNING_RATE = 0.5  # of the usual one, where a model goes on at another rate
MAX_WARNINGS = 8


def add_arguments(options: KindOptions) -> None:
    """Add the options of this kind, as its `learn_options` lists them."""
    options.add("--units", "width of a decoder (ddsp); 256 otherwise", type=integer(1, MAX_SIZES["U"]), metavar="U")
    options.add("--rate", type=integer(8000, 96000, "Hz"), metavar="HZ")
    options.add("--harmonics", "number of harmonics (ddsp)", type=integer(1, MAX_SIZES["H"]), metavar="H")
    options.add("--from", "start from the weights of an instrument (ddsp)", dest="start_from", metavar="INSTRUMENT")
    options.add("--voice", "a voice for previews of the instrument while it learns (ddsp)", metavar="FILE")


def learn(args: argparse.Namespace, path: Path) -> Result | None:
    """Learn for as long as requested, or until Ctrl+C; checkpoint and logs are written beside the preset.

    None in all but the first of several processes that learn together.
    """
    from export.ddsp import make_preset, with_loudness_scale
    from export.loudness import normalize
    from train.ddsp.dataset import load_dataset, load_voice
    from train.ddsp.learn import fit, make_fabric

    before = read(library.find(args.start_from)) if args.start_from else None
    parts = [parse_part(text, args.start, args.length) for text in args.recordings]
    sizes = _sizes(args, before, [file for file, _, _ in parts])
    dataset = load_dataset(parts, sizes)
    if before:
        dataset = with_loudness_scale(dataset, before)
    if not args.harmonics and (before is None or sizes.rate != before.header["rate"]):
        sizes = replace(sizes, harmonics=min(math.ceil(sizes.rate / 2 / dataset.low), DEFAULT_MAX_HARMONICS))
    fabric = make_fabric(args.device)
    voice = load_voice(args.voice, dataset, sizes) if args.voice else None
    _print_dataset(dataset, fabric.global_rank)
    model = _start_model(before, sizes) if before else None
    folder, config = working_folder(path), _config(args, sizes, before)
    is_first = fabric.global_rank == 0
    with display(args.lines) if is_first else contextlib.nullcontext(lambda now: None) as show:
        learned = fit(dataset, config, folder, fabric, lambda now: show(_update(now)), args.resume, model, voice)
    if not is_first:
        return None
    made = make_preset(learned, dataset, engine.VERSION, **header_fields(args, path))
    if before:
        made.header["training"]["from"] = _earlier_run(before)
    usual_steps = 0 if before else DEFAULT_STEPS  # a finished instrument sounds from the first step on
    ending = ending_of(learned.stopped, len(learned.losses), usual_steps)
    loss = round(learned.validation_loss, 3) if learned.has_validation else None
    values = {"steps": len(learned.losses), "kept": loss, "agreement": dataset.agreement, "folder": str(folder)}
    what = "what was kept back" if learned.has_validation else "what was learned from, as nothing was kept back"
    return Result(normalize(made), ending, values, [f"{what}: {learned.validation_loss:.2f}"])


def _sizes(args: argparse.Namespace, before: Preset | None, files: Sequence[str]) -> "Sizes":
    """The sizes of the model: by the options and the rate of the files, or those of the preset to go on from."""
    from train.ddsp.config import sizes_at
    from train.ddsp.preset_weights import read_sizes
    from train.ddsp.rate_conversion import converted_sizes

    if before is None:
        chosen = {name: getattr(args, name) for name in ("units", "harmonics")}
        sizes = sizes_at(args.rate or source_rate(files))
        return replace(sizes, **{name: size for name, size in chosen.items() if size})
    if before.header["kind"] != KIND.name:
        raise ValueError(f"{args.start_from} is of kind {before.header['kind']}, not ddsp: nothing can go on from it")
    found = read_sizes(before.header, before.tensors)
    if (args.rate or found.rate) == found.rate:
        return found
    return converted_sizes(found, args.rate, args.harmonics or found.harmonics)


def _start_model(before: Preset, sizes: "Sizes") -> "DdspModel":
    """The model of the preset to go on from, at the rate of `sizes`."""
    from train.ddsp.preset_weights import load_model
    from train.ddsp.rate_conversion import convert_model

    model = load_model(before.header, before.tensors)
    return model if model.sizes == sizes else convert_model(model, sizes)


def _earlier_run(before: Preset) -> dict[str, Any]:
    """What a header says of the run that another one goes on from; that one's own earlier run is in it."""
    training = before.header.get("training", {})
    kept = {name: training[name] for name in ("steps", "seconds", "kept", "from") if name in training}
    return {"name": before.header["name"], "rate": before.header["rate"], **kept}


def _config(args: argparse.Namespace, sizes: "Sizes", before: Preset | None) -> "Config":
    """The settings of the run; most weights of a model that goes on at another rate are good as they are."""
    from train.ddsp.config import Config

    config = Config(sizes=sizes, steps=args.steps or DEFAULT_STEPS, minutes=args.minutes or 0.0, seed=args.seed)
    if before is None or sizes.rate == before.header["rate"]:
        return config
    return replace(config, learning_rate=config.learning_rate * CONVERTED_LEARNING_RATE)


def _print_dataset(dataset: "Dataset", rank: int) -> None:
    """Print the warnings on the recordings, and the statistics of the dataset."""
    if rank:
        return
    for warning in dataset.warnings[:MAX_WARNINGS]:
        print(warning, file=sys.stderr)
    if len(dataset.warnings) > MAX_WARNINGS:
        print(f"There are {len(dataset.warnings) - MAX_WARNINGS} more remarks of this kind.", file=sys.stderr)
    learned, kept = (sum(p.frames for p in segments) / 100 for segments in (dataset.training, dataset.validation))
    back = f"{kept:.0f} s" if kept else "nothing"
    print(
        f"{learned:.0f} s to learn from, {back} kept back; "
        f"pitch from {dataset.low:.0f} to {dataset.high:.0f} Hz, on which two trackers agree in "
        f"{100 * dataset.agreement:.0f} % of the frames; loudness {dataset.mean:.1f} ± {dataset.deviation:.1f} dB",
        file=sys.stderr,
    )


def _update(now: "Progress") -> Update:
    """The update for a step of the run."""
    seconds = now.step / now.steps_per_second
    kept = "" if math.isnan(now.kept) else f" ({now.kept:.2f} on what was kept back)"
    text = f"loss {now.loss:.2f}{kept} · {now.steps_per_second:.1f} steps/s · {now.left:.0f} s left"
    values = {name: None if isinstance(x, float) and math.isnan(x) else x for name, x in asdict(now).items()}
    return Update(seconds / max(seconds + now.left, 1e-9), text, values)
