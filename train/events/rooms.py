"""The rooms of a model: fixed responses of growing length, of which each recording has a mixture of its own."""

import numpy as np
import torch
from torch import Tensor, nn

from .config import ROOM, Sizes

SHORTEST, LONGEST = 0.15, 3.0  # seconds in which the sound of a room falls by 60 dB
DAMPED = 3000.0  # Hz above which a room swallows more
SEED = 11


def responses(count: int, samples: int, rate: float) -> np.ndarray:
    """(count, samples) float32: noise that falls by 60 dB within some time, high frequencies faster; energy 1."""
    random = np.random.default_rng(SEED)
    time = np.arange(samples) / rate
    frequency = np.fft.rfftfreq(2 * samples, 1 / rate)
    rows = []
    for seconds in np.geomspace(SHORTEST, LONGEST, count):
        slow, fast = (random.normal(size=samples) * np.exp(-6.91 * time / (share * seconds)) for share in (1.0, 0.35))
        high = 1 / (1 + (DAMPED / np.maximum(frequency, 1)) ** 2)
        row = np.fft.irfft((1 - high) * np.fft.rfft(slow, 2 * samples) + high * np.fft.rfft(fast, 2 * samples))
        rows.append(row[:samples] / np.sqrt((row[:samples] ** 2).sum()))
    return np.stack(rows).astype(np.float32)


class Rooms(nn.Module):
    """Chooses a room by what sounds in it."""

    bank: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.register_buffer("bank", torch.from_numpy(responses(sizes.rooms, sizes.samples, sizes.rate)))
        self.inward = nn.Linear(sizes.keys, ROOM)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(ROOM, ROOM), nn.LeakyReLU(0.2), nn.LayerNorm(ROOM)) for _ in range(3)
        )
        self.mixture, self.share = nn.Linear(ROOM, sizes.rooms), nn.Linear(ROOM, 2)
        nn.init.zeros_(self.share.weight)
        self.share.bias.data = torch.tensor([2.0, 0.0])

    def forward(self, sums: Tensor) -> Tensor:
        """(B, K), how often and how strongly each key sounds → (B, 1 + rooms): how much is heard dry and of each."""
        x = self.inward(sums)
        for block in self.blocks:
            x = x + block(x)
        dry, wet = self.share(x).softmax(-1).chunk(2, -1)
        return torch.cat([dry, wet * self.mixture(x).softmax(-1)], -1)

    def reverberate(self, sound: Tensor, gains: Tensor) -> Tensor:
        """(B, N) and what `forward` gives → (B, N)."""
        size = 2 * sound.shape[-1]
        wet = torch.fft.rfft(sound, size) * torch.fft.rfft(gains[:, 1:] @ self.bank, size)
        return gains[:, :1] * sound + torch.fft.irfft(wet, size)[:, : sound.shape[-1]]
