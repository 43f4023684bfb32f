"""Sparse control: a model learned together with the sparse control signal that plays one recording on it."""

import time
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import torch
from torch import Tensor, nn

from engine.sound_file.writer import write_sound

from .trainer import ConfigT, Progress, Trainer


def gate(x: Tensor) -> Tensor:
    """max(x, 0), whose gradient also reaches x ≤ 0 where it would raise x, so that a closed site can open again."""
    opened: Tensor = _Gate.apply(x)
    return opened


class _Gate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return torch.relu(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return grads[0] * ((x > 0) | (grads[0] < 0))


class SparseControlModel(nn.Module):
    """A model with a control signal.

    control: (K, F), learned. sites: (K, F), 1, or 0 where the control signal was pruned.
    """

    control: nn.Parameter
    sites: Tensor

    def gated_control(self) -> Tensor:
        """The control signal that plays the model: (K, F), never negative, zero at almost all sites."""
        raise NotImplementedError


SparseModelT = TypeVar("SparseModelT", bound=SparseControlModel)


class SparseControlTrainer(Trainer[SparseModelT, ConfigT, Progress]):
    """Trainer of a model and its control signal; at set fractions of the run sites are pruned down to a budget."""

    learning_rate_scales: ClassVar[dict[str, float]]  # by parameter, relative to the learning rate of all others

    def progress(self, preview: Path | None) -> Progress:
        """Progress after the last step."""
        with torch.no_grad():
            sites = int((self.model.gated_control() > 0).sum())
        steps, loss = len(self.losses), self.recent_loss()
        return Progress(steps, loss, self.steps_per_second(), self.seconds_left(), sites, preview)

    def evaluate(self, folder: Path) -> Path:
        """Write `preview.wav`, the current sound of the model."""
        started, path = time.monotonic(), folder / "preview.wav"
        with torch.no_grad():
            sound = self._render(torch.Generator().manual_seed(0)).cpu()
        write_sound(path, (sound / max(1.0, float(sound.abs().max()))).numpy()[None], self._rate())
        self.seconds += time.monotonic() - started
        return path

    @abstractmethod
    def _render(self, generator: torch.Generator) -> Tensor:
        """The current sound of the model, (N,)."""

    @abstractmethod
    def _rate(self) -> int:
        """Sample rate of the model in Hz."""

    def _prune_sites(self, energy: Tensor, count: int) -> None:
        """Close all but the `count` sites with the most energy (K, F)."""
        if int((energy > 0).sum()) > count:
            self.model.sites.mul_(energy >= energy.flatten().topk(count).values[-1])
