"""luthier learn KIND RECORDING -o NAME: a preset from a recording."""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine
from engine import library, preset

from .values import number, whole

if TYPE_CHECKING:
    import numpy as np

    from train.run import Config, Progress

STEPS = 3000
OFTEN = 1.0  # seconds between two lines of --json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to learn from what, and how long."""
    parser.add_argument("kind", metavar="KIND", choices=["resonance"], help="resonance")
    parser.add_argument("recording", metavar="RECORDING", help="a sound file")
    parser.add_argument("-o", "--output", metavar="NAME", required=True, help="a name for the preset, or a path")
    parser.add_argument("--start", type=number(0, 86400, "s"), default=0.0, metavar="S", help="where to begin")
    parser.add_argument(
        "--length", type=number(0.3, 60, "s"), default=5.94, metavar="S", help="how much to learn from"
    )
    howlong = parser.add_mutually_exclusive_group()
    howlong.add_argument("--minutes", type=number(0.05, 100000, "min"), metavar="M", help="how long to learn")
    howlong.add_argument("--steps", type=whole(1, 10**9), metavar="N", help=f"how long to learn; {STEPS} otherwise")
    for letter, name in (("K", "control"), ("R", "resonances"), ("J", "modes"), ("E", "variants")):
        parser.add_argument(f"--{name}", type=whole(1, 4096), metavar=letter, help=f"size of the model: its {name}")
    parser.add_argument("--device", default="cpu", metavar="D", help="cpu, or cuda where PyTorch has it")
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="decides all that is drawn")
    parser.add_argument("--resume", action="store_true", help="go on from where it was stopped")
    for name in ("description", "author", "licence", "attribution"):
        parser.add_argument(f"--{name}", default="", metavar="TEXT", help=f"{name}, kept in the preset")
    parser.add_argument("--json", action="store_true", help="progress as one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Learn, and write the preset; Ctrl+C keeps the best so far."""
    path = library.destination(args.output)
    _check_torch(args.device)
    import torch

    from export.finish import finish
    from export.resonance import preset as whole_preset
    from train.fit import fit

    config = _config(args)
    samples = _hear(args, config)
    folder = path.with_suffix(".learning")
    with _progress(args.json) as report:
        middle = torch.from_numpy(samples.mean(axis=0))
        learned = fit(middle, config, folder, report, args.device, args.resume)
    stereo = samples if len(samples) == 2 else None
    words = {"name": path.stem, "source": {"recording": Path(args.recording).name, "attribution": args.attribution}}
    words |= {key: getattr(args, key) for key in ("description", "author", "licence")}
    preset.write(path, finish(whole_preset(learned, engine.VERSION, stereo, **words)))
    ending = "stopped early; --resume goes on from here" if learned.stopped else "done"
    told = {"path": str(path), "preview": str(folder / "preview.wav"), "steps": len(learned.losses), "ending": ending}
    print(json.dumps(told) if args.json else f"{path} ({ending}); a preview is {told['preview']}")
    return 0


def _check_torch(device: str) -> None:
    """Say what is missing before anything is read."""
    try:
        import torch
    except ImportError:
        raise ValueError("learning needs PyTorch, playing does not: pip install 'luthier[train]'") from None
    known = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    if device.partition(":")[0] not in known:
        raise ValueError(f"there is no device {device!r}; PyTorch here has {' and '.join(known)}")


def _config(args: argparse.Namespace) -> "Config":
    """What decides the run."""
    from train.resonance import Sizes
    from train.run import Config

    chosen = {name: getattr(args, name) for name in ("control", "resonances", "modes", "variants")}
    plain = Sizes()
    frames = -(-round(args.length * plain.rate) // plain.hop) * plain.hop
    sizes = Sizes(**{name: size for name, size in chosen.items() if size}, frames=frames)
    return Config(sizes=sizes, steps=args.steps or STEPS, minutes=args.minutes or 0.0, seed=args.seed)


def _hear(args: argparse.Namespace, config: "Config") -> "np.ndarray":
    """The part to learn from, (C, N); ValueError if it cannot be learned from, and a word on what is not so good."""
    import numpy as np

    from train import recording

    sizes = config.sizes
    samples, rate = recording.load(args.recording, sizes.rate, args.start, sizes.frames / sizes.rate)
    faults = recording.check(samples, rate)
    silent = np.abs(samples).max() < 10 ** (recording.QUIETEST / 20)
    if silent or samples.shape[1] < recording.SHORTEST * rate:
        raise ValueError(f"{args.recording}: {' '.join(faults)}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return samples


@contextlib.contextmanager
def _progress(as_json: bool) -> Iterator[Callable[["Progress"], None]]:
    """Shows how far it is: a bar, or lines of JSON."""
    if as_json:
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    words = TextColumn(
        "loss {task.fields[loss]:.0f} · {task.fields[pace]:.1f} steps/s · {task.fields[left]:.0f} s left"
    )
    with Bar(BarColumn(), TimeElapsedColumn(), words, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0, loss=0.0, pace=0.0, left=0.0)

        def show(now: "Progress") -> None:
            share = (now.step / now.steps_per_second) / max(now.step / now.steps_per_second + now.left, 1e-9)
            bar.update(task, completed=share, loss=now.loss, pace=now.steps_per_second, left=now.left)
            if now.preview:
                bar.console.print(f"preview: {now.preview}")

        yield show


def _lines() -> Callable[["Progress"], None]:
    """Prints progress as JSON, not too often."""
    last = 0.0

    def show(now: "Progress") -> None:
        nonlocal last
        if now.preview or time.monotonic() - last > OFTEN:
            last = time.monotonic()
            line: dict[str, Any] = asdict(now)
            print(json.dumps(line, default=str), flush=True)

    return show
