"""The sound of an event: a short shaped noise, a decaying filtered mixture of waves, and their convolution.

As published; ours learns how to mix the three, normalizes the energy of impulses, and shifts the embedding of an
event by the logarithm of its strength.
"""

import math

import torch
from torch import Tensor, nn

from .config import UPSAMPLER_FRAMES, Sizes

FILTER_BANDS = 32  # of the filter of a resonance
MIN_STRENGTH = 1e-3  # of the timbre of an event; a weaker one is only softer
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
        self.register_buffer("noise", torch.rand(sizes.impulse + sizes.grain, generator=generator) * 2 - 1)
        self.embedding = nn.Linear(sizes.keys, sizes.embedding)
        self.swell = nn.Parameter(torch.zeros(sizes.embedding))
        self.wave = nn.Linear(sizes.embedding, len(self.waves))
        self.decay = nn.Linear(sizes.embedding, frames)
        self.mix = nn.Linear(sizes.embedding, 3)
        self.level = nn.Linear(sizes.embedding, 1)
        grain_hop = sizes.grain // 2
        self.impulse = make_upsampler(sizes, width, sizes.impulse // grain_hop, grain_hop + 1)
        self.filter = make_upsampler(sizes, max(width // 2, 1), frames, FILTER_BANDS)

    def forward(self, keys: Tensor, strengths: Tensor, context: Tensor) -> Tensor:
        """keys (n,), strengths (n,) and context (n, M) → the sounds (n, samples), scaled by their strengths."""
        e = self.embedded(keys, strengths) + context
        impulse, resonance = self.impulses(e), self.resonances(e)
        size = self.sizes.samples + self.sizes.impulse  # of the whole convolution
        both = torch.fft.irfft(torch.fft.rfft(impulse, size) * torch.fft.rfft(resonance, size), size)
        shares = torch.ones_like(e[:, :3]) if self.sizes.published else self.mix(e).softmax(-1)
        impulse = nn.functional.pad(impulse, (0, self.sizes.samples - self.sizes.impulse))
        sound = shares[:, :1] * impulse + shares[:, 1:2] * both[:, : self.sizes.samples] + shares[:, 2:] * resonance
        return sound * (self.level(e).abs() * strengths[:, None])

    def embedded(self, keys: Tensor, strengths: Tensor) -> Tensor:
        """Embeddings (n, M) of keys; scaled by the strength as published, or shifted by its logarithm."""
        rows = self.embedding.weight.T[keys]
        if self.sizes.published:
            return rows * strengths[:, None] + self.embedding.bias
        return rows + strengths.clamp(min=MIN_STRENGTH).log()[:, None] * self.swell + self.embedding.bias

    def impulses(self, e: Tensor) -> Tensor:
        """(n, impulse): noise with a spectrum that changes at every half of a grain, the lowest bin always full."""
        grain = self.sizes.grain
        hann = torch.hann_window(grain, device=e.device)
        bin_gains = self.impulse(e).transpose(1, 2).sigmoid() ** 2
        bin_gains = torch.cat([torch.ones_like(bin_gains[..., :1]), bin_gains[..., 1:]], -1)
        grains = self.noise.unfold(0, grain, grain // 2)[: bin_gains.shape[1]] * hann
        shaped = torch.fft.irfft(torch.fft.rfft(grains) * bin_gains, grain) * hann
        sound = _overlap_add(shaped)[:, : self.sizes.impulse]
        return sound if self.sizes.published else normalize(sound)

    def resonances(self, e: Tensor) -> Tensor:
        """(n, samples): frames of waves, each of unit energy, that decay and are filtered frame by frame."""
        hop, size = self.sizes.hop, 2 * self.sizes.hop
        hann = torch.hann_window(size, device=e.device)
        waves = nn.functional.pad(self.wave(e).relu() @ self.waves, (0, size))
        frames = normalize(waves.unfold(1, size, hop)[:, : self.sizes.frames] * hann)
        low, high = self.sizes.decays
        decay_curve = (low + (high - low) * self.decay(e).sigmoid()).log().cumsum(-1).exp()
        band_gains = self.filter(e).transpose(1, 2).sigmoid()
        bin_gains = band_gains @ interpolation_matrix(FILTER_BANDS, hop + 1).to(e.device)
        return _overlap_add(torch.fft.irfft(torch.fft.rfft(frames * decay_curve[..., None]) * bin_gains, size))[
            :, : self.sizes.samples
        ]


def make_upsampler(sizes: Sizes, width: int, frames: int, outputs: int) -> nn.Sequential:
    """(n, M) → (n, outputs, frames): a few frames, doubled layer by layer."""
    layers: list[nn.Module] = [
        nn.Linear(sizes.embedding, UPSAMPLER_FRAMES * width),
        nn.Unflatten(1, (width, UPSAMPLER_FRAMES)),
    ]
    for _ in range(round(math.log2(frames / UPSAMPLER_FRAMES))):
        layers.append(nn.ConvTranspose1d(width, width, 4, 2, 1))
        if sizes.published:
            layers.append(nn.BatchNorm1d(width))
        layers.append(nn.LeakyReLU(0.2))
    return nn.Sequential(*layers, nn.Conv1d(width, outputs, 3, 1, 1))


def interpolation_matrix(points: int, bins: int) -> Tensor:
    """(points, bins): interpolates linearly between points in the middle of their shares, constant at both ends."""
    return nn.functional.interpolate(torch.eye(points)[None], bins, mode="linear", align_corners=False)[0]


def normalize(x: Tensor) -> Tensor:
    """Scale to unit energy along the last axis; silence stays."""
    return x / (torch.linalg.vector_norm(x, dim=-1, keepdim=True) + 1e-8)


def _overlap_add(frames: Tensor) -> Tensor:
    """Frames (n, T, size) at every half of their size added up: (n, (T + 1) · size / 2)."""
    first, second = frames.chunk(2, -1)
    pad = nn.functional.pad
    return (pad(first, (0, 0, 0, 1)) + pad(second, (0, 0, 1, 0))).flatten(1)
