"""One run of learning: what changes from step to step, and how the best of it is kept.

The step size rises for a moment and falls as a half cosine. What is tested, and kept, is a slow mean of the weights.
"""

import math
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from train import recording

from .dataset import Corpus
from .decoder import Sizes
from .model import Instrument
from .segments import CLIP, Clips, Passage, stacked
from .spectral_loss import distance

WARMING = 100  # steps until the step size is full
LAST = 0.02  # of the step size, at the end
SLOWNESS = 0.998  # of the mean over weights, a step
TIGHT = 3.0  # norm to which a gradient is clipped
SETBACKS = 8  # times in a row that a gradient may be no number
ALIKE = 0.1  # dB by which what the decoder is told of loudness may differ where a run goes on
_CARRIED = ("losses", "tests", "seconds", "best")  # plain parts of a run's state


@dataclass(frozen=True)
class Variety:
    """What keeps a model from learning its recordings by heart."""

    gain: float = 3.0  # dB by which a clip is made louder or softer, at most
    cents: float = 15.0  # by which the pitch that it hears is off, as a deviation, a clip
    loudness: float = 0.5  # dB, the same of the loudness, a frame
    forgetting: float = 0.1  # share of what the decoder knows that it goes without


@dataclass(frozen=True)
class Config:
    """All that decides a run."""

    sizes: Sizes = field(default_factory=Sizes)
    steps: int = 10_000
    minutes: float = 0.0  # if above 0 the run lasts so long, however many steps that makes
    batch: int = 8  # clips a step, on each device
    clip: int = CLIP  # frames
    lead: int = 40  # frames of it that bring memory and room into swing, and do not count
    step_size: float = 2e-3
    variety: Variety = field(default_factory=Variety)
    seed: int = 0


class Run:
    """Weights, their mean, and the best of these by what was kept back, or where nothing was by what is learned."""

    def __init__(self, corpus: Corpus, config: Config, fabric: Fabric, start: Instrument | None = None) -> None:
        torch.manual_seed(config.seed)
        self.config, self.corpus, self.fabric = config, corpus, fabric
        self.clips = Clips(corpus.learned, config.clip)
        self.mark = recording.mark(passage.sound.numpy() for passage in [*corpus.learned, *corpus.kept])
        self.generator = torch.Generator().manual_seed(config.seed + 7919 * fabric.global_rank)
        self.model, self.mean = Instrument(config.sizes), Instrument(config.sizes).requires_grad_(False)
        if start is not None:
            self.model.load_state_dict(start.state_dict())
        self.mean.load_state_dict(self.model.state_dict())
        self.mean.to(fabric.device).eval()
        self.model.decoder.forgetting = config.variety.forgetting
        optimizer = torch.optim.Adam(self.model.parameters(), lr=config.step_size, betas=(0.9, 0.99))
        self._carried, self.optimizer = fabric.setup(self.model, optimizer)
        self.losses: list[float] = []
        self.tests: list[tuple[int, float]] = []
        self.best = _copy(self.mean)
        self.seconds = 0.0
        self._setbacks = 0

    def part(self) -> float:
        """How much of the run is done, 0 … 1."""
        if self.config.minutes > 0:
            return self.seconds / (60 * self.config.minutes)
        return len(self.losses) / self.config.steps

    def step(self) -> None:
        """One batch of clips, one move."""
        began = time.monotonic()
        config = self.config
        torch.manual_seed(int(torch.randint(2**31, (), generator=self.generator)))  # of what the decoder forgets
        clip = self._varied(self.clips.draw(config.batch, self.generator)).to(self.fabric.device)
        sound = self._carried(clip.pitch, clip.phase, self.scaled(clip.loudness), self.generator)
        start = config.lead * config.sizes.hop
        loss = distance(sound[:, start:], clip.sound[:, start:])
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), TIGHT)
        self.losses.append(float(loss.detach()))
        self._move(bool(torch.isfinite(norm)))
        self.seconds += time.monotonic() - began

    def scaled(self, loudness: Tensor) -> Tensor:
        """Loudness in dB as the decoder hears it."""
        return (loudness - self.corpus.mean) / self.corpus.deviation

    def sound(self, passage: Passage) -> Tensor:
        """What the mean weights make of the curves of a passage, (F·hop,)."""
        with torch.no_grad():
            one = stacked([passage]).to(self.fabric.device)
            draw = torch.Generator().manual_seed(self.config.seed)
            return self.mean(one.pitch, one.phase, self.scaled(one.loudness), draw)[0]

    def test(self) -> float:
        """Distance of the mean weights over what was kept back, or what is learned; the best are remembered."""
        began = time.monotonic()
        kept = self.corpus.kept or self.corpus.learned[:1]
        found = sum(self._distance(p) * p.frames for p in kept) / sum(p.frames for p in kept)
        if found <= min((loss for _, loss in self.tests), default=math.inf):
            self.best = _copy(self.mean)
        self.tests.append((len(self.losses), found))
        self.seconds += time.monotonic() - began
        return found

    def state(self) -> dict[str, Any]:
        """All that another process needs to go on."""
        return {
            "config": asdict(self.config),
            "mark": self.mark,
            "scale": (self.corpus.mean, self.corpus.deviation),
            "model": self.model.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            **{name: getattr(self, name) for name in _CARRIED},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; how long to learn is the one thing that may have changed.

        ValueError in one line if anything else has: the configuration, the recordings, the scale of loudness.
        """
        before, now = ({**config, "steps": 0, "minutes": 0} for config in (state["config"], asdict(self.config)))
        changed = [name for name in now if before.get(name) != now[name]]
        if changed:
            raise ValueError(f"the checkpoint was learned with another {', '.join(changed)}")
        if state.get("mark", self.mark) != self.mark:
            raise ValueError("the checkpoint was learned from other recordings, and cannot go on with these")
        scale = self.corpus.mean, self.corpus.deviation
        if any(abs(a - b) > ALIKE for a, b in zip(state["scale"], scale, strict=True)):
            raise ValueError("the checkpoint is told loudness in another way: begin with the same preset (--from)")
        self.model.load_state_dict(state["model"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.fabric.global_rank == 0:
            self.generator.set_state(state["generator"].cpu())
        for name in _CARRIED:
            setattr(self, name, state[name])

    def _varied(self, clip: Passage) -> Passage:
        """Clips a little louder or softer, their curves a little off."""
        variety = self.config.variety
        louder = variety.gain * (2 * torch.rand(len(clip.sound), 1, generator=self.generator) - 1)
        off = variety.cents / 1200 * torch.randn(len(clip.sound), 1, generator=self.generator)
        shaken = variety.loudness * torch.randn(clip.loudness.shape, generator=self.generator)
        return Passage(
            clip.sound * 10 ** (louder / 20), clip.pitch * 2**off, clip.loudness + louder + shaken, clip.phase
        )

    def _distance(self, passage: Passage) -> float:
        return float(distance(self.sound(passage)[None], passage.sound[None].to(self.fabric.device)))

    def _move(self, sound: bool) -> None:
        """Take the step, unless its gradient is no number."""
        self._setbacks = 0 if sound else self._setbacks + 1
        if self._setbacks > SETBACKS:
            raise ArithmeticError("learning diverged: try a smaller step size")
        if not sound:
            return
        share = LAST + (1 - LAST) * 0.5 * (1 + math.cos(math.pi * min(self.part(), 1.0)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.step_size * share * min(1.0, len(self.losses) / WARMING)
        self.optimizer.step()
        count = len(self.losses)
        with torch.no_grad():
            for mean, value in zip(self.mean.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(value, 1 - min(SLOWNESS, (1 + count) / (10 + count)))


def _copy(model: Instrument) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
