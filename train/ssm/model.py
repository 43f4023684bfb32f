"""A state-space model: sparse control → two matrices → recurrent tanh units → sine → frames of sound.

After John Vinyard, "Learning 'Playable' State-Space Models from Audio", 2024. Nothing has a bias, and the frames
are concatenated.
"""

import torch
from torch import Tensor, nn

from train.sparse_control import SparseControlModel, gate

from .config import Sizes
from .tanh_rnn import run_recurrence


class StateSpaceModel(SparseControlModel):
    """An instrument and the control signal that plays one recording on it."""

    def __init__(self, sizes: Sizes, generator: torch.Generator, top: int = 0) -> None:
        """Initialize as published. top: number of sites of the control signal that are used; 0: all above zero."""
        super().__init__()
        self.sizes, self.top = sizes, top
        columns, bound = sizes.samples // sizes.frame, sizes.state**-0.5

        def uniform(low: float, high: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(low, high, generator=generator))

        self.projection = uniform(-0.01, 0.01, sizes.control, sizes.state)
        self.inward = uniform(-bound, bound, sizes.state, sizes.state)  # its name is stored in checkpoints
        self.recurrence = uniform(-bound, bound, sizes.state, sizes.state)
        self.output = uniform(-0.05, 0.05, sizes.frame, sizes.state)
        self.control = uniform(0, 1, sizes.control, columns)
        self.register_buffer("sites", torch.ones(sizes.control, columns))

    def forward(self) -> Tensor:
        """The sound (samples,)."""
        return self.render(self.gated_control())

    def render(self, control: Tensor) -> Tensor:
        """The sound of a control signal (K, F): (F · frame,)."""
        inputs = control.T @ self.input_matrix().T
        return torch.sin(run_recurrence(self.recurrence, inputs) @ self.output.T).reshape(-1)

    def input_matrix(self) -> Tensor:
        """The product of the two matrices from control to state: (S, K)."""
        return self.inward @ self.projection.T

    def gated_control(self) -> Tensor:
        """The control signal that plays the model: (K, F), never negative, zero at almost all sites."""
        if not self.top:
            return gate(self.control) * self.sites
        strongest = self.control.flatten().topk(self.top)
        sounding = torch.zeros_like(self.control).flatten().scatter(0, strongest.indices, strongest.values.relu())
        return sounding.view_as(self.control)

    def compression_ratio(self) -> float:
        """Learned numbers, the input matrices as one, and three for each site, over samples."""
        numbers = self.recurrence.numel() + self.output.numel() + self.projection.numel()
        return (numbers + 3 * int((self.gated_control() > 0).sum())) / self.sizes.samples
