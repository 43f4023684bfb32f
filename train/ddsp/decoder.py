"""The decoder: pitch and loudness in, how harmonics and noise should sound out, one row for every 10 ms."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .gru import recur


@dataclass(frozen=True)
class Sizes:
    """How large a model is, and which of two forms its parts have. The defaults are ours, ARTICLE is as published."""

    units: int = 256
    harmonics: int = 60
    bands: int = 65
    taps: int = 16_000  # of the room
    rate: int = 16_000
    hop: int = 160
    pitch: str = "midi"  # the decoder hears MIDI note / 127, or "hertz"
    dry: float = 1.0  # share of the direct sound beside the room; 0: the room holds it, each tap through tanh
    ramps: bool = True  # controls move from frame to frame, or stand still and jump
    masked: bool = True  # harmonics above the band are left out before the others share the amplitude


ARTICLE = Sizes(units=512, harmonics=100, pitch="hertz", dry=0.0, ramps=False, masked=False)


class Controls(NamedTuple):
    """What the decoder says: amplitude (B, F, 1), shares of the harmonics (B, F, H), bands of noise (B, F, Nb)."""

    amplitude: Tensor
    harmonics: Tensor
    noise: Tensor


class Decoder(nn.Module):
    """Two inputs, one memory, three outputs."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        units = sizes.units
        self.pitch, self.loudness = _layers(1, units), _layers(1, units)
        self.gru = nn.GRU(2 * units, units, batch_first=True)
        self.out = _layers(3 * units, units)
        self.amplitude = nn.Linear(units, 1)
        self.harmonics = nn.Linear(units, sizes.harmonics)
        self.noise = nn.Linear(units, sizes.bands)
        self.forgetting = 0.0  # share of what is known that a step of learning goes without

    def forward(self, pitch: Tensor, loudness: Tensor, state: Tensor | None = None) -> tuple[Controls, Tensor]:
        """Scaled pitch and loudness (B, F) and the state (1, B, U) to controls and the next state."""
        heard = torch.cat([self.pitch(pitch[..., None]), self.loudness(loudness[..., None])], -1)
        remembered, state = recur(self.gru, heard, state)
        known = self._forgotten(self.out(self._forgotten(torch.cat([heard, remembered], -1))))
        heads = (self.amplitude, self.harmonics, self.noise)
        return Controls(*(positive(head(known)) for head in heads)), state

    def _forgotten(self, known: Tensor) -> Tensor:
        return nn.functional.dropout(known, self.forgetting) if self.training and self.forgetting else known


def positive(x: Tensor) -> Tensor:
    """2·sigmoid(x)^ln 10 + 1e-7: the published way to a positive number that may be tiny."""
    return 2 * torch.exp(math.log(10) * nn.functional.logsigmoid(x)) + 1e-7


def shared(controls: Controls, pitch: Tensor, sizes: Sizes) -> Tensor:
    """Amplitudes of the harmonics (B, F, H): they share the amplitude; those above the band get nothing."""
    harmonics = controls.harmonics
    if sizes.masked:
        number = torch.arange(1, sizes.harmonics + 1, device=pitch.device)
        harmonics = harmonics * (pitch[..., None] * number < sizes.rate / 2)
    return controls.amplitude * harmonics / harmonics.sum(-1, keepdim=True).clamp(min=1e-12)


def scaled_pitch(pitch: Tensor, sizes: Sizes) -> Tensor:
    """Hz as the decoder wants to hear them."""
    if sizes.pitch == "hertz":
        return pitch
    return (69 + 12 * torch.log2(pitch / 440)) / 127


def _layers(inputs: int, units: int) -> nn.Sequential:
    """Three times a matrix, a norm and a bend."""
    parts: list[nn.Module] = []
    for size in (inputs, units, units):
        parts += [nn.Linear(size, units), nn.LayerNorm(units), nn.LeakyReLU(0.01)]
    return nn.Sequential(*parts)
