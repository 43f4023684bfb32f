"""How far apart two sounds are, heard in octaves: the published loss of state-space instruments.

A sound is cut into octave bands, each kept at its own rate, and every band into short spectra of several sizes. A low
band is louder than a high one by the root of the ratio of their rates, so that octaves count about alike.
"""

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor

from . import fast_stft_loss

LOWEST = 512  # samples of the lowest band over the whole sound
WINDOWS = (128, 64, 16)  # samples of a band, each taken at every half window
DITHERED = 32  # the window of the part that is dithered
ALL = (*WINDOWS, DITHERED)
TINY = 1e-14  # of a power: a gradient ends there


class Target:
    """A sound (N,) to be met, N a power of two."""

    def __init__(self, sound: Tensor) -> None:
        octaves = bands(sound)
        self._spectra = {window: [_cut(magnitudes(band, window), window) for band in octaves] for window in ALL}

    def distance(self, sound: Tensor) -> Tensor:
        """The published loss without its dither: summed differences of magnitudes, and what is too loud."""
        return self._compare(sound, None)

    def dithered(self, sound: Tensor, generator: torch.Generator) -> Tensor:
        """The published loss: the part of DITHERED is compared with noise of its own mean and deviation."""
        return self._compare(sound, generator)

    def _compare(self, sound: Tensor, generator: torch.Generator | None) -> Tensor:
        parts = []
        for number, band in enumerate(bands(sound)):
            for window in ALL:
                wanted, pull = self._spectra[window][number], 0.0
                if window == DITHERED:
                    found = _cut(magnitudes(band.detach(), window), window)
                    norm, excess = found.norm(), found.norm() - wanted.norm()
                    parts.append(torch.relu(excess))
                    pull = float(1 / norm) if excess > 0 else 0.0
                    if generator is not None:
                        wanted = wanted - _noise(wanted - found, generator)
                parts.append(_Difference.apply(band, wanted, window, pull))
        return torch.stack(parts).sum()


class _Difference(torch.autograd.Function):
    """The summed difference of a band's magnitudes from those wanted; `pull`: see nearness.py."""

    @staticmethod
    def forward(ctx: Any, band: Tensor, wanted: Tensor, window: int, pull: float) -> Tensor:
        if band.is_cuda:
            with torch.enable_grad():
                known = band.detach().requires_grad_()
                found = _cut(magnitudes(known, window), window)
                total = (found - wanted).abs().sum()
                (gradient,) = torch.autograd.grad(total + pull * found.square().sum() / 2, known)
        else:
            number, slopes = fast_stft_loss.compare(band.detach().numpy(), wanted.numpy(), window, pull)
            total, gradient = torch.tensor(number, dtype=band.dtype), torch.from_numpy(slopes)
        ctx.save_for_backward(gradient)
        return total.detach()

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None, None]:
        return outer[0] * ctx.saved_tensors[0], None, None, None


def bands(sound: Tensor) -> list[Tensor]:
    """Octaves of a sound (N,), lowest first, of LOWEST, 2 LOWEST, … N samples; together they have its energy."""
    spectrum = torch.fft.rfft(sound, norm="ortho")
    size, found = LOWEST, []
    while size <= len(sound):
        part = spectrum[: size // 2 + 1]
        if size > LOWEST:
            part = torch.cat([torch.zeros_like(part[: size // 4]), part[size // 4 :]])
        found.append(torch.fft.irfft(part, n=size, norm="ortho"))
        size *= 2
    return found


def magnitudes(sound: Tensor, window: int) -> Tensor:
    """(N,) → (2 N / window, window/2 + 1): orthonormal Hann spectra at every half window, zeros behind the end."""
    if not sound.requires_grad and not sound.is_cuda:
        return torch.from_numpy(fast_stft_loss.magnitudes(sound.numpy(), window))
    half = window // 2
    halves = torch.nn.functional.pad(sound, (0, half)).view(-1, half)
    first, second = _transform(window, sound.dtype, sound.device)
    both = halves[:-1] @ first + halves[1:] @ second
    real, imaginary = both.tensor_split(2, dim=1)
    return (real * real + imaginary * imaginary + TINY).sqrt()


def _cut(found: Tensor, window: int) -> Tensor:
    """Magnitudes as they are compared: those to be dithered lack their highest bin, as published."""
    return found[:, :-1].contiguous() if window == DITHERED else found


def _noise(rest: Tensor, generator: torch.Generator) -> Tensor:
    drawn = torch.empty(rest.shape).normal_(generator=generator).to(rest.device)
    known = rest.detach()
    return known.mean() + (known.std() + 1e-6) * drawn


@cache
def _transform(window: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """What the first and the second half of a window send to the real and then the imaginary parts of its bins."""
    time = torch.arange(window, dtype=torch.float64)
    turns = time[:, None] * torch.arange(window // 2 + 1) * (2 * math.pi / window)
    hann = torch.hann_window(window, dtype=torch.float64)[:, None] / math.sqrt(window)
    both = (hann * torch.cat([turns.cos(), -turns.sin()], 1)).to(device, dtype)
    return both[: window // 2].contiguous(), both[window // 2 :].contiguous()
