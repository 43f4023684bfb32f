"""The DDSP model: decoder, synthesis and room."""

import torch
from torch import Tensor, nn

from . import synthesis
from .config import Sizes
from .decoder import Controls, Decoder, harmonic_amplitudes, scaled_pitch

NOISE_BIAS = -3.0  # initial bias of the noise head: noise is softer than the harmonics
ROOM_SCALE = 0.01  # first tap of the room for a parameter of 1
ROOM_DECAY = 4.0  # 1/s, of that scale: late taps are small, and so are their steps


class DdspModel(nn.Module):
    """Pitch, phase and loudness to sound."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.decoder = Decoder(sizes)
        self.taps = nn.Parameter((torch.rand(sizes.taps) - 0.5) * (0.2 if sizes.dry else 1e-4))
        if sizes.dry:
            nn.init.constant_(self.decoder.noise.bias, NOISE_BIAS)

    def room(self) -> Tensor:
        """The impulse response of the room (taps,)."""
        return self.taps * self._scale() if self.sizes.dry else torch.tanh(self.taps)

    def set_room(self, response: Tensor) -> None:
        """Set the impulse response of the room (taps,)."""
        with torch.no_grad():
            inner = response / self._scale() if self.sizes.dry else torch.atanh(response.clamp(-0.999999, 0.999999))
            self.taps.copy_(inner)

    def controls(self, pitch: Tensor, loudness: Tensor) -> Controls:
        """Pitch (B, F) in Hz and scaled loudness (B, F) to controls; `harmonics` are amplitudes here."""
        controls, _ = self.decoder(scaled_pitch(pitch, self.sizes), loudness)
        return Controls(controls.amplitude, harmonic_amplitudes(controls, pitch, self.sizes), controls.noise)

    def forward(
        self, pitch: Tensor, phase: Tensor, loudness: Tensor, generator: torch.Generator | None = None
    ) -> Tensor:
        """Sound (B, F·hop) from pitch and loudness (B, F + 1) and phase (B, F, hop) in cycles."""
        controls, sizes = self.controls(pitch, loudness), self.sizes
        sound = synthesis.render_harmonics(controls.harmonics, phase, sizes.ramps)
        sound = sound + synthesis.render_noise(controls.noise, sizes.hop, sizes.ramps, generator)
        return synthesis.apply_room(sound, self.room(), sizes.dry)

    def _scale(self) -> Tensor:
        time = torch.arange(len(self.taps), device=self.taps.device) / self.sizes.rate
        return ROOM_SCALE * torch.exp(-ROOM_DECAY * time)
