"""One run of learning a state-space instrument, as published or better.

*published*: the strongest sites of a control signal drawn at random sound, and only they learn; the loss is dithered.
*recording*: partials and onsets of the recording are the start, sites are pruned to a budget on the way, the
recurrence stays a contraction, and frames are kept from showing, at their edges and in what strikes leave ringing.
"""

import math
import time
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from train import recording
from train.trainer import Run as Course

from .frame_artifacts import combs, edges
from .initialize import begin
from .model import Sizes, StateSpace
from .octave_loss import Target

PACES = {"control": 3.0}  # step sizes relative to that of all others
PRUNINGS = ((0.0, 8.0), (0.04, 4.0), (0.1, 2.5), (0.18, 1.8), (0.28, 1.35), (0.4, 1.0))
CLIPPED = 0.5  # of a gradient, as published
SMOOTHEST = 1.0  # mean jump across the edges of frames over that inside them which costs nothing


@dataclass(frozen=True)
class Config:
    """All that decides a run."""

    sizes: Sizes = field(default_factory=Sizes)
    start: str = "recording"  # or "published"
    steps: int = 3000
    minutes: float = 0.0  # if above 0 the run lasts so long, however many steps that makes
    step_size: float = 4e-3
    sparsity: float = 0.02  # weight of the control signal, in units of the loss of silence when it has its sites
    sites: int = 256  # of the control signal that may differ from zero in the end
    radius: float = 0.998  # the largest singular value of the recurrence
    continuity: float = 0.2  # weight of jumps at the edges of frames, in units of the loss of silence
    purity: float = 0.2  # weight of the combs that strikes leave ringing, in the same units
    seed: int = 0


PUBLISHED = Config(start="published", steps=5000, step_size=1e-3, sparsity=0.0, radius=math.inf)


class Run(Course):
    """What changes from step to step."""

    prunings = PRUNINGS
    config: Any
    model: Any
    target: Any

    def __init__(self, samples: Tensor, config: Config) -> None:
        began = time.monotonic()
        self.config = config
        self.published = config.start == "published"
        self.mark = recording.mark([samples.cpu().numpy()])
        self.target = Target(samples)
        self.silence = float(self.target.distance(torch.zeros_like(samples)))
        self.generator = torch.Generator().manual_seed(config.seed)
        top = config.sites if self.published else 0
        self.model = StateSpace(config.sizes, self.generator, top).to(samples.device)
        if not self.published:
            begin(self.model, samples, config.seed)
            self._contract()
        paces = {} if self.published else PACES
        groups = [
            {"params": [value], "full": paces.get(name, 1.0) * config.step_size}
            for name, value in self.model.named_parameters()
        ]
        betas = (0.9, 0.999) if self.published else (0.9, 0.99)
        self.optimizer = torch.optim.Adam(groups, lr=config.step_size, betas=betas)
        self._begin(began)

    def _heard(self, generator: torch.Generator) -> Tensor:
        return self.model()

    def _compare(self) -> tuple[Tensor, Tensor]:
        """The published distance without its dither, and the loss."""
        played = self.model.played()
        sound = self.model.sound(played)
        if self.published:
            loss = self.target.dithered(sound, self.generator)
            return self.target.distance(sound), loss
        distance = self.target.distance(sound)
        few = self.config.sparsity * played.sum() / self.config.sites
        smooth = self.config.continuity * torch.relu(edges(sound, self.config.sizes.frame) - SMOOTHEST)
        pure = self.config.purity * combs(self.model, played, self.generator)
        return distance, distance + self.silence * (few + smooth + pure)

    def _move(self) -> None:
        if not self.published:
            super()._move()
            self._contract()
            return
        torch.nn.utils.clip_grad_value_(self.model.parameters(), CLIPPED)
        self.optimizer.step()

    def _contract(self) -> None:
        """Bring the singular values of the recurrence down to the radius: then no state can last."""
        weight, radius = self.model.recurrence.detach(), self.config.radius
        squares, vectors = torch.linalg.eigh(weight.double().T @ weight.double())
        if squares[-1] > radius**2:
            shrunk = (radius / squares.clamp(min=radius**2).sqrt()) * vectors
            weight.copy_(weight.double() @ shrunk @ vectors.T)

    def _prune(self, budget: int) -> None:
        """Keep the sites that send most into the state."""
        if self.published:
            return
        with torch.no_grad():
            model = self.model
            reach = torch.linalg.vector_norm(model.entrance(), dim=0)
            energy = model.played() * (reach[:, None] + 1e-6)
            if int((energy > 0).sum()) > budget:
                model.sites.mul_(energy >= energy.flatten().topk(budget).values[-1])
