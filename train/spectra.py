"""How far apart two sounds are, heard through short-time spectra."""

from functools import cache

import torch
from torch import Tensor

WINDOW, HOP = 2048, 256  # samples, of the published loss
SCALES = (512, 1024, 2048, 4096)  # windows of the multi-resolution loss
FLOOR = 1e-3  # magnitudes below it count as silence in logs


def magnitudes(sound: Tensor, window: int = WINDOW, hop: int = HOP) -> Tensor:
    """(N,) → (N // hop, window/2 + 1): orthonormal Hann spectra; row i begins at sample i·hop, zeros at the end."""
    rows = torch.nn.functional.pad(sound, (0, window)).unfold(0, window, hop)[: len(sound) // hop]
    hann = _hann(window, sound.dtype, sound.device)
    return torch.fft.rfft(rows * hann, norm="ortho").abs()


def distance(sound: Tensor, target: Tensor) -> Tensor:
    """The published loss: summed difference of the magnitudes of (N,) and (N,)."""
    return (magnitudes(sound) - magnitudes(target)).abs().sum()


def log_distance(sound: Tensor, target: Tensor) -> Tensor:
    """Mean difference of log magnitudes over four resolutions; nearer to the ear where a sound decays."""
    return torch.stack([_log_difference(sound, target, window) for window in SCALES]).mean()


def _log_difference(sound: Tensor, target: Tensor, window: int) -> Tensor:
    spectra = (magnitudes(part, window, window // 4).add(FLOOR).log() for part in (sound, target))
    return torch.nn.functional.l1_loss(*spectra)


@cache
def _hann(window: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.hann_window(window, dtype=dtype, device=device)
