"""From the spectra of a segment to a plane of keys × frames, which is high where an event begins.

A U-Net over time: five times half as many frames, five times twice as many, what was on the way down added on the way
up. As published; ours has no dropout, normalises each segment by itself, hears levels in logarithms, and has a path
past the U-Net for what must be exact in time.
"""

import torch
from torch import Tensor, nn

from .config import WINDOW, Sizes

DEPTH = 5
REFRACTORY = 7  # frames by which an event hinders the next on the same key, as published
LEVEL = 10.0  # ours: magnitudes count as log(1 + LEVEL · magnitude)


class Encoder(nn.Module):
    """(B, bins, T) magnitudes → (B, K, T)."""

    filter: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        bins, channels = WINDOW // 2, sizes.channels
        self.published = sizes.published
        inputs = [bins] + (DEPTH - 1) * [channels]
        self.down = nn.ModuleList(
            _layer(nn.Conv1d(count, channels, 3, 2, 1), channels, sizes.published) for count in inputs
        )
        self.up = nn.ModuleList(
            _layer(nn.ConvTranspose1d(channels, channels, 4, 2, 1), channels, sizes.published) for _ in range(DEPTH)
        )
        self.direct = None if sizes.published else nn.Conv1d(bins, channels, 3, 1, 1)
        self.plane = nn.Conv1d(channels, sizes.keys, 1)
        self.last = nn.Dropout(0.05) if sizes.published else nn.Identity()
        hinder = torch.linspace(1, 0, REFRACTORY) ** 10
        self.register_buffer("filter", torch.cat([torch.ones(1), -hinder]), persistent=False)

    def forward(self, magnitudes: Tensor) -> Tensor:
        """The plane; an event is as strong as it is high."""
        x = magnitudes if self.published else torch.log1p(LEVEL * magnitudes)
        heard, passed = x, []
        for layer in self.down:
            x = layer(x)
            passed.append(x)
        for layer, beside in zip(self.up, [*passed[-2::-1], None], strict=True):
            x = layer(x)
            if beside is not None:
                x = x + beside
        if self.direct is not None:
            x = nn.functional.leaky_relu(x + self.direct(heard), 0.2)
        return self._sharpened(self.last(self.plane(x)))

    def _sharpened(self, plane: Tensor) -> Tensor:
        """As published, what has just begun hinders what follows."""
        if not self.published:
            return plane
        late = nn.functional.pad(plane, (REFRACTORY, 0))
        frames = plane.shape[-1]
        return sum(
            (value * late[..., REFRACTORY - j : REFRACTORY - j + frames] for j, value in enumerate(self.filter)),
            torch.zeros_like(plane),
        )


def _layer(convolution: nn.Module, channels: int, published: bool) -> nn.Sequential:
    if published:
        return nn.Sequential(nn.Dropout(0.1), convolution, nn.LeakyReLU(0.2), nn.BatchNorm1d(channels))
    return nn.Sequential(convolution, nn.LeakyReLU(0.2), nn.GroupNorm(1, channels))
