"""Reconstruction losses of an event model.

Ours: spectra of several sizes, linear as a share of the target and in logarithms above a floor. Published: the summed
difference of short spectra in octaves; the published loss for each event equals that of the mixture, times the number
of events.
"""

from functools import cache

import torch
from torch import Tensor

from train.ssm.octave_loss import magnitudes as octave_magnitudes
from train.ssm.octave_loss import octave_bands

WINDOWS = (2048, 1024, 512, 128)
MAGNITUDE_FLOOR = 1e-3  # smaller magnitudes count as silence
LOG_WEIGHT = 0.5  # of the difference of logarithms
MIN_POWER = 1e-12  # keeps gradients finite
PUBLISHED_WINDOWS = (128, 64)
PUBLISHED_SCALE = 1e-6


def reconstruction_loss(sound: Tensor, target: Tensor) -> Tensor:
    """The loss of sounds (B, N) against targets (B, N); about 1 for each window where nothing fits."""
    total = sound.new_zeros(())
    for window in WINDOWS:
        rendered, target_magnitudes = magnitudes(sound, window), magnitudes(target, window)
        total = total + magnitude_loss(rendered, target_magnitudes)
    return total


def magnitude_loss(rendered: Tensor, target: Tensor) -> Tensor:
    """The loss of magnitudes against those of the target: as a share, and in logarithms."""
    share = (rendered - target).abs().sum() / (target.sum() + 1e-3)
    return share + LOG_WEIGHT * ((rendered + MAGNITUDE_FLOOR).log() - (target + MAGNITUDE_FLOOR).log()).abs().mean()


class ReconstructionTarget:
    """The spectra of a target (N,), computed once, with which many sounds are compared."""

    def __init__(self, target: Tensor) -> None:
        self._spectra = []
        for window in WINDOWS:
            found = magnitudes(target[None], window)
            self._spectra.append((found, found.sum() + 1e-3, (found + MAGNITUDE_FLOOR).log()))

    def losses(self, sounds: Tensor) -> Tensor:
        """The loss of each of sounds (B, N): (B,)."""
        total = sounds.new_zeros(len(sounds))
        for window, (target, level, logs) in zip(WINDOWS, self._spectra, strict=True):
            rendered = magnitudes(sounds, window)
            share = (rendered - target).abs().sum((1, 2)) / level
            total = total + share + LOG_WEIGHT * ((rendered + MAGNITUDE_FLOOR).log() - logs).abs().mean((1, 2))
        return total


def published_loss(sound: Tensor, target: Tensor, events: int) -> Tensor:
    """The published loss of sounds (B, N), N a power of two, against targets."""
    total = sound.new_zeros(())
    for rendered, target_sound in zip(sound, target, strict=True):
        for band, target_band in zip(octave_bands(rendered), octave_bands(target_sound), strict=True):
            for window in PUBLISHED_WINDOWS:
                total = total + (octave_magnitudes(band, window) - octave_magnitudes(target_band, window)).abs().sum()
    return PUBLISHED_SCALE * events * total


def magnitudes(sound: Tensor, window: int) -> Tensor:
    """(B, N) → (B, frames, window/2 + 1): orthonormal Hann spectra at every quarter window, zeros around."""
    padded = torch.nn.functional.pad(sound, (window - window // 4, window))
    spectra = torch.fft.rfft(padded.unfold(1, window, window // 4) * _hann(window, sound.device), norm="ortho")
    return (spectra.real**2 + spectra.imag**2 + MIN_POWER).sqrt()


@cache
def _hann(window: int, device: torch.device) -> Tensor:
    return torch.hann_window(window, device=device)
