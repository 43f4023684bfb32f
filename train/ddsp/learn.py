"""Learn an instrument of pitch and loudness from recordings, on one device or on many."""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from train import malloc_tuning
from train.graceful_stop import Patience

from .dataset import Corpus
from .model import Instrument
from .segments import Passage
from .tensorboard import Diary
from .trainer import Config, Run

SAVED, TESTED = 60.0, 120.0  # seconds between checkpoints, between tests on what was kept back
SMOOTH = 50  # steps over which the loss is averaged to be shown


@dataclass(frozen=True)
class Progress:
    """How far a run is. loss: mean over the last steps; kept: the last on what was kept back, nan before; left: s."""

    step: int
    loss: float
    kept: float
    steps_per_second: float
    left: float


@dataclass(frozen=True)
class Learned:
    """A finished run: the model at its best, the losses, and whether it was stopped early.

    tests: step and loss of each test, on what was kept back, or on what was learned if `held` is not so.
    """

    model: Instrument
    config: Config
    losses: list[float]
    tests: list[tuple[int, float]]
    seconds: float
    stopped: bool
    held: bool

    @property
    def tested(self) -> float:
        """The loss of the model in its test."""
        return min(loss for _, loss in self.tests)


def devices(device: str = "cpu") -> Fabric:
    """What carries the run: one device, or, under `torchrun`, all that it started."""
    local, world = (int(os.environ.get(name, "1")) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    kind = device.partition(":")[0]
    if world > 1:
        fabric = Fabric(accelerator=kind, devices=local, num_nodes=world // local, strategy="ddp")
        fabric.launch()
        return fabric
    index = device.partition(":")[2]
    return Fabric(accelerator=kind, devices=[int(index)] if index else 1)


def fit(
    corpus: Corpus,
    config: Config,
    folder: Path,
    fabric: Fabric,
    report: Callable[[Progress], None] = lambda progress: None,
    resume: bool = False,
    start: Instrument | None = None,
    voice: Passage | None = None,
) -> Learned:
    """Learn; Ctrl+C ends it and keeps the best.

    folder: takes `checkpoint.pt` and the logs for TensorBoard. resume: go on from the checkpoint there.
    start: weights to begin with. voice: what is played on the instrument with every test.
    Raises ValueError when a checkpoint belongs to another configuration, ArithmeticError when learning diverges.
    """
    malloc_tuning.keep()
    run = Run(corpus, config, fabric, start)
    checkpoint = folder / "checkpoint.pt"
    if resume and checkpoint.is_file():
        run.restore(torch.load(checkpoint, map_location=fabric.device, weights_only=True))
    elif start is not None:
        run.test()  # what it begins with may stay the best
    with Patience() as patience, Diary(folder, run, voice) as diary:
        saved = tested = time.monotonic()
        while _goes_on(run, patience):
            run.step()
            diary.step()
            now = time.monotonic()
            if now - tested > TESTED:
                tested = now
                run.test()
                diary.test()
            if now - saved > SAVED:
                saved = now
                _save(run, checkpoint)
            report(_progress(run))
        _save(run, checkpoint)
        run.test()
        diary.test()
    _save(run, checkpoint)
    run.model.load_state_dict(run.best)
    return Learned(run.model, config, run.losses, run.tests, run.seconds, patience.asked, bool(corpus.kept))


def _goes_on(run: Run, patience: Patience) -> bool:
    """Whether there is another step; where several processes learn together, the first one says so for all."""
    mine = (not run.losses or run.part() < 1) and not patience.asked
    if run.fabric.world_size == 1:
        return mine
    told: tuple[bool, float] = run.fabric.broadcast((mine, run.seconds))
    run.seconds = told[1]
    return told[0]


def _progress(run: Run) -> Progress:
    recent = run.losses[-SMOOTH:]
    left = run.seconds * (1 - run.part()) / max(run.part(), 1e-9)
    kept = run.tests[-1][1] if run.tests and run.corpus.kept else math.nan
    steps = len(run.losses)
    return Progress(steps, sum(recent) / len(recent), kept, steps / max(run.seconds, 1e-9), max(left, 0.0))


def _save(run: Run, path: Path) -> None:
    """Whole or not at all."""
    if run.fabric.global_rank > 0:
        return
    state: dict[str, Any] = run.state()
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
