"""Learning an instrument of pitch and loudness: it is played by keys, or by a voice."""

import argparse
import contextlib
import math
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import engine
from engine.preset import library
from engine.preset import preset_file as presets
from engine.preset.preset_file import Preset

from .output_path import working_folder
from .progress import Moment, Result, shown
from .recordings import about, part

if TYPE_CHECKING:
    from train.ddsp.config import Config, Sizes
    from train.ddsp.dataset import Dataset
    from train.ddsp.trainer import Progress

MOST = 100  # harmonics, unless more are asked for
STEPS = 10_000
TOLD = 8  # remarks on recordings, at most


def learn(args: argparse.Namespace, path: Path) -> Result | None:
    """Learn for as long as was asked, or until Ctrl+C; the checkpoint and the logs lie beside the preset.

    None in all but the first of several processes that learn together.
    """
    from export.ddsp import make_preset, with_loudness_scale
    from export.loudness import normalize
    from train.ddsp import preset_weights
    from train.ddsp.dataset import load_dataset, load_voice
    from train.ddsp.learn import fit, make_fabric

    before = presets.read(library.find(args.start_from)) if args.start_from else None
    sizes = _sizes(args, before)
    dataset = load_dataset([part(text, args.start, args.length) for text in args.recordings], sizes)
    if before:
        dataset = with_loudness_scale(dataset, before)
    elif not args.harmonics:
        sizes = replace(sizes, harmonics=min(math.ceil(sizes.rate / 2 / dataset.low), MOST))
    fabric = make_fabric(args.device)
    _judge(dataset, fabric.global_rank)
    model = preset_weights.model_of(before.header, before.tensors) if before else None
    voice = load_voice(args.voice, dataset, sizes) if args.voice else None
    folder, config = working_folder(path), _config(args, sizes)
    alone = fabric.global_rank == 0
    with shown(args.json) if alone else contextlib.nullcontext(lambda now: None) as show:
        learned = fit(dataset, config, folder, fabric, lambda now: show(_moment(now)), args.resume, model, voice)
    if not alone:
        return None
    made = make_preset(learned, dataset, engine.VERSION, **about(args, path))
    ending = "stopped early; --resume goes on from here" if learned.stopped else "done"
    kept = round(learned.validation_loss, 3) if learned.has_validation else None
    told = {"steps": len(learned.losses), "kept": kept, "agreement": dataset.agreement, "folder": str(folder)}
    what = "what was kept back" if learned.has_validation else "what was learned from, as nothing was kept back"
    return Result(normalize(made), ending, told, [f"loss on {what}: {learned.validation_loss:.2f}"])


def _sizes(args: argparse.Namespace, before: Preset | None) -> "Sizes":
    """The sizes of the model: those asked for, or those of the preset from which it goes on."""
    from train.ddsp.config import Sizes
    from train.ddsp.preset_weights import sizes_of

    if before is None:
        chosen = {name: getattr(args, name) for name in ("units", "harmonics")}
        return Sizes(**{name: size for name, size in chosen.items() if size})
    if before.header["kind"] != "ddsp":
        raise ValueError(f"{args.start_from} is of kind {before.header['kind']}, not ddsp: nothing can go on from it")
    return sizes_of(before.header, before.tensors)


def _config(args: argparse.Namespace, sizes: "Sizes") -> "Config":
    from train.ddsp.config import Config

    return Config(sizes=sizes, steps=args.steps or STEPS, minutes=args.minutes or 0.0, seed=args.seed)


def _judge(dataset: "Dataset", rank: int) -> None:
    """Say what was heard, and what is wrong with it."""
    if rank:
        return
    for word in dataset.warnings[:TOLD]:
        print(word, file=sys.stderr)
    if len(dataset.warnings) > TOLD:
        print(f"There are {len(dataset.warnings) - TOLD} more remarks of this kind.", file=sys.stderr)
    learned, kept = (sum(p.frames for p in segments) / 100 for segments in (dataset.training, dataset.validation))
    back = f"{kept:.0f} s" if kept else "too little to have any"
    print(
        f"{learned:.0f} s to learn from, {back} kept back; "
        f"pitch from {dataset.low:.0f} to {dataset.high:.0f} Hz, on which two trackers agree in "
        f"{100 * dataset.agreement:.0f} % of the frames; loudness {dataset.mean:.1f} ± {dataset.deviation:.1f} dB",
        file=sys.stderr,
    )


def _moment(now: "Progress") -> Moment:
    """A step of the run, for a person and for a program."""
    seconds = now.step / now.steps_per_second
    kept = "" if math.isnan(now.kept) else f" ({now.kept:.2f} on what was kept back)"
    text = f"loss {now.loss:.2f}{kept} · {now.steps_per_second:.1f} steps/s · {now.left:.0f} s left"
    line = {name: None if isinstance(x, float) and math.isnan(x) else x for name, x in asdict(now).items()}
    return Moment(seconds / max(seconds + now.left, 1e-9), text, line)
