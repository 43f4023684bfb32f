"""Learn a state-space instrument and the control signal that plays one recording on it."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from train.trainer import LearnedModel, Progress

from .config import Config, Sizes
from .model import StateSpaceModel
from .trainer import StateSpaceTrainer


def fit(
    samples: Tensor,
    config: Config,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> LearnedModel[StateSpaceModel, Config]:
    """Learn from samples (N,) at the rate of config.sizes; Ctrl+C ends it and keeps the best weights.

    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    trainer = StateSpaceTrainer(prepare_segment(samples, config.sizes).to(device), config)
    stopped = trainer.run(folder, report, resume)
    return LearnedModel(trainer.model, config, trainer.losses, trainer.seconds, stopped)


def prepare_segment(samples: Tensor, sizes: Sizes) -> Tensor:
    """Cut or zero-pad samples (N,) to the segment, and scale their peak to 1."""
    fitted = torch.nn.functional.pad(samples, (0, max(0, sizes.samples - len(samples))))[: sizes.samples]
    return (fitted / fitted.abs().max().clamp(min=1e-9)).to(torch.float32)
