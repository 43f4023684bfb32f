"""The resonance model: sparse control → router → attacks → ringing modes → cross-fade → tanh.

After John Vinyard, "Extracting Playable Instrument Models from Short Audio Examples", 2025, with three
additions: beside its noise an attack may carry a strike that drives the modes and a knock that is heard past them,
both the same every time, and a mode may begin at any phase. The strike is short, for its spectrum has to be smooth
where modes go when they are moved to other keys.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pad

from train.sparse_gate import gate

from .modal_response import Modes, norm, place, resound

PACE = 10 * 22050 / (2**17 - 1)  # units of the published time axis in a second
TURN = 2 * math.pi
SLOWEST = 1e-12  # least squared frequency of a mode: an overdamped one crawls


@dataclass(frozen=True)
class Sizes:
    """What a model is made of. Published: 16 of control and resonances, 64 modes, 256 points, no strike or knock."""

    control: int = 24  # dimensions K of the control signal
    resonances: int = 24
    modes: int = 32  # of each variant of each resonance
    variants: int = 2  # between which the deformation fades
    envelope: int = 64  # points over the noise of an attack
    attack: int = 2048  # samples of noise
    strike: int = 32  # samples, the same every time, that drive the modes beside the noise
    knock: int = 1024  # samples, the same every time, that are heard past the modes; neither is longer than `attack`
    hop: int = 128  # samples per frame of the control signal
    frames: int = 2**17  # samples of the whole segment, a multiple of hop
    rate: int = 22050  # Hz


class Resonance(nn.Module):
    """An instrument and the control signal that plays one recording on it."""

    sites: Tensor  # (K, F): 0 where the control signal was pruned

    def __init__(self, sizes: Sizes, generator: torch.Generator) -> None:
        super().__init__()
        self.sizes = sizes
        banks = (sizes.resonances, sizes.variants, sizes.modes)
        columns = sizes.frames // sizes.hop

        def drawn(low: float, high: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(low, high, generator=generator))

        self.damping = drawn(0.5, 1.5, *banks)
        self.mass = drawn(-2, 2, *banks)
        self.tension = drawn(4, 9, *banks)
        self.displacement = drawn(-1, 2, *banks)
        self.amplitude = drawn(-1, 1, *banks)
        self.phase = nn.Parameter(torch.zeros(banks))
        self.envelope = drawn(-1, 1, sizes.resonances, sizes.envelope)
        self.strike = drawn(-0.1, 0.1, sizes.resonances, sizes.strike)
        self.knock = drawn(-0.1, 0.1, sizes.resonances, sizes.knock)
        self.router = drawn(-1, 1, sizes.control, sizes.resonances)
        self.mix = drawn(-1, 1, sizes.resonances, 2)
        self.gain = drawn(0.01, 1.1, sizes.resonances)
        self.control = drawn(-0.01, 0.01, sizes.control, columns)
        self.deformation = drawn(-0.01, 0.01, sizes.variants, columns)
        self.register_buffer("sites", torch.ones(sizes.control, columns))

    def forward(self, noise: Tensor) -> Tensor:
        """noise: (R, attack), uniform in ±1. Returns (frames,)."""
        return self.voices(noise).sum(0)

    def voices(self, noise: Tensor) -> Tensor:
        """What each resonance adds to the sound: (R, frames)."""
        energy, hop = self.router.T @ self.played(), self.sizes.hop
        mix, attacks = self.mix.softmax(1), self.attacks(noise)
        wet = (self.crossfade() * resound(energy, attacks, self.modes(), hop)).sum(1)
        heard = place(energy, mix[:, :1] * attacks + self.direct(), hop) + mix[:, 1:] * wet
        return torch.tanh(self.gain.abs()[:, None] * heard)

    def draw(self, generator: torch.Generator) -> Tensor:
        """Noise for one rendering: (R, attack)."""
        shape = (self.sizes.resonances, self.sizes.attack)
        return torch.empty(shape).uniform_(-1, 1, generator=generator).to(self.gain.device)

    def played(self) -> Tensor:
        """The control signal as it is heard: (K, F), never negative, zero at almost all sites."""
        return gate(self.control + self.control.mean()) * self.sites

    def attacks(self, noise: Tensor) -> Tensor:
        """What one unit of control sends into each resonance: (R, attack)."""
        loudness = interpolate(self.envelope[None], size=self.sizes.attack, mode="linear")[0]
        return loudness * noise + self._lengthened(self.strike)

    def direct(self) -> Tensor:
        """What is heard of one unit of control past the modes, besides its part of the attack: (R, attack)."""
        return self._lengthened(self.knock)

    def modes(self) -> Modes:
        """The banks (R, E, J), each of unit norm over the segment.

        Frequencies in Hz and decays in 1/s are float32 numbers, so that a file can carry them as they are.
        """
        damping, mass = 30 * torch.sigmoid(self.damping.double()), torch.sigmoid(self.mass.double())
        x = damping / (2 * mass)
        omega = torch.sqrt(torch.clamp(10 ** self.tension.double() - x**2, min=SLOWEST))
        size = self.displacement.double() * self.amplitude.double() ** 2
        frequency, decay = (omega * (PACE / TURN)).float().double(), (x * PACE).float().double()
        rate = self.sizes.rate
        turned = torch.polar(size.abs(), self.phase.double() + torch.pi * (size < 0))
        modes = Modes(decay / rate, frequency * (TURN / rate), turned * torch.complex(torch.ones_like(x), -x / omega))
        return modes._replace(residue=modes.residue / (norm(modes, self.sizes.frames) + 1e-8)[..., None])

    def crossfade(self) -> Tensor:
        """Weights of the variants at audio rate: (E, frames), summing to 1."""
        rest = torch.zeros_like(self.deformation)
        rest[0] = 1
        weights = torch.softmax(rest + self.deformation, 0)
        return interpolate(weights[None], size=self.sizes.frames, mode="linear")[0]

    def _lengthened(self, part: Tensor) -> Tensor:
        return pad(part, (0, self.sizes.attack - part.shape[1]))
