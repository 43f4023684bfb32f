"""Spectral losses between sounds, by the magnitudes of their short-time spectra."""

from functools import cache

import torch
from torch import Tensor

WINDOW, HOP = 2048, 256  # samples, of the published loss
LOG_WINDOWS = (512, 1024, 2048, 4096)  # samples, of the multi-resolution log loss
MAGNITUDE_FLOOR = 1e-3  # smaller magnitudes count as silence in logarithms


class SpectralTarget:
    """A target sound (N,) and its spectra, computed once."""

    def __init__(self, sound: Tensor) -> None:
        self.sound = sound
        self._magnitudes = magnitudes(sound)
        self._onset = _onset_magnitudes(sound)
        self._logs = {window: _log_magnitudes(sound, window) for window in LOG_WINDOWS}

    def loss(self, sound: Tensor) -> Tensor:
        """The published loss: the summed absolute difference of magnitudes."""
        return (magnitudes(sound) - self._magnitudes).abs().sum()

    def onset_loss(self, sound: Tensor) -> Tensor:
        """The same over windows that begin before the sound: other windows hardly weigh its first milliseconds."""
        return (_onset_magnitudes(sound) - self._onset).abs().sum()

    def log_loss(self, sound: Tensor) -> Tensor:
        """Mean difference of log magnitudes over four resolutions; unlike the published loss it weighs decays."""
        losses = [(_log_magnitudes(sound, window) - logs).abs().mean() for window, logs in self._logs.items()]
        return torch.stack(losses).mean()


def magnitudes(sound: Tensor, window: int = WINDOW, hop: int = HOP) -> Tensor:
    """(N,) → (N // hop, window/2 + 1): orthonormal Hann spectra; row i begins at sample i·hop, zeros at the end."""
    rows = torch.nn.functional.pad(sound, (0, window)).unfold(0, window, hop)[: len(sound) // hop]
    hann = _hann(window, sound.dtype, sound.device)
    return torch.fft.rfft(rows * hann, norm="ortho").abs()


def _onset_magnitudes(sound: Tensor) -> Tensor:
    return magnitudes(torch.nn.functional.pad(sound[:WINDOW], (WINDOW - HOP, 0)))[: WINDOW // HOP - 1]


def _log_magnitudes(sound: Tensor, window: int) -> Tensor:
    return magnitudes(sound, window, window // 4).add(MAGNITUDE_FLOOR).log()


@cache
def _hann(window: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    return torch.hann_window(window, dtype=dtype, device=device)
