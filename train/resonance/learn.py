"""Learn a resonance instrument and the control signal that plays one recording on it."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from train.spectral_loss import SpectralTarget
from train.trainer import LearnedModel, Progress

from .config import Config, Sizes
from .model import ResonanceModel
from .trainer import ResonanceTrainer

MANY_RESONANCES = 8  # at least so many: a segment is scaled to a peak of 1
FEW_RESONANCES_PEAK = 0.4  # for fewer: each goes through a tanh, which a pure tone must not saturate


def fit(
    samples: Tensor,
    config: Config,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> LearnedModel[ResonanceModel, Config]:
    """Learn from samples (N,) at the rate of config.sizes; Ctrl+C ends it and keeps the best weights.

    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    trainer = ResonanceTrainer(prepare_segment(samples, config.sizes).to(device), config)
    stopped = trainer.run(folder, report, resume)
    return LearnedModel(trainer.model, config, trainer.losses, trainer.seconds, stopped)


def mean_loss(model: ResonanceModel, samples: Tensor, draws: int = 32, seed: int = 1) -> float:
    """The published loss of a model against samples (N,), a mean over draws of its noise."""
    generator = torch.Generator().manual_seed(seed)
    target = SpectralTarget(prepare_segment(samples, model.sizes).to(model.gain.device))
    with torch.no_grad():
        return sum(float(target.loss(model(model.draw_noise(generator)))) for _ in range(draws)) / draws


def prepare_segment(samples: Tensor, sizes: Sizes) -> Tensor:
    """Cut or zero-pad samples (N,) to the segment, and scale their peak to 1, or lower for few resonances."""
    fitted = torch.nn.functional.pad(samples, (0, max(0, sizes.frames - len(samples))))[: sizes.frames]
    peak = 1.0 if sizes.resonances >= MANY_RESONANCES else FEW_RESONANCES_PEAK
    return (peak * fitted / fitted.abs().max().clamp(min=1e-9)).to(torch.float32)
