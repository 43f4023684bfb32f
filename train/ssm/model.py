"""A state-space instrument: sparse control → two matrices → tanh units that remember → sine → frames of sound.

After John Vinyard, "Learning 'Playable' State-Space Models from Audio", 2024. Nothing has a bias, and the frames
simply follow each other.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from train.sparse_gate import gate

from .recurrence import states


@dataclass(frozen=True)
class Sizes:
    """What a model is made of; these are the published sizes."""

    control: int = 64  # dimensions K of the control signal
    state: int = 128  # units S
    frame: int = 128  # samples B
    samples: int = 2**18  # of the whole segment, a power of two
    rate: int = 22050  # Hz


class StateSpace(nn.Module):
    """An instrument and the control signal that plays one recording on it."""

    sites: Tensor  # (K, F): 0 where the control signal was pruned

    def __init__(self, sizes: Sizes, generator: torch.Generator, top: int = 0) -> None:
        """Drawn as published. top: as many sites of the control signal sound, the strongest; 0: all above zero."""
        super().__init__()
        self.sizes, self.top = sizes, top
        columns, bound = sizes.samples // sizes.frame, sizes.state**-0.5

        def drawn(low: float, high: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(low, high, generator=generator))

        self.projection = drawn(-0.01, 0.01, sizes.control, sizes.state)
        self.inward = drawn(-bound, bound, sizes.state, sizes.state)
        self.recurrence = drawn(-bound, bound, sizes.state, sizes.state)
        self.output = drawn(-0.05, 0.05, sizes.frame, sizes.state)
        self.control = drawn(0, 1, sizes.control, columns)
        self.register_buffer("sites", torch.ones(sizes.control, columns))

    def forward(self) -> Tensor:
        """The sound (samples,)."""
        return self.sound(self.played())

    def sound(self, control: Tensor) -> Tensor:
        """What a control signal (K, F) sounds like: (F · frame,)."""
        entering = control.T @ self.entrance().T
        return torch.sin(states(self.recurrence, entering) @ self.output.T).reshape(-1)

    def entrance(self) -> Tensor:
        """The two matrices by which control enters the state, as one: (S, K)."""
        return self.inward @ self.projection.T

    def played(self) -> Tensor:
        """The control signal as it is heard: (K, F), never negative, zero at almost all sites."""
        if not self.top:
            return gate(self.control) * self.sites
        strongest = self.control.flatten().topk(self.top)
        sounding = torch.zeros_like(self.control).flatten().scatter(0, strongest.indices, strongest.values.relu())
        return sounding.view_as(self.control)

    def compression(self) -> float:
        """Learned numbers, the two matrices of the entrance as one, and three for each site, over samples."""
        numbers = self.recurrence.numel() + self.output.numel() + self.projection.numel()
        return (numbers + 3 * int((self.played() > 0).sum())) / self.sizes.samples
