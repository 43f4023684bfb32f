"""Learn an event model from recordings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from train.trainer import LearnedModel, Progress

from .config import Config
from .dataset import Dataset
from .model import EventModel
from .trainer import EventTrainer


@dataclass(frozen=True)
class LearnedEvents(LearnedModel[EventModel, Config]):
    """A finished run, with the loss of the validation segments and the steps at which its stages began."""

    validation_loss: float
    stage_steps: list[int] = field(default_factory=list)


def fit(
    dataset: Dataset,
    config: Config,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> LearnedEvents:
    """Learn from a dataset at the rate of config.sizes; Ctrl+C ends it and keeps the best weights.

    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    trainer = EventTrainer(dataset, config, device)
    torch.set_flush_denormal(True)  # decaying sounds would slow down the CPU
    try:
        stopped = trainer.run(folder, report, resume)
    finally:
        torch.set_flush_denormal(False)
    model, loss = trainer.model.eval(), trainer.validation_loss()
    return LearnedEvents(model, config, trainer.losses, trainer.seconds, stopped, loss, trainer.stage_steps)
