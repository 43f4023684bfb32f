"""How far apart two sounds are, heard through short-time spectra."""

from functools import cache

import torch
from torch import Tensor

WINDOW, HOP = 2048, 256  # samples, of the published loss
SCALES = (512, 1024, 2048, 4096)  # windows of the multi-resolution loss
FLOOR = 1e-3  # magnitudes below it count as silence in logs


class Target:
    """A sound (N,) to be met."""

    def __init__(self, sound: Tensor) -> None:
        self.sound = sound
        self._plain = magnitudes(sound)
        self._early = _early_magnitudes(sound)
        self._logs = {window: _log_magnitudes(sound, window) for window in SCALES}

    def distance(self, sound: Tensor) -> Tensor:
        """The published loss: the summed difference of magnitudes."""
        return (magnitudes(sound) - self._plain).abs().sum()

    def early_distance(self, sound: Tensor) -> Tensor:
        """The same of windows that begin before the sound; without them nothing hears its first milliseconds."""
        return (_early_magnitudes(sound) - self._early).abs().sum()

    def log_distance(self, sound: Tensor) -> Tensor:
        """Mean difference of log magnitudes over four resolutions; it hears decays that the other does not."""
        parts = [(_log_magnitudes(sound, window) - logs).abs().mean() for window, logs in self._logs.items()]
        return torch.stack(parts).mean()


def magnitudes(sound: Tensor, window: int = WINDOW, hop: int = HOP) -> Tensor:
    """(N,) → (N // hop, window/2 + 1): orthonormal Hann spectra; row i begins at sample i·hop, zeros at the end."""
    rows = torch.nn.functional.pad(sound, (0, window)).unfold(0, window, hop)[: len(sound) // hop]
    hann = _hann(window, sound.dtype, sound.device)
    return torch.fft.rfft(rows * hann, norm="ortho").abs()


def _early_magnitudes(sound: Tensor) -> Tensor:
    return magnitudes(torch.nn.functional.pad(sound[:WINDOW], (WINDOW - HOP, 0)))[: WINDOW // HOP - 1]


def _log_magnitudes(sound: Tensor, window: int) -> Tensor:
    return magnitudes(sound, window, window // 4).add(FLOOR).log()


@cache
def _hann(window: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.hann_window(window, dtype=dtype, device=device)
