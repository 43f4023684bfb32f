"""Learn a state-space instrument and the control signal that plays one recording on it."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from train.learn import Learned, follow
from train.trainer import Progress

from .model import Sizes, StateSpace
from .trainer import Config, Run


def fit(
    samples: Tensor,
    config: Config,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> Learned[StateSpace, Config]:
    """Learn from samples (N,) at the rate of config.sizes; Ctrl+C ends it and keeps the best.

    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    run = Run(prepared(samples, config.sizes).to(device), config)
    stopped = follow(run, folder, report, device, resume)
    return Learned(run.model, config, run.losses, run.seconds, stopped)


def prepared(samples: Tensor, sizes: Sizes) -> Tensor:
    """Cut or zero-pad samples (N,) to the segment, and bring their peak to 1."""
    fitted = torch.nn.functional.pad(samples, (0, max(0, sizes.samples - len(samples))))[: sizes.samples]
    return (fitted / fitted.abs().max().clamp(min=1e-9)).to(torch.float32)
