"""The encoder: from the spectra of a segment to activations of keys × frames, which are high where an event begins.

A U-Net over time: the frames are halved five times and doubled five times, with skip connections. As published; ours
has no dropout, normalizes each segment by itself, takes the logarithms of levels, and has a path past the U-Net for
exact timing.
"""

import torch
from torch import Tensor, nn

from .config import Sizes

HALVING_COUNT = 5  # times that the frames are halved on the way down
REFRACTORY_FRAMES = 7  # after an event in which it inhibits the next on the same key, as published
LEVEL_SCALE = 10.0  # ours: magnitudes count as log(1 + LEVEL_SCALE · magnitude)


class Encoder(nn.Module):
    """(B, bins, T) magnitudes → (B, K, T)."""

    filter: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        bins, channels = sizes.window // 2, sizes.channels
        self.published = sizes.published
        counts = [bins] + (HALVING_COUNT - 1) * [channels]
        self.down = nn.ModuleList(
            _layer(nn.Conv1d(count, channels, 3, 2, 1), channels, sizes.published) for count in counts
        )
        self.up = nn.ModuleList(
            _layer(nn.ConvTranspose1d(channels, channels, 4, 2, 1), channels, sizes.published)
            for _ in range(HALVING_COUNT)
        )
        self.direct = None if sizes.published else nn.Conv1d(bins, channels, 3, 1, 1)
        self.plane = nn.Conv1d(channels, sizes.keys, 1)  # its name is stored in presets
        self.last = nn.Dropout(0.05) if sizes.published else nn.Identity()
        inhibition = torch.linspace(1, 0, REFRACTORY_FRAMES) ** 10
        self.register_buffer("filter", torch.cat([torch.ones(1), -inhibition]), persistent=False)

    def forward(self, magnitudes: Tensor) -> Tensor:
        """The activations; a value is the strength of an event."""
        x = magnitudes if self.published else torch.log1p(LEVEL_SCALE * magnitudes)
        inputs, skips = x, []
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        for layer, skip in zip(self.up, [*skips[-2::-1], None], strict=True):
            x = layer(x)
            if skip is not None:
                x = x + skip
        if self.direct is not None:
            x = nn.functional.leaky_relu(x + self.direct(inputs), 0.2)
        return self._inhibited(self.last(self.plane(x)))

    def _inhibited(self, activations: Tensor) -> Tensor:
        """As published, an event inhibits those that follow; ours unchanged."""
        if not self.published:
            return activations
        padded = nn.functional.pad(activations, (REFRACTORY_FRAMES, 0))
        frames = activations.shape[-1]
        return sum(
            (
                value * padded[..., REFRACTORY_FRAMES - j : REFRACTORY_FRAMES - j + frames]
                for j, value in enumerate(self.filter)
            ),
            torch.zeros_like(activations),
        )


def _layer(convolution: nn.Module, channels: int, published: bool) -> nn.Sequential:
    if published:
        return nn.Sequential(nn.Dropout(0.1), convolution, nn.LeakyReLU(0.2), nn.BatchNorm1d(channels))
    return nn.Sequential(convolution, nn.LeakyReLU(0.2), nn.GroupNorm(1, channels))
