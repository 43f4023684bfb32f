"""The whole instrument as it is learned: decoder, synthesis, room."""

import torch
from torch import Tensor, nn

from . import synthesis
from .decoder import Controls, Decoder, Sizes, scaled_pitch, shared

QUIET = -3.0  # where the noise heads begin: noise is the smaller part of what sounds
ROOM = 0.01  # a tap of 1 in our scale, at the start of the room
FALL = 4.0  # 1/s, how this scale decays: late taps are small, and so are their steps


class Instrument(nn.Module):
    """Pitch, phase and loudness to sound."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.decoder = Decoder(sizes)
        self.taps = nn.Parameter((torch.rand(sizes.taps) - 0.5) * (0.2 if sizes.dry else 1e-4))
        if sizes.dry:
            nn.init.constant_(self.decoder.noise.bias, QUIET)

    def room(self) -> Tensor:
        """The room's response (taps,)."""
        return self.taps * self._scale() if self.sizes.dry else torch.tanh(self.taps)

    def set_room(self, response: Tensor) -> None:
        """Take over a response (taps,)."""
        with torch.no_grad():
            inner = response / self._scale() if self.sizes.dry else torch.atanh(response.clamp(-0.999999, 0.999999))
            self.taps.copy_(inner)

    def controls(self, pitch: Tensor, loudness: Tensor) -> Controls:
        """Pitch (B, F) in Hz and scaled loudness (B, F) to controls; `harmonics` are amplitudes here."""
        said, _ = self.decoder(scaled_pitch(pitch, self.sizes), loudness)
        return Controls(said.amplitude, shared(said, pitch, self.sizes), said.noise)

    def forward(
        self, pitch: Tensor, phase: Tensor, loudness: Tensor, generator: torch.Generator | None = None
    ) -> Tensor:
        """Sound (B, F·hop) from pitch and loudness (B, F + 1) and phase (B, F, hop) in turns."""
        said, sizes = self.controls(pitch, loudness), self.sizes
        sound = synthesis.harmonics(said.harmonics, phase, sizes.ramps)
        sound = sound + synthesis.noise(said.noise, sizes.hop, sizes.ramps, generator)
        return synthesis.roomed(sound, self.room(), sizes.dry)

    def _scale(self) -> Tensor:
        time = torch.arange(len(self.taps), device=self.taps.device) / self.sizes.rate
        return ROOM * torch.exp(-FALL * time)
