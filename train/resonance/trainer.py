"""The run of learning of a resonance model: sparse control pruned to a budget, published loss with additions."""

from typing import ClassVar

import torch
from torch import Tensor

from train.recording import fingerprint
from train.sparse_control import SparseControlTrainer
from train.spectral_loss import SpectralTarget

from .config import Config
from .initialize import initialize
from .model import ResonanceModel


class ResonanceTrainer(SparseControlTrainer[ResonanceModel, Config]):
    """Fits a model to a segment (N,)."""

    prunings = ((0.35, 1.5), (0.5, 1.2), (0.65, 1.0))
    learning_rate_scales: ClassVar[dict[str, float]] = {
        "control": 3.0, "strike": 3.0, "knock": 3.0, "phase": 3.0, "tension": 0.1,
    }  # fmt: skip

    def __init__(self, samples: Tensor, config: Config) -> None:
        self.target = SpectralTarget(samples)
        self.silence = float(self.target.loss(torch.zeros_like(samples)))
        generator = torch.Generator().manual_seed(config.seed)
        model = ResonanceModel(config.sizes, generator).to(samples.device)
        if config.start == "recording":
            initialize(model, samples, config.seed)
        groups = [
            {"params": [value], "full": self.learning_rate_scales.get(name, 1.0) * config.learning_rate}
            for name, value in model.named_parameters()
        ]
        optimizer = torch.optim.Adam(groups, lr=config.learning_rate, betas=(0.9, 0.99))
        super().__init__(config, model, optimizer, generator, fingerprint([samples.cpu().numpy()]))

    def _render(self, generator: torch.Generator) -> Tensor:
        return self.model(self.model.draw_noise(generator))

    def _rate(self) -> int:
        return self.config.sizes.rate

    def _compute_loss(self) -> tuple[Tensor, Tensor]:
        """The published loss; and that with the loss of the onset, sparsity and log magnitudes."""
        sound = self._render(self.generator)
        published = self.target.loss(sound)
        sparsity = self.config.sparsity * self.model.gated_control().sum()
        loss = published + self.target.onset_loss(sound) + sparsity
        if self.config.log_loss_weight:
            loss = loss + self.config.log_loss_weight * self.silence * self.target.log_loss(sound)
        return published, loss

    def _prune(self, multiple: float) -> None:
        """Keep the sites with the most energy in the resonances."""
        with torch.no_grad():
            model = self.model
            dimension_gains = (model.router * model.gain * torch.linalg.vector_norm(model.strike, dim=1)).abs().sum(1)
            energy = model.gated_control() * (dimension_gains[:, None] + 1e-6)
            self._prune_sites(energy, round(multiple * self.config.sites))
