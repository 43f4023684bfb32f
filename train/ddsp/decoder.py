"""The decoder: from pitch and loudness to controls of harmonics and noise, one frame every 10 ms."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .config import Sizes
from .gru import run_gru


class Controls(NamedTuple):
    """Outputs: amplitude (B, F, 1), weights of the harmonics (B, F, H), magnitudes of noise bands (B, F, Nb)."""

    amplitude: Tensor
    harmonics: Tensor
    noise: Tensor


class Decoder(nn.Module):
    """Two input stacks, a GRU, and three output heads."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        units = sizes.units
        self.pitch, self.loudness = _layers(1, units), _layers(1, units)
        self.gru = nn.GRU(2 * units, units, batch_first=True)
        self.out = _layers(3 * units, units)
        self.amplitude = nn.Linear(units, 1)
        self.harmonics = nn.Linear(units, sizes.harmonics)
        self.noise = nn.Linear(units, sizes.bands)
        self.dropout = 0.0  # probability, during training

    def forward(self, pitch: Tensor, loudness: Tensor, state: Tensor | None = None) -> tuple[Controls, Tensor]:
        """Scaled pitch and loudness (B, F) and the state (1, B, U) to controls and the next state."""
        inputs = torch.cat([self.pitch(pitch[..., None]), self.loudness(loudness[..., None])], -1)
        states, state = run_gru(self.gru, inputs, state)
        features = self._drop_out(self.out(self._drop_out(torch.cat([inputs, states], -1))))
        heads = (self.amplitude, self.harmonics, self.noise)
        return Controls(*(exp_sigmoid(head(features)) for head in heads)), state

    def _drop_out(self, features: Tensor) -> Tensor:
        return _drop_out(features, self.dropout) if self.training and self.dropout else features


def exp_sigmoid(x: Tensor) -> Tensor:
    """2·sigmoid(x)^ln 10 + 1e-7: positive, as published; may be tiny."""
    return 2 * torch.exp(math.log(10) * nn.functional.logsigmoid(x)) + 1e-7


def harmonic_amplitudes(controls: Controls, pitch: Tensor, sizes: Sizes) -> Tensor:
    """Amplitudes of the harmonics (B, F, H): they share the amplitude; those above the band are 0."""
    harmonics = controls.harmonics
    if sizes.masked:
        number = torch.arange(1, sizes.harmonics + 1, device=pitch.device)
        harmonics = harmonics * (pitch[..., None] * number < sizes.rate / 2)
    return controls.amplitude * harmonics / harmonics.sum(-1, keepdim=True).clamp(min=1e-12)


def scaled_pitch(pitch: Tensor, sizes: Sizes) -> Tensor:
    """Pitch in Hz to the input of the decoder."""
    if sizes.pitch == "hertz":
        return pitch
    return (69 + 12 * torch.log2(pitch / 440)) / 127


def _drop_out(features: Tensor, share: float) -> Tensor:
    """Set a share of the features to 0, in steps of 1/256: torch draws a number for each, here eight come of one."""
    if features.device.type != "cpu":
        return nn.functional.dropout(features, share)
    count, dropped = features.numel(), round(256 * share)
    numbers = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
    is_kept = numbers.view(torch.uint8)[:count].view(features.shape) >= dropped
    return features * is_kept * (256 / (256 - dropped))


def _layers(inputs: int, units: int) -> nn.Sequential:
    """Three times a linear layer, a layer norm and a leaky ReLU."""
    parts: list[nn.Module] = []
    for size in (inputs, units, units):
        parts += [nn.Linear(size, units), nn.LayerNorm(units), nn.LeakyReLU(0.01)]
    return nn.Sequential(*parts)
