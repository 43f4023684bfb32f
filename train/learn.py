"""Learn an instrument and the control signal that plays one recording on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from train.resonance.model import Resonance, Sizes

from .graceful_stop import Patience
from .spectral_loss import Target
from .trainer import Config, Progress, Run

MANY = 8  # resonances that share the peak of a recording
ALONE = 0.4  # peak of a recording that fewer make: each is bent by its tanh, which a pure tone must not fill
SAVED, HEARD = 60.0, 30.0  # seconds between checkpoints, between previews
Model = TypeVar("Model")
Settings = TypeVar("Settings")


@dataclass(frozen=True)
class Learned(Generic[Model, Settings]):
    """A finished run: the model at its best, the loss at each step, and whether it was stopped early."""

    model: Model
    config: Settings
    losses: list[float]
    seconds: float
    stopped: bool


def fit(
    samples: Tensor,
    config: Config,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> Learned[Resonance, Config]:
    """Learn from samples (N,) at the rate of config.sizes; Ctrl+C ends it and keeps the best.

    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    run = Run(_prepared(samples, config.sizes).to(device), config)
    stopped = follow(run, folder, report, device, resume)
    return Learned(run.model, config, run.losses, run.seconds, stopped)


def follow(run: Run, folder: Path, report: Callable[[Progress], None], device: str, resume: bool) -> bool:
    """Take all steps of a run, or those until Ctrl+C, and leave its model at its best; whether it was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    if resume and checkpoint.is_file():
        run.restore(torch.load(checkpoint, map_location=device, weights_only=True))
    saved = heard = time.monotonic()
    with Patience() as patience:
        while (not run.losses or run.part() < 1) and not patience.asked:
            run.step()
            now, preview = time.monotonic(), None
            if now - heard > HEARD:
                heard, preview = now, run.preview(folder / "preview.wav")
            if now - saved > SAVED:
                saved = now
                _save(run.state(), checkpoint)
            report(run.progress(preview))
        _save(run.state(), checkpoint)
    run.model.load_state_dict(run.best)
    run.preview(folder / "preview.wav")
    return patience.asked


def distance(model: Resonance, samples: Tensor, draws: int = 32, seed: int = 1) -> float:
    """The published loss of a model against samples (N,), a mean over draws of its noise."""
    generator = torch.Generator().manual_seed(seed)
    target = Target(_prepared(samples, model.sizes).to(model.gain.device))
    with torch.no_grad():
        return sum(float(target.distance(model(model.draw(generator)))) for _ in range(draws)) / draws


def _prepared(samples: Tensor, sizes: Sizes) -> Tensor:
    """Cut or zero-pad samples (N,) to the segment; bring their peak to 1, or lower where few resonances share it."""
    fitted = torch.nn.functional.pad(samples, (0, max(0, sizes.frames - len(samples))))[: sizes.frames]
    peak = 1.0 if sizes.resonances >= MANY else ALONE
    return (peak * fitted / fitted.abs().max().clamp(min=1e-9)).to(torch.float32)


def _save(state: dict[str, Any], path: Path) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
