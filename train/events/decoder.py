"""What an event sounds like: a short shaped noise, a falling filtered mixture of waves, and the one in the other.

As published; ours mixes the three as it learns to, makes impulses of unit energy, and lets the strength of an event
move its embedding by its logarithm.
"""

import math

import torch
from torch import Tensor, nn

from .config import FRAME, GRAIN, GRAIN_HOP, HOP, START, Sizes

BANDS = 32  # that the filter of a resonance is drawn through
FAINTEST = 1e-3  # an event that is weaker sounds as one of this strength, only softer
SEED = 7


class Decoder(nn.Module):
    """Events by key and strength → their sounds."""

    waves: Tensor
    noise: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        width, frames = sizes.width, sizes.frames
        self.register_buffer("waves", torch.from_numpy(sizes.waves()), persistent=False)
        generator = torch.Generator().manual_seed(SEED)
        self.register_buffer("noise", torch.rand(sizes.impulse + GRAIN, generator=generator) * 2 - 1)
        self.embedding = nn.Linear(sizes.keys, sizes.embedding)
        self.swell = nn.Parameter(torch.zeros(sizes.embedding))
        self.wave = nn.Linear(sizes.embedding, len(self.waves))
        self.decay = nn.Linear(sizes.embedding, frames)
        self.mix = nn.Linear(sizes.embedding, 3)
        self.level = nn.Linear(sizes.embedding, 1)
        grains = sizes.impulse // GRAIN_HOP
        self.impulse = upsampler(sizes, width, grains, GRAIN // 2 + 1)
        self.filter = upsampler(sizes, max(width // 2, 1), frames, BANDS)

    def forward(self, keys: Tensor, strengths: Tensor, context: Tensor) -> Tensor:
        """keys (n,), strengths (n,) and context (n, M) → the sounds (n, samples), as strong as they are."""
        e = self.embedded(keys, strengths) + context
        impulse, resonance = self.impulses(e), self.resonances(e)
        size = 2 * self.sizes.samples
        both = torch.fft.irfft(torch.fft.rfft(impulse, size) * torch.fft.rfft(resonance, size), size)
        shares = torch.ones_like(e[:, :3]) if self.sizes.published else self.mix(e).softmax(-1)
        impulse = nn.functional.pad(impulse, (0, self.sizes.samples - self.sizes.impulse))
        sound = shares[:, :1] * impulse + shares[:, 1:2] * both[:, : self.sizes.samples] + shares[:, 2:] * resonance
        return sound * (self.level(e).abs() * strengths[:, None])

    def embedded(self, keys: Tensor, strengths: Tensor) -> Tensor:
        """(n, M): by key; and by strength, which scales it as published, or moves it by its logarithm."""
        rows = self.embedding.weight.T[keys]
        if self.sizes.published:
            return rows * strengths[:, None] + self.embedding.bias
        return rows + strengths.clamp(min=FAINTEST).log()[:, None] * self.swell + self.embedding.bias

    def impulses(self, e: Tensor) -> Tensor:
        """(n, impulse): noise with a spectrum that changes every GRAIN_HOP samples, the lowest bin always full."""
        hann = torch.hann_window(GRAIN, device=e.device)
        heights = self.impulse(e).transpose(1, 2).sigmoid() ** 2
        heights = torch.cat([torch.ones_like(heights[..., :1]), heights[..., 1:]], -1)
        grains = self.noise.unfold(0, GRAIN, GRAIN_HOP)[: heights.shape[1]] * hann
        shaped = torch.fft.irfft(torch.fft.rfft(grains) * heights, GRAIN) * hann
        sound = _added(shaped)[:, : self.sizes.impulse]
        return sound if self.sizes.published else unit(sound)

    def resonances(self, e: Tensor) -> Tensor:
        """(n, samples): frames of waves, each scaled to unit energy, that fall and are filtered frame by frame."""
        hann = torch.hann_window(FRAME, device=e.device)
        waves = nn.functional.pad(self.wave(e).relu() @ self.waves, (0, FRAME))
        frames = unit(waves.unfold(1, FRAME, HOP)[:, : self.sizes.frames] * hann)
        low, high = self.sizes.decays
        fall = (low + (high - low) * self.decay(e).sigmoid()).log().cumsum(-1).exp()
        heights = self.filter(e).transpose(1, 2).sigmoid()
        drawn = heights @ drawing(BANDS, FRAME // 2 + 1).to(e.device)
        return _added(torch.fft.irfft(torch.fft.rfft(frames * fall[..., None]) * drawn, FRAME))[
            :, : self.sizes.samples
        ]


def upsampler(sizes: Sizes, width: int, frames: int, outputs: int) -> nn.Sequential:
    """(n, M) → (n, outputs, frames): a few frames, then twice as many again and again."""
    layers: list[nn.Module] = [nn.Linear(sizes.embedding, START * width), nn.Unflatten(1, (width, START))]
    for _ in range(round(math.log2(frames / START))):
        layers.append(nn.ConvTranspose1d(width, width, 4, 2, 1))
        if sizes.published:
            layers.append(nn.BatchNorm1d(width))
        layers.append(nn.LeakyReLU(0.2))
    return nn.Sequential(*layers, nn.Conv1d(width, outputs, 3, 1, 1))


def drawing(points: int, bins: int) -> Tensor:
    """(points, bins): draws straight lines through points in the middle of their shares, flat at both ends."""
    return nn.functional.interpolate(torch.eye(points)[None], bins, mode="linear", align_corners=False)[0]


def unit(x: Tensor) -> Tensor:
    """Scaled to unit energy along the last axis; silence stays."""
    return x / (torch.linalg.vector_norm(x, dim=-1, keepdim=True) + 1e-8)


def _added(frames: Tensor) -> Tensor:
    """Frames (n, T, size) every half of their size added up: (n, (T + 1) · size / 2)."""
    first, second = frames.chunk(2, -1)
    pad = nn.functional.pad
    return (pad(first, (0, 0, 0, 1)) + pad(second, (0, 0, 1, 0))).flatten(1)
