"""The resonance model: sparse control → router → attacks → modes → cross-fade → tanh.

After John Vinyard, "Extracting Playable Instrument Models from Short Audio Examples", 2025, with three
additions: beside its noise an attack may contain a strike that drives the modes and a knock that bypasses them, both
the same every time, and a mode may begin at any phase. The strike is short: its spectrum has to be smooth, because
on other keys the modes have other frequencies.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pad

from train.sparse_control import SparseControlModel, gate

from .config import Sizes
from .modal_recurrence import ModeBanks, place_attacks, render_modes, response_norm

TIME_SCALE = 10 * 22050 / (2**17 - 1)  # units of the published time axis per second
TWO_PI = 2 * math.pi
MIN_SQUARED_FREQUENCY = 1e-12  # of a mode; an overdamped one gets this


class ResonanceModel(SparseControlModel):
    """An instrument and the control signal that plays one recording on it."""

    def __init__(self, sizes: Sizes, generator: torch.Generator) -> None:
        super().__init__()
        self.sizes = sizes
        banks = (sizes.resonances, sizes.variants, sizes.modes)
        columns = sizes.frames // sizes.hop

        def uniform(low: float, high: float, *shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(shape).uniform_(low, high, generator=generator))

        self.damping = uniform(0.5, 1.5, *banks)
        self.mass = uniform(-2, 2, *banks)
        self.tension = uniform(4, 9, *banks)
        self.displacement = uniform(-1, 2, *banks)
        self.amplitude = uniform(-1, 1, *banks)
        self.phase = nn.Parameter(torch.zeros(banks))
        self.envelope = uniform(-1, 1, sizes.resonances, sizes.envelope)
        self.strike = uniform(-0.1, 0.1, sizes.resonances, sizes.strike)
        self.knock = uniform(-0.1, 0.1, sizes.resonances, sizes.knock)
        self.router = uniform(-1, 1, sizes.control, sizes.resonances)
        self.mix = uniform(-1, 1, sizes.resonances, 2)
        self.gain = uniform(0.01, 1.1, sizes.resonances)
        self.control = uniform(-0.01, 0.01, sizes.control, columns)
        self.deformation = uniform(-0.01, 0.01, sizes.variants, columns)
        self.register_buffer("sites", torch.ones(sizes.control, columns))

    def forward(self, noise: Tensor) -> Tensor:
        """noise: (R, attack), uniform in ±1. Returns (frames,)."""
        return self.render_resonances(noise).sum(0)

    def render_resonances(self, noise: Tensor) -> Tensor:
        """Render each resonance: (R, frames)."""
        energy, hop = self.router.T @ self.gated_control(), self.sizes.hop
        mix, attacks = self.mix.softmax(1), self.attacks(noise)
        wet = (self.crossfade() * render_modes(energy, attacks, self.modes(), hop)).sum(1)
        mixed = place_attacks(energy, mix[:, :1] * attacks + self.direct(), hop) + mix[:, 1:] * wet
        return torch.tanh(self.gain.abs()[:, None] * mixed)

    def draw_noise(self, generator: torch.Generator) -> Tensor:
        """Noise for one rendering: (R, attack)."""
        shape = (self.sizes.resonances, self.sizes.attack)
        return torch.empty(shape).uniform_(-1, 1, generator=generator).to(self.gain.device)

    def gated_control(self) -> Tensor:
        """The control signal that plays the model: (K, F), never negative, zero at almost all sites."""
        return gate(self.control + self.control.mean()) * self.sites

    def attacks(self, noise: Tensor) -> Tensor:
        """The excitation of each resonance by one unit of control: (R, attack)."""
        envelope = interpolate(self.envelope[None], size=self.sizes.attack, mode="linear")[0]
        return envelope * noise + self._padded(self.strike)

    def direct(self) -> Tensor:
        """The sound of one unit of control that bypasses the modes, beside its part of the attack: (R, attack)."""
        return self._padded(self.knock)

    def modes(self) -> ModeBanks:
        """The banks (R, E, J), each of unit norm over the segment.

        Frequencies in Hz and decays in 1/s are rounded to float32, in which a file stores them.
        """
        damping, mass = 30 * torch.sigmoid(self.damping.double()), torch.sigmoid(self.mass.double())
        x = damping / (2 * mass)
        omega = torch.sqrt(torch.clamp(10 ** self.tension.double() - x**2, min=MIN_SQUARED_FREQUENCY))
        size = self.displacement.double() * self.amplitude.double() ** 2
        frequency, decay = (omega * (TIME_SCALE / TWO_PI)).float().double(), (x * TIME_SCALE).float().double()
        rate = self.sizes.rate
        amplitude_phase = torch.polar(size.abs(), self.phase.double() + torch.pi * (size < 0))
        modes = ModeBanks(
            decay / rate, frequency * (TWO_PI / rate), amplitude_phase * torch.complex(torch.ones_like(x), -x / omega)
        )
        return modes._replace(residue=modes.residue / (response_norm(modes, self.sizes.frames) + 1e-8)[..., None])

    def crossfade(self) -> Tensor:
        """Weights of the variants at audio rate: (E, frames), summing to 1."""
        logits = torch.zeros_like(self.deformation)
        logits[0] = 1
        weights = torch.softmax(logits + self.deformation, 0)
        return interpolate(weights[None], size=self.sizes.frames, mode="linear")[0]

    def _padded(self, part: Tensor) -> Tensor:
        return pad(part, (0, self.sizes.attack - part.shape[1]))
