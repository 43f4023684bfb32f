"""The abstract trainer: one run of learning with schedule, pruning, best weights, checkpoint and loop.

The learning rate rises linearly and falls as a half cosine. A recipe defines its loss, what is pruned, and which
weights are the best so far. After a loss or gradient that is not finite the best weights are restored.
"""

import io
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import Field, asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from engine.atomic_write import write_bytes

from .graceful_stop import GracefulStop

FINAL_LEARNING_RATE = 0.02  # share of the full one, at the end of a run
LOSS_WINDOW_STEPS = 20  # over which a loss is averaged before it counts as better
MAX_RESTORES = 8  # of the best weights after a loss that is not finite
CHECKPOINT_SECONDS = 60.0  # between two checkpoints


class TrainingConfig(Protocol):
    """Settings that every recipe has; a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def steps(self) -> int:
        """Steps of the run."""

    @property
    def minutes(self) -> float:
        """Duration of the run, if above 0, in place of `steps`."""

    @property
    def learning_rate(self) -> float:
        """The full one."""


ModelT = TypeVar("ModelT", bound=nn.Module)
ConfigT = TypeVar("ConfigT", bound=TrainingConfig)
ProgressT = TypeVar("ProgressT")


@dataclass(frozen=True)
class Progress:
    """Progress of a run; its fields are the keys of the command's JSON lines.

    loss: mean over the last steps. left: seconds. sites: open sites of the control signal, or events of a segment.
    preview: a WAV file that was just written.
    """

    step: int
    loss: float
    steps_per_second: float
    left: float
    sites: int
    preview: Path | None = None


@dataclass(frozen=True)
class LearnedModel(Generic[ModelT, ConfigT]):
    """A finished run: the model with its best weights, the loss of each step, and whether it was stopped early."""

    model: ModelT
    config: ConfigT
    losses: list[float]
    seconds: float
    stopped: bool


class Trainer(ABC, Generic[ModelT, ConfigT, ProgressT]):
    """One run of learning.

    fingerprint: of the recordings learned from. best: the weights that the model ends with.
    """

    warmup_steps: ClassVar[int] = 20
    prunings: ClassVar[tuple[tuple[float, float], ...]] = ()  # (fraction of the run, multiple of the budget of sites)
    evaluation_seconds: ClassVar[float] = 30.0  # between two calls of `evaluate`
    checkpoint_fields: ClassVar[tuple[str, ...]] = (
        "losses", "seconds", "prunings_done", "window_start", "restores", "lowest", "best",
    )  # fmt: skip
    """Attributes that a checkpoint stores unchanged."""
    other_recordings: ClassVar[str] = "another recording, and cannot go on with this one"

    def __init__(
        self,
        config: ConfigT,
        model: ModelT,
        optimizer: torch.optim.Optimizer,
        generator: torch.Generator,
        fingerprint: str,
    ) -> None:
        """generator: of all random numbers."""
        self.config, self.model, self.optimizer = config, model, optimizer
        self.generator, self.fingerprint = generator, fingerprint
        self.losses: list[float] = []
        self.prunings_done = 0
        self.window_start = 0  # step of the last pruning: losses before it are not averaged
        self.restores = 0
        self.lowest = math.inf
        self.best = copy_weights(model)
        self.seconds = 0.0  # from the first step on: what was prepared before is not part of `minutes`

    @abstractmethod
    def progress(self, preview: Path | None) -> ProgressT:
        """Progress after the last step."""

    @abstractmethod
    def evaluate(self, folder: Path) -> Path | None:
        """Validate the model, or write its current sound; returns the file, if it is a sound."""

    @abstractmethod
    def _compute_loss(self) -> tuple[Tensor, Tensor]:
        """The loss that is reported, and the one that is minimized."""

    def run(self, folder: Path, report: Callable[[ProgressT], None], resume: bool = False) -> bool:
        """Take all steps, or those until Ctrl+C, and leave the model with its best weights; whether it was stopped.

        folder: takes `checkpoint.pt` and what `evaluate` writes. resume: go on from the checkpoint there, if any.
        """
        folder.mkdir(parents=True, exist_ok=True)
        checkpoint = folder / "checkpoint.pt"
        resumed = resume and checkpoint.is_file()
        if resumed:
            self.restore(torch.load(checkpoint, map_location=self.device, weights_only=True))
        self._prepare_loop(resumed)
        saved = evaluated = time.monotonic()
        with GracefulStop() as stop:
            while self._continues(stop.requested):
                self.step()
                now, preview = time.monotonic(), None
                if now - evaluated > self.evaluation_seconds:
                    evaluated, preview = now, self.evaluate(folder)
                if now - saved > CHECKPOINT_SECONDS:
                    saved = now
                    self.save(checkpoint)
                report(self.progress(preview))
            self.save(checkpoint)
        self._finish_loop(folder)
        return stop.requested

    def step(self) -> None:
        """Prune if it is time, take one step, and keep the weights if they are the best so far."""
        started = time.monotonic()
        done = self.prunings_done
        if done < len(self.prunings) and self.fraction_done() >= self.prunings[done][0]:
            self._prune(self.prunings[done][1])
            self.prunings_done, self.window_start, self.lowest = done + 1, len(self.losses), math.inf
        reported, loss = self._compute_loss()
        self.optimizer.zero_grad()
        self._backward(loss)
        self.losses.append(float(reported.detach()))
        if self._is_finite(loss):
            self._update_best()
            self._update_weights()
        else:
            self._recover()
        self.seconds += time.monotonic() - started

    def fraction_done(self) -> float:
        """Fraction of the run that is done, 0 … 1."""
        if self.config.minutes > 0:
            return self.seconds / (60 * self.config.minutes)
        return len(self.losses) / self.config.steps

    @property
    def device(self) -> torch.device:
        """The device of the model."""
        return next(self.model.parameters()).device

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        data = io.BytesIO()  # written to the file itself, torch would not tell that a disk is full
        torch.save(self.state(), data)
        write_bytes(path, data.getbuffer())

    def state(self) -> dict[str, Any]:
        """The content of a checkpoint: all that another process needs to go on."""
        return {
            "config": asdict(self.config),
            "fingerprint": self.fingerprint,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            **{name: getattr(self, name) for name in self.checkpoint_fields},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; only `steps` and `minutes` may differ.

        ValueError in one line if anything else does: the configuration or the recordings.
        """
        self._check(state)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"].cpu())
        for name in self.checkpoint_fields:
            setattr(self, name, state[name])

    def recent_loss(self) -> float:
        """Mean loss over the last steps, none of them before a pruning; infinite where none is finite."""
        recent = self.losses[max(self.window_start, len(self.losses) - LOSS_WINDOW_STEPS) :]
        finite = [loss for loss in recent if math.isfinite(loss)]
        return sum(finite) / len(finite) if finite else math.inf

    def steps_per_second(self) -> float:
        """Mean over the run so far."""
        return len(self.losses) / max(self.seconds, 1e-9)

    def seconds_left(self) -> float:
        """An estimate by the time taken so far."""
        done = self.fraction_done()
        return max(self.seconds * (1 - done) / max(done, 1e-9), 0.0)

    def _check(self, state: dict[str, Any]) -> None:
        """ValueError if a checkpoint belongs to another configuration or to other recordings."""
        before, now = ({**config, "steps": 0, "minutes": 0} for config in (state["config"], asdict(self.config)))
        changed = [name for name in now if before.get(name) != now[name]]
        if changed or before.keys() != now.keys():
            raise ValueError(f"the checkpoint was learned with another {', '.join(changed) or 'configuration'}")
        if state["fingerprint"] != self.fingerprint:
            raise ValueError(f"the checkpoint was learned from {self.other_recordings}")

    def _prepare_loop(self, resumed: bool) -> None:
        """Called before the first step of `run`."""

    def _finish_loop(self, folder: Path) -> None:
        """Called after the last step of `run`."""
        self.model.load_state_dict(self.best)
        self.evaluate(folder)

    def _continues(self, stop_requested: bool) -> bool:
        """Whether another step follows."""
        return (not self.losses or self.fraction_done() < 1) and not stop_requested

    def _prune(self, multiple: float) -> None:
        """Close sites down to a multiple of the budget."""

    def _backward(self, loss: Tensor) -> None:
        loss.backward()

    def _is_finite(self, loss: Tensor) -> bool:
        """Whether the loss and all its gradients are finite."""
        gradients = [value.grad.abs().sum() for value in self.model.parameters() if value.grad is not None]
        return bool(torch.isfinite(torch.stack([loss.detach(), *gradients])).all())

    def _update_best(self) -> None:
        """Keep the weights if their mean loss over the last steps is the lowest."""
        mean = self.recent_loss()
        enough = len(self.losses) - self.window_start >= min(LOSS_WINDOW_STEPS, self.config.steps)
        if enough and mean < self.lowest:
            self.lowest, self.best = mean, copy_weights(self.model)

    def _update_weights(self) -> None:
        """One step of the optimizer at the learning rate of the schedule."""
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate(group["full"])
        self.optimizer.step()

    def _learning_rate(self, full: float) -> float:
        """The schedule: `full` times warm-up and decay, halved by each restore."""
        return full * (self._decay() * (self._warmup() / 2**self.restores))

    def _decay(self) -> float:
        """A half cosine from 1 to FINAL_LEARNING_RATE."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(self.fraction_done(), 1.0)))
        return FINAL_LEARNING_RATE + (1 - FINAL_LEARNING_RATE) * cosine

    def _warmup(self) -> float:
        return min(1.0, len(self.losses) / self.warmup_steps)

    def _recover(self) -> None:
        """Restore the best weights, reset the optimizer, and halve the learning rate from now on."""
        self.restores += 1
        if self.restores > MAX_RESTORES:
            raise ArithmeticError("learning diverged: try a smaller step size")
        self.losses[-1] = self.recent_loss()
        self.model.load_state_dict(self.best)
        self.optimizer.state.clear()


def copy_weights(model: nn.Module) -> dict[str, Tensor]:
    """A copy of a model's state."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
