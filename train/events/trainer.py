"""One run of learning an event model.

First recorded notes, each one event, teach the decoder how events sound; then dreams teach the encoder to find them;
then recordings teach both, and dreams go on. What an earlier pass explained is taken for granted by a later one
(`isolate`), so that each event must explain what it can by itself; without it all events answer for the mixture, as
published.
"""

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile
import torch
from torch import Tensor

from train import recording
from train.trainer import Progress
from train.trainer import Run as Course

from .config import ARTICLE, SMALL, Sizes
from .dataset import Corpus
from .loss import distance, published_distance
from .model import EventModel, Found, Heard
from .note_pretraining import Atoms
from .synthetic_segments import Dreams, plane_distance

PREVIEWED = 4  # segments of a preview
TESTED = 50  # steps between two tests on what is kept back
FOLLOWED = 0.02  # of the way that what is typical goes towards a batch
FORGOTTEN = 0.002  # of what is known of how often a key is used
LISTENING = 2  # times as many dreams in a step while there is nothing else
_POOL = ("keys", "sounds", "turn")


@dataclass(frozen=True)
class Config:
    """All that decides a run."""

    sizes: Sizes = field(default_factory=Sizes)
    steps: int = 20_000
    minutes: float = 0.0  # if above 0 the run lasts so long, however many steps that makes
    stages: tuple[float, float] = (0.2, 0.55)  # parts of the run at which dreams, and recordings, begin
    notes: int = 16  # in a step of the first stage; 0: no such stage
    batch: int = 2  # segments of recordings in a step
    dreams: int = 6  # segments of the model's own making in such a step; 0: none, and no stage of them
    dreaming: float = 1.0  # weight of the loss of the planes
    isolate: bool = True  # whether later passes take earlier ones for granted
    step_size: float = 1e-3
    seed: int = 0


CONFIGS = {
    "small": Config(SMALL),
    "article": Config(ARTICLE, notes=0, dreams=0, isolate=False),
}


class Run(Course):
    """What changes from step to step."""

    prunings = ()
    config: Any
    model: Any
    begun: list[int]

    def __init__(self, corpus: Corpus, config: Config, device: str = "cpu") -> None:
        began = time.monotonic()
        self.config, self.corpus = config, corpus
        self.mark = recording.mark(sound.numpy() for sound in [*corpus.learned, *corpus.kept])
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = EventModel(config.sizes, self.generator).to(device)
        self.tests = corpus.tests(config.sizes.samples).to(device)
        self.notes = Atoms(self.model, corpus.notes, self.generator) if config.notes and corpus.notes else None
        self.dreams = Dreams(self.model, self.generator, self.notes) if config.dreams else None
        betas = (0.0, 0.9) if config.sizes.published else (0.9, 0.99)
        groups = [{"params": list(self.model.parameters()), "full": config.step_size}]
        self.optimizer = torch.optim.Adam(groups, lr=config.step_size, betas=betas)
        self._begin(began)

    def progress(self, preview: Path | None) -> Progress:
        """How far it is."""
        steps = len(self.losses)
        left = self.seconds * (1 - self.part()) / max(self.part(), 1e-9)
        return Progress(
            steps, self._recent(), steps / max(self.seconds, 1e-9), max(left, 0.0), self.sounding, preview
        )

    def preview(self, path: Path) -> Path:
        """Write some of what is kept back and what the model makes of it, by turns."""
        began = time.monotonic()
        some = self.tests[:PREVIEWED]
        sounds = torch.stack([some, self._whole(self._listened(some))], 1).flatten().cpu()
        soundfile.write(path, (sounds / max(1.0, float(sounds.abs().max()))).numpy(), self.config.sizes.rate)
        self.seconds += time.monotonic() - began
        return path

    def state(self) -> dict[str, Any]:
        """All that another process needs to go on."""
        pool = {name: getattr(self.dreams, name) for name in _POOL} if self.dreams else {}
        return {**super().state(), "pool": pool, "begun": self.begun}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; how long to learn is the one thing that may have changed."""
        super().restore(state)
        self.begun = list(state["begun"])
        for name, value in state["pool"].items():
            setattr(self.dreams, name, value)

    def kept_distance(self) -> float:
        """How far the model is from what is kept back."""
        return float(distance(self._whole(self._listened(self.tests)), self.tests))

    def stage(self) -> int:
        """What is learned from: 0 notes, 1 dreams, 2 recordings; what there is not is passed over."""
        first, second = self.config.stages
        if self.notes and self.part() < first:
            return 0
        return 1 if self.dreams and self.part() < second else 2

    def _begin(self, began: float) -> None:
        self.sounding = 0
        self.begun = []
        super()._begin(began)

    def _compare(self) -> tuple[Tensor, Tensor]:
        """The distance that is told, and the loss that is made small."""
        config, sizes, stage = self.config, self.config.sizes, self.stage()
        self.model.train()
        while len(self.begun) <= stage:
            self.begun.append(len(self.losses))
            if self.dreams and stage:
                self.dreams.refresh(self.model)
        if stage == 0 and self.notes:
            loss = self.notes.loss(self.model, config.notes)
            return loss, loss
        if stage == 1 and self.dreams:
            loss = self._dreamt(LISTENING * config.dreams)
            return loss, loss
        target = self.corpus.draw(config.batch, sizes.samples, self.generator).to(self.tests.device)
        heard = self.model(target)
        self._remember(heard)
        if sizes.published:
            loss = published_distance(self._whole(heard), target, sizes.events)
            return distance(self._whole(heard).detach(), target), loss
        parts = self._answers(heard)
        loss = torch.stack([distance(part, target) for part in parts]).mean()
        told = distance(parts[-1].detach(), target)
        if self.dreams is not None:
            self.dreams.renew(self.model)
            loss = loss + config.dreaming * self._dreamt(config.dreams)
        return told, loss

    def _dreamt(self, count: int) -> Tensor:
        """How far the planes of dreams are from those that were dreamt."""
        assert self.dreams is not None
        spectra, planes = self.dreams.segments(self.model, count)
        return plane_distance(self.model.encoder(spectra), planes)

    def _answers(self, heard: Heard) -> list[Tensor]:
        """The sounds that are compared: after each pass, or only the whole."""
        if not self.config.isolate:
            return [self._whole(heard)]
        sums = [torch.zeros_like(heard.passes[0])]
        for sound in heard.passes:
            sums.append(sums[-1].detach() + sound)
        return sums[1:]

    def _remember(self, heard: Heard) -> None:
        """Follow what is typical: the context, the room, which keys are used and how strongly."""
        with torch.no_grad():
            model, found = self.model, heard.found
            model.typical.lerp_(heard.context.mean(0), FOLLOWED)
            model.typical_gains.lerp_(heard.gains.mean(0), FOLLOWED)
            self.sounding = int((found.strengths > 0).sum()) // len(found.keys)
            model.note(Found(found.keys, found.frames, found.strengths.relu()), FORGOTTEN)

    def _listened(self, sound: Tensor) -> Heard:
        self.model.eval()
        with torch.no_grad():
            return self.model(sound)

    def _whole(self, heard: Heard) -> Tensor:
        return torch.stack(heard.passes).sum(0)

    def _move(self) -> None:
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0 if not self.config.sizes.published else math.inf)
        super()._move()

    def _keep_best(self) -> None:
        """The best is the one that comes nearest to what is kept back; not asked at every step.

        Before recordings are learned from, it is the last.
        """
        if len(self.losses) % TESTED and self.part() < 1:
            return
        if self.stage() < 2 and self.part() < 1:
            self.best = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
            return
        kept = self.kept_distance()
        if kept < self.lowest:
            self.lowest = kept
            self.best = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
