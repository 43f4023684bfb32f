"""One run of learning: everything that changes from step to step, and how it changes.

The step size rises for a moment and falls as a half cosine; on the way the weakest sites of the control signal are
pruned to a budget, and what is left is refitted. The state at the best loss since is what is kept.
"""

import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import soundfile
import torch
from torch import Tensor

from train.resonance.initialize import begin
from train.resonance.model import Resonance, Sizes

from . import recording
from .spectral_loss import Target

WARMING = 20  # steps until the step size is full
LAST = 0.02  # of the step size, at the end
PRUNINGS = ((0.35, 1.5), (0.5, 1.2), (0.65, 1.0))  # part of the run, multiple of the budget of sites
# Step sizes relative to that of all others.
PACES = {"control": 3.0, "strike": 3.0, "knock": 3.0, "phase": 3.0, "tension": 0.1}
SMOOTH = 20  # steps over which a loss is averaged before it counts as better
SETBACKS = 8  # times that a run may fall back after a loss that is no number
_CARRIED = ("losses", "seconds", "pruned", "since", "setbacks", "lowest", "best")  # plain parts of a run's state


@dataclass(frozen=True)
class Config:
    """All that decides a run."""

    sizes: Sizes = field(default_factory=Sizes)
    start: str = "recording"  # or "random", as published
    steps: int = 3000
    minutes: float = 0.0  # if above 0 the run lasts so long, however many steps that makes
    step_size: float = 3e-3
    sparsity: float = 0.1  # weight of the sum of the control signal
    sites: int = 600  # of the control signal that may differ from zero in the end
    ear: float = 0.0  # weight of the multi-resolution log loss, in units of the loss that silence has
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """How far a run is. loss: summed spectral difference, a mean over the last steps; left: s; preview: a new WAV."""

    step: int
    loss: float
    steps_per_second: float
    left: float
    sites: int
    preview: Path | None = None


class Run:
    """What changes from step to step. mark: which recording it learns from; none known if empty."""

    mark = ""
    prunings: tuple[tuple[float, float], ...] = PRUNINGS
    seconds: float
    pruned: int

    def __init__(self, samples: Tensor, config: Config) -> None:
        began = time.monotonic()
        self.config = config
        self.mark = recording.mark([samples.cpu().numpy()])
        self.target = Target(samples)
        self.silence = float(self.target.distance(torch.zeros_like(samples)))
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = Resonance(config.sizes, self.generator).to(samples.device)
        if config.start == "recording":
            begin(self.model, samples, config.seed)
        groups = [
            {"params": [value], "full": PACES.get(name, 1.0) * config.step_size}
            for name, value in self.model.named_parameters()
        ]
        self.optimizer = torch.optim.Adam(groups, lr=config.step_size, betas=(0.9, 0.99))
        self._begin(began)

    def part(self) -> float:
        """How much of the run is done, 0 … 1."""
        if self.config.minutes > 0:
            return self.seconds / (60 * self.config.minutes)
        return len(self.losses) / self.config.steps

    def step(self) -> None:
        """Prune if it is time, take one step, and keep the model if it is the best so far."""
        began = time.monotonic()
        if self.pruned < len(self.prunings) and self.part() >= self.prunings[self.pruned][0]:
            self._prune(round(self.prunings[self.pruned][1] * self.config.sites))
            self.pruned, self.since, self.lowest = self.pruned + 1, len(self.losses), math.inf
        distance, loss = self._compare()
        self.optimizer.zero_grad()
        loss.backward()
        self.losses.append(float(distance.detach()))
        if self._sound(loss):
            self._keep_best()
            self._move()
        else:
            self._fall_back()
        self.seconds += time.monotonic() - began

    def progress(self, preview: Path | None) -> Progress:
        """How far it is; the time left goes by the time taken so far."""
        steps = len(self.losses)
        left = self.seconds * (1 - self.part()) / max(self.part(), 1e-9)
        with torch.no_grad():
            sites = int((self.model.played() > 0).sum())
        return Progress(steps, self._recent(), steps / max(self.seconds, 1e-9), max(left, 0.0), sites, preview)

    def preview(self, path: Path) -> Path:
        """Write what the model sounds like now."""
        began = time.monotonic()
        with torch.no_grad():
            sound = self._heard(torch.Generator().manual_seed(0)).cpu()
        soundfile.write(path, (sound / max(1.0, float(sound.abs().max()))).numpy(), self.config.sizes.rate)
        self.seconds += time.monotonic() - began
        return path

    def state(self) -> dict[str, Any]:
        """All that another process needs to go on."""
        return {
            "config": asdict(self.config),
            "mark": self.mark,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            **{name: getattr(self, name) for name in _CARRIED},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; how long to learn is the one thing that may have changed."""
        before, now = ({**config, "steps": 0, "minutes": 0} for config in (state["config"], asdict(self.config)))
        if before != now:
            changed = [name for name in now if before.get(name) != now[name]]
            raise ValueError(f"the checkpoint was learned with another {', '.join(changed)}")
        if state.get("mark", self.mark) != self.mark:
            raise ValueError("the checkpoint was learned from another recording, and cannot go on with this one")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"].cpu())
        for name in _CARRIED:
            setattr(self, name, state[name])

    def _begin(self, began: float) -> None:
        """Count from here; `began`: when the work did."""
        self.losses: list[float] = []
        self.pruned = self.since = self.setbacks = 0
        self.lowest = math.inf
        self.best = _copy(self.model)
        self.seconds = time.monotonic() - began

    def _heard(self, generator: torch.Generator) -> Tensor:
        """What the model sounds like now, (N,)."""
        return self.model(self.model.draw(generator))

    def _compare(self) -> tuple[Tensor, Tensor]:
        """The distance that is told, and the loss that is made small."""
        sound = self._heard(self.generator)
        distance = self.target.distance(sound)
        loss = distance + self.target.early_distance(sound) + self.config.sparsity * self.model.played().sum()
        if self.config.ear:
            loss = loss + self.config.ear * self.silence * self.target.log_distance(sound)
        return distance, loss

    def _sound(self, loss: Tensor) -> bool:
        """Whether the loss and all its gradients are numbers."""
        gradients = [value.grad.abs().sum() for value in self.model.parameters() if value.grad is not None]
        return bool(torch.isfinite(torch.stack([loss.detach(), *gradients])).all())

    def _move(self) -> None:
        share = LAST + (1 - LAST) * 0.5 * (1 + math.cos(math.pi * min(self.part(), 1.0)))
        share *= min(1.0, len(self.losses) / WARMING) / 2**self.setbacks
        for group in self.optimizer.param_groups:
            group["lr"] = group["full"] * share
        self.optimizer.step()

    def _fall_back(self) -> None:
        """Go back to the best so far, forget all momentum, and take smaller steps from now on."""
        self.setbacks += 1
        if self.setbacks > SETBACKS:
            raise ArithmeticError("learning diverged: try a smaller step size")
        self.losses[-1] = self._recent()
        self.model.load_state_dict(self.best)
        self.optimizer.state.clear()

    def _keep_best(self) -> None:
        mean = self._recent()
        if len(self.losses) - self.since >= min(SMOOTH, self.config.steps) and mean < self.lowest:
            self.lowest, self.best = mean, _copy(self.model)

    def _recent(self) -> float:
        """Mean loss over the last steps, none of them before a pruning."""
        recent = self.losses[max(self.since, len(self.losses) - SMOOTH) :]
        known = [loss for loss in recent if math.isfinite(loss)]
        return sum(known) / len(known) if known else math.inf

    def _prune(self, budget: int) -> None:
        """Keep the sites that send most energy into the resonances."""
        with torch.no_grad():
            model = self.model
            reach = (model.router * model.gain * torch.linalg.vector_norm(model.strike, dim=1)).abs().sum(1)
            energy = model.played() * (reach[:, None] + 1e-6)
            if int((energy > 0).sum()) > budget:
                model.sites.mul_(energy >= energy.flatten().topk(budget).values[-1])


def _copy(model: Resonance) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
