"""The rooms of a model: a mixture of fixed impulse responses of growing length, chosen for each recording."""

import numpy as np
import torch
from torch import Tensor, nn

from .config import ROOM_CODE_SIZE, Sizes

MIN_RT60_SECONDS, MAX_RT60_SECONDS = 0.15, 3.0  # reverberation times
DAMPING_HZ = 3000.0  # above it the decay is faster
SEED = 11
RT60_NEPERS = 6.91  # of 60 dB, rounded: more digits would change the responses of what was learned


def make_responses(count: int, samples: int, rate: float) -> np.ndarray:
    """(count, samples) float32: noise of increasing reverberation times, shorter at high frequencies; energy 1."""
    random = np.random.default_rng(SEED)
    time = np.arange(samples) / rate
    frequency = np.fft.rfftfreq(2 * samples, 1 / rate)
    rows = []
    for rt60_seconds in np.geomspace(MIN_RT60_SECONDS, MAX_RT60_SECONDS, count):
        slow, fast = (
            random.normal(size=samples) * np.exp(-RT60_NEPERS * time / (share * rt60_seconds))
            for share in (1.0, 0.35)
        )
        high = 1 / (1 + (DAMPING_HZ / np.maximum(frequency, 1)) ** 2)
        row = np.fft.irfft((1 - high) * np.fft.rfft(slow, 2 * samples) + high * np.fft.rfft(fast, 2 * samples))
        rows.append(row[:samples] / np.sqrt((row[:samples] ** 2).sum()))
    return np.stack(rows).astype(np.float32)


class Rooms(nn.Module):
    """Selects the mixture of responses by the keys that sound."""

    bank: Tensor

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.register_buffer("bank", torch.from_numpy(make_responses(sizes.rooms, sizes.samples, sizes.rate)))
        self.inward = nn.Linear(sizes.keys, ROOM_CODE_SIZE)  # its name is stored in presets
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(ROOM_CODE_SIZE, ROOM_CODE_SIZE), nn.LeakyReLU(0.2), nn.LayerNorm(ROOM_CODE_SIZE))
            for _ in range(3)
        )
        self.mixture, self.share = nn.Linear(ROOM_CODE_SIZE, sizes.rooms), nn.Linear(ROOM_CODE_SIZE, 2)
        nn.init.zeros_(self.share.weight)
        self.share.bias.data = torch.tensor([2.0, 0.0])

    def forward(self, sums: Tensor) -> Tensor:
        """Summed strengths of keys (B, K) → gains (B, 1 + rooms) of the dry sound and of each response."""
        x = self.inward(sums)
        for block in self.blocks:
            x = x + block(x)
        dry, wet = self.share(x).softmax(-1).chunk(2, -1)
        return torch.cat([dry, wet * self.mixture(x).softmax(-1)], -1)

    def reverberate(self, sound: Tensor, gains: Tensor) -> Tensor:
        """Sounds (B, N) and gains (B, 1 + rooms) → (B, N)."""
        size = 2 * sound.shape[-1]
        wet = torch.fft.rfft(sound, size) * torch.fft.rfft(gains[:, 1:] @ self.bank, size)
        return gains[:, :1] * sound + torch.fft.irfft(wet, size)[:, : sound.shape[-1]]
