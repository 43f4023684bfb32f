"""Learn an instrument of pitch and loudness from recordings, on one device or on several."""

import ctypes
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lightning_fabric import Fabric

from train.trainer import LearnedModel

from .config import Config
from .dataset import Dataset
from .model import DdspModel
from .random_clips import Segment
from .trainer import DdspTrainer, Progress

# of glibc's malloc.h, and their values in bytes
M_TRIM_THRESHOLD, TRIM_THRESHOLD = -1, 2**31 - 1
M_MMAP_THRESHOLD, MMAP_THRESHOLD = -3, 2**30


@dataclass(frozen=True)
class LearnedDdsp(LearnedModel[DdspModel, Config]):
    """A finished run.

    validations: step and loss of each, on the training set if `has_validation` is false.
    """

    validations: list[tuple[int, float]]
    has_validation: bool

    @property
    def validation_loss(self) -> float:
        """The lowest one, that of the model."""
        return min(loss for _, loss in self.validations)


def make_fabric(device: str = "cpu") -> Fabric:
    """The devices of a run: one, or, under `torchrun`, those of all processes that it started."""
    local, world = (int(os.environ.get(name, "1")) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    kind = device.partition(":")[0]
    if world > 1:
        fabric = Fabric(accelerator=kind, devices=local, num_nodes=world // local, strategy="ddp")
        fabric.launch()
        return fabric
    index = device.partition(":")[2]
    return Fabric(accelerator=kind, devices=[int(index)] if index else 1)


def fit(
    dataset: Dataset,
    config: Config,
    folder: Path,
    fabric: Fabric,
    report: Callable[[Progress], None] = lambda progress: None,
    resume: bool = False,
    start: DdspModel | None = None,
    voice: Segment | None = None,
) -> LearnedDdsp:
    """Learn from a dataset; Ctrl+C ends it and keeps the best weights.

    folder: takes `checkpoint.pt` and the logs for TensorBoard. resume: go on from the checkpoint there.
    start: initial weights. voice: rendered with every validation.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    keep_freed_memory()
    trainer = DdspTrainer(dataset, config, fabric, start, voice)
    stopped = trainer.run(folder, report, resume)
    validations, held_out = trainer.validations, bool(dataset.validation)
    return LearnedDdsp(trainer.model, config, trainer.losses, trainer.seconds, stopped, validations, held_out)


def keep_freed_memory() -> None:
    """Let glibc keep large arrays that are freed in every step; a step then takes about half the time."""
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD)
        library.mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD)
