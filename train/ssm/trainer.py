"""The run of learning of a state-space model, as published or by our recipe.

*published*: only the strongest sites of a randomly initialized control signal are used and learned; the loss is
dithered. *recording*: weights start from partials and onsets of the recording, sites are pruned to a budget
during the run, the recurrence stays a contraction, and artifacts of the frame grid, at the edges of frames and in
the decay of strikes, are penalized.
"""

from typing import ClassVar

import torch
from torch import Tensor

from train.recording import fingerprint
from train.sparse_control import SparseControlTrainer

from .config import Config
from .frame_artifacts import comb_loss, edge_jump_ratio
from .initialize import initialize
from .model import StateSpaceModel
from .octave_loss import OctaveTarget

MAX_PUBLISHED_GRADIENT = 0.5  # each number of a gradient is clipped to it, as published
FREE_EDGE_JUMP_RATIO = 1.0  # mean jump across the edges of frames over that inside them that is not penalized


class StateSpaceTrainer(SparseControlTrainer[StateSpaceModel, Config]):
    """Fits a model to a segment (N,)."""

    prunings = ((0.0, 8.0), (0.04, 4.0), (0.1, 2.5), (0.18, 1.8), (0.28, 1.35), (0.4, 1.0))
    learning_rate_scales: ClassVar[dict[str, float]] = {"control": 3.0}

    def __init__(self, samples: Tensor, config: Config) -> None:
        self.published = config.start == "published"
        self.target = OctaveTarget(samples)
        self.silence = float(self.target.loss(torch.zeros_like(samples)))
        generator = torch.Generator().manual_seed(config.seed)
        top = config.sites if self.published else 0
        model = StateSpaceModel(config.sizes, generator, top).to(samples.device)
        if not self.published:
            initialize(model, samples, config.seed)
            limit_spectral_norm(model, config.radius)
        scales = {} if self.published else self.learning_rate_scales
        groups = [
            {"params": [value], "full": scales.get(name, 1.0) * config.learning_rate}
            for name, value in model.named_parameters()
        ]
        betas = (0.9, 0.999) if self.published else (0.9, 0.99)
        optimizer = torch.optim.Adam(groups, lr=config.learning_rate, betas=betas)
        super().__init__(config, model, optimizer, generator, fingerprint([samples.cpu().numpy()]))

    def _render(self, generator: torch.Generator) -> Tensor:
        return self.model()

    def _rate(self) -> int:
        return self.config.sizes.rate

    def _compute_loss(self) -> tuple[Tensor, Tensor]:
        """The published loss without its dither; and the dithered one, or the loss with penalties."""
        control = self.model.gated_control()
        sound = self.model.render(control)
        if self.published:
            dithered = self.target.dithered_loss(sound, self.generator)
            return self.target.loss(sound), dithered
        loss = self.target.loss(sound)
        sparsity = self.config.sparsity * control.sum() / self.config.sites
        jump = torch.relu(edge_jump_ratio(sound, self.config.sizes.frame) - FREE_EDGE_JUMP_RATIO)
        edge = self.config.edge_loss_weight * jump
        comb = self.config.comb_loss_weight * comb_loss(self.model, control, self.generator)
        return loss, loss + self.silence * (sparsity + edge + comb)

    def _update_weights(self) -> None:
        if not self.published:
            super()._update_weights()
            limit_spectral_norm(self.model, self.config.radius)
            return
        torch.nn.utils.clip_grad_value_(self.model.parameters(), MAX_PUBLISHED_GRADIENT)
        self.optimizer.step()

    def _prune(self, multiple: float) -> None:
        """Keep the sites with the most energy in the state."""
        if self.published:
            return
        with torch.no_grad():
            dimension_gains = torch.linalg.vector_norm(self.model.input_matrix(), dim=0)
            energy = self.model.gated_control() * (dimension_gains[:, None] + 1e-6)
            self._prune_sites(energy, round(multiple * self.config.sites))


def limit_spectral_norm(model: StateSpaceModel, radius: float) -> None:
    """Clip the singular values of the recurrence to a radius: below 1 every state decays."""
    weight = model.recurrence.detach()
    squares, vectors = torch.linalg.eigh(weight.double().T @ weight.double())
    if squares[-1] > radius**2:
        shrunk = (radius / squares.clamp(min=radius**2).sqrt()) * vectors
        weight.copy_(weight.double() @ shrunk @ vectors.T)
