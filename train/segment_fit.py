"""Fit a model to one segment of a recording: the loop that the kinds learned from a piece share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from torch import Tensor

from .trainer import LearnedModel, ModelT, Progress, Trainer, TrainingConfig


class SegmentConfig(TrainingConfig, Protocol):
    """Settings of a recipe that learns from one segment of a recording."""

    @property
    def sizes(self) -> Any:
        """Of the model and the segment."""


SegmentConfigT = TypeVar("SegmentConfigT", bound=SegmentConfig)


def fit(
    make_trainer: Callable[[Tensor, SegmentConfigT], Trainer[ModelT, SegmentConfigT, Progress]],
    prepare_segment: Callable[[Tensor, Any], Tensor],
    samples: Tensor,
    config: SegmentConfigT,
    folder: Path,
    report: Callable[[Progress], None] = lambda progress: None,
    device: str = "cpu",
    resume: bool = False,
) -> LearnedModel[ModelT, SegmentConfigT]:
    """Learn from samples (N,) at the rate of config.sizes; Ctrl+C ends it and keeps the best weights.

    make_trainer: of a segment and the configuration. prepare_segment: the segment of samples and config.sizes.
    folder: takes `checkpoint.pt` and `preview.wav`. resume: go on from the checkpoint there, as if never stopped.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    trainer = make_trainer(prepare_segment(samples, config.sizes).to(device), config)
    stopped = trainer.run(folder, report, resume)
    return LearnedModel(trainer.model, config, trainer.losses, trainer.seconds, stopped)
