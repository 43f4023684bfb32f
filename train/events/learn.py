"""Learn an event model from recordings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from train.learn import follow
from train.trainer import Progress

from .dataset import Corpus
from .model import EventModel
from .trainer import Config, Run


@dataclass(frozen=True)
class Learned:
    """A finished run: the model at its best, the loss at each step, how near it comes to what was kept back."""

    model: EventModel
    config: Config
    losses: list[float]
    kept: float
    seconds: float
    stopped: bool
    begun: list[int] = field(default_factory=list)  # the steps at which its stages began


def fit(
    corpus: Corpus,
    config: Config,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> Learned:
    """Learn from a corpus at the rate of config.sizes; Ctrl+C ends it and keeps the best.

    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    run = Run(corpus, config, device)
    torch.set_flush_denormal(True)  # what dies away would take ever longer
    try:
        stopped = follow(run, folder, report, device, resume)
    finally:
        torch.set_flush_denormal(False)
    return Learned(run.model.eval(), config, run.losses, run.kept_distance(), run.seconds, stopped, run.begun)
