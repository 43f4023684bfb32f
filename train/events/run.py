"""One run of learning an event model.

Recordings teach the decoder how events sound and the encoder how strong they are; dreams teach the encoder which they
are. What an earlier pass explained is taken for granted by a later one (`isolate`), so that each event must explain
what it can by itself; without it all events answer for the mixture, as published.
"""

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile
import torch
from torch import Tensor

from ..run import Progress
from ..run import Run as Course
from .corpus import Corpus
from .dreams import Dreams, plane_distance
from .loss import distance, published_distance
from .model import EventModel, Found, Heard
from .sizes import ARTICLE, SMALL, Sizes

TESTED = 50  # steps between two tests on what is kept back
FOLLOWED = 0.02  # of the way that what is typical goes towards a batch
FORGOTTEN = 0.002  # of what is known of how often a key is used
_POOL = ("keys", "sounds", "turn")


@dataclass(frozen=True)
class Config:
    """All that decides a run."""

    sizes: Sizes = field(default_factory=Sizes)
    steps: int = 20_000
    minutes: float = 0.0  # if above 0 the run lasts so long, however many steps that makes
    batch: int = 2  # segments of recordings in a step
    dreams: int = 6  # segments of the model's own making in a step; 0: none
    dreaming: float = 1.0  # weight of the loss of the planes
    isolate: bool = True  # whether later passes take earlier ones for granted
    step_size: float = 1e-3
    seed: int = 0


CONFIGS = {
    "small": Config(SMALL),
    "article": Config(ARTICLE, batch=2, dreams=0, isolate=False),
}


class Run(Course):
    """What changes from step to step."""

    prunings = ()
    config: Any
    model: Any

    def __init__(self, corpus: Corpus, config: Config, device: str = "cpu") -> None:
        began = time.monotonic()
        self.config, self.corpus = config, corpus
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = EventModel(config.sizes, self.generator).to(device)
        self.tests = corpus.tests(config.sizes.samples).to(device)
        self.dreams = Dreams(self.model, self.generator) if config.dreams else None
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
        """Write what is kept back and what the model makes of it, by turns."""
        began = time.monotonic()
        sounds = torch.stack([self.tests, self._whole(self._listened(self.tests))], 1).flatten().cpu()
        soundfile.write(path, (sounds / max(1.0, float(sounds.abs().max()))).numpy(), self.config.sizes.rate)
        self.seconds += time.monotonic() - began
        return path

    def state(self) -> dict[str, Any]:
        """All that another process needs to go on."""
        pool = {name: getattr(self.dreams, name) for name in _POOL} if self.dreams else {}
        return {**super().state(), "pool": pool}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; how long to learn is the one thing that may have changed."""
        super().restore(state)
        for name, value in state["pool"].items():
            setattr(self.dreams, name, value)

    def kept_distance(self) -> float:
        """How far the model is from what is kept back."""
        return float(distance(self._whole(self._listened(self.tests)), self.tests))

    def _begin(self, began: float) -> None:
        self.sounding = 0
        super()._begin(began)

    def _compare(self) -> tuple[Tensor, Tensor]:
        """The distance that is told, and the loss that is made small."""
        config, sizes = self.config, self.config.sizes
        target = self.corpus.draw(config.batch, sizes.samples, self.generator).to(self.tests.device)
        self.model.train()
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
            spectra, planes = self.dreams.segments(self.model, config.dreams)
            loss = loss + config.dreaming * plane_distance(self.model.encoder(spectra), planes)
        return told, loss

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
        """The best is the one that comes nearest to what is kept back; not asked at every step."""
        if len(self.losses) % TESTED and self.part() < 1:
            return
        kept = self.kept_distance()
        if kept < self.lowest:
            self.lowest = kept
            self.best = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
