"""How far the sounds of a model are from their targets.

Ours: spectra of several sizes, linear as a share of the target and in logarithms above a floor. Published: the summed
difference of short spectra in octaves; what was meant to be one loss for each event is that of the mixture, times
the number of events.
"""

from functools import cache

import torch
from torch import Tensor

from train.ssm import octave_loss

WINDOWS = (2048, 1024, 512, 128)
FLOOR = 1e-3  # magnitudes below it count as silence
LOGS = 0.5  # weight of the difference of logarithms
TINY = 1e-12  # of a power: a gradient ends there
PUBLISHED_WINDOWS = (128, 64)
PUBLISHED_SCALE = 1e-6


def distance(sound: Tensor, target: Tensor) -> Tensor:
    """Of sounds (B, N) from targets (B, N), a number about 1 for each window where nothing fits."""
    total = sound.new_zeros(())
    for window in WINDOWS:
        made, meant = magnitudes(sound, window), magnitudes(target, window)
        total = total + apart(made, meant)
    return total


def apart(made: Tensor, meant: Tensor) -> Tensor:
    """How far magnitudes are from others: as a share, and in logarithms."""
    share = (made - meant).abs().sum() / (meant.sum() + 1e-3)
    return share + LOGS * ((made + FLOOR).log() - (meant + FLOOR).log()).abs().mean()


def distances(sounds: Tensor, meant: list[Tensor]) -> Tensor:
    """Each of sounds (B, N) by itself from one target, of which the magnitudes (1, frames, bins) are given: (B,)."""
    total = sounds.new_zeros(len(sounds))
    for window, other in zip(WINDOWS, meant, strict=True):
        made = magnitudes(sounds, window)
        share = (made - other).abs().sum((1, 2)) / (other.sum() + 1e-3)
        total = total + share + LOGS * ((made + FLOOR).log() - (other + FLOOR).log()).abs().mean((1, 2))
    return total


def published_distance(sound: Tensor, target: Tensor, events: int) -> Tensor:
    """Of sounds (B, N), N a power of two, from targets."""
    total = sound.new_zeros(())
    for made, meant in zip(sound, target, strict=True):
        for one, other in zip(octave_loss.bands(made), octave_loss.bands(meant), strict=True):
            for window in PUBLISHED_WINDOWS:
                total = (
                    total + (octave_loss.magnitudes(one, window) - octave_loss.magnitudes(other, window)).abs().sum()
                )
    return PUBLISHED_SCALE * events * total


def magnitudes(sound: Tensor, window: int) -> Tensor:
    """(B, N) → (B, frames, window/2 + 1): orthonormal Hann spectra at every quarter window; silence around."""
    around = torch.nn.functional.pad(sound, (window - window // 4, window))
    spectra = torch.fft.rfft(around.unfold(1, window, window // 4) * _hann(window, sound.device), norm="ortho")
    return (spectra.real**2 + spectra.imag**2 + TINY).sqrt()


@cache
def _hann(window: int, device: torch.device) -> Tensor:
    return torch.hann_window(window, device=device)
