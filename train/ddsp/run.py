"""One run of learning: what changes from step to step, and how the best of it is kept."""

import math
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor

from .corpus import Clips, Passage, stacked
from .decoder import Sizes
from .distance import distance
from .model import Instrument

WARMING = 100  # steps until the step size is full
LAST = 0.02  # of the step size, at the end
SLOWNESS = 0.998  # of the mean over weights, a step


@dataclass(frozen=True)
class Config:
    """All that decides a run."""

    sizes: Sizes = field(default_factory=Sizes)
    steps: int = 10_000
    minutes: float = 0.0  # if above 0 the run lasts so long, however many steps that makes
    batch: int = 8
    clip: int = 240  # frames
    lead: int = 40  # frames of it that only bring memory and room into swing, and do not count
    step_size: float = 1e-3
    clipping: float = 3.0  # norm of the gradient
    seed: int = 0


class Run:
    """Weights, their mean, and the best of these by what was kept back."""

    def __init__(
        self,
        learned: list[Passage],
        kept: list[Passage],
        scale: tuple[float, float],
        config: Config,
        device: str = "cpu",
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device = config, device
        self.scale = scale
        self.clips = Clips(learned, config.clip)
        self.kept = kept
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = Instrument(config.sizes).to(device)
        self.mean = Instrument(config.sizes).to(device).requires_grad_(False)
        self.mean.load_state_dict(self.model.state_dict())
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=config.step_size, betas=(0.9, 0.99))
        self.losses: list[float] = []
        self.tests: list[tuple[int, float]] = []
        self.best = {name: value.clone() for name, value in self.mean.state_dict().items()}
        self.seconds = 0.0

    def part(self) -> float:
        """How much of the run is done, 0 … 1."""
        if self.config.minutes > 0:
            return self.seconds / (60 * self.config.minutes)
        return len(self.losses) / self.config.steps

    def step(self) -> None:
        """One clip batch, one move."""
        began = time.monotonic()
        config = self.config
        clip = self.clips.draw(config.batch, self.generator)
        loss = self.loss(self.model, clip, config.lead)
        self.optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clipping)
        self.losses.append(float(loss.detach()))
        if math.isfinite(self.losses[-1]) and bool(torch.isfinite(norm)):
            for group in self.optimizer.param_groups:
                group["lr"] = config.step_size * self._share()
            self.optimizer.step()
            self._average()
        self.seconds += time.monotonic() - began

    def loss(self, model: Instrument, clip: Passage, lead: int = 0) -> Tensor:
        """Distance of a batch of clips, from frame `lead` on."""
        start = lead * self.config.sizes.hop
        sound = model(clip.pitch, clip.phase, self.scaled(clip.loudness), self.generator)
        return distance(sound[:, start:], clip.sound[:, start:])

    def scaled(self, loudness: Tensor) -> Tensor:
        """Loudness in dB as the decoder hears it."""
        return (loudness - self.scale[0]) / self.scale[1]

    def test(self) -> float:
        """Distance of the mean weights over what was kept back; the best are remembered."""
        began = time.monotonic()
        with torch.no_grad():
            parts = [(self.loss(self.mean, stacked([p])).item(), p.frames) for p in self.kept]
        found = sum(loss * frames for loss, frames in parts) / sum(frames for _, frames in parts)
        if found <= min((loss for _, loss in self.tests), default=math.inf):
            self.best = {name: value.clone() for name, value in self.mean.state_dict().items()}
        self.tests.append((len(self.losses), found))
        self.seconds += time.monotonic() - began
        return found

    def state(self) -> dict[str, Any]:
        """All that another process needs to go on."""
        return {
            "config": asdict(self.config),
            "scale": self.scale,
            "model": self.model.state_dict(),
            "mean": self.mean.state_dict(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "losses": self.losses,
            "tests": self.tests,
            "seconds": self.seconds,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.model.load_state_dict(state["model"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"].cpu())
        for name in ("best", "losses", "tests", "seconds", "scale"):
            setattr(self, name, state[name])

    def _share(self) -> float:
        falling = LAST + (1 - LAST) * 0.5 * (1 + math.cos(math.pi * min(self.part(), 1.0)))
        return falling * min(1.0, len(self.losses) / WARMING)

    def _average(self) -> None:
        count = len(self.losses)
        share = 1 - min(SLOWNESS, (1 + count) / (10 + count))
        with torch.no_grad():
            for mean, value in zip(self.mean.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(value, share)
