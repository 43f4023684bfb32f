"""The published loss of state-space instruments: spectral differences in octave bands.

A sound is split into octave bands, each at its own rate, and every band into short spectra of several sizes. A low
band is louder than a high one by the root of the ratio of their rates, so that octaves have about equal weight.
"""

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor

from . import stft_loss_kernel

LOWEST_BAND_SAMPLES = 512  # samples of the lowest band over the whole sound
WINDOWS = (128, 64, 16)  # samples of a band, each taken at every half window
DITHERED_WINDOW = 32  # the window of the part that is dithered
ALL_WINDOWS = (*WINDOWS, DITHERED_WINDOW)
MIN_POWER = 1e-14  # keeps gradients finite


class OctaveTarget:
    """A target sound (N,), N a power of two, and its spectra, computed once."""

    def __init__(self, sound: Tensor) -> None:
        octaves = octave_bands(sound)
        self._spectra = {
            window: [_compared_bins(magnitudes(band, window), window) for band in octaves] for window in ALL_WINDOWS
        }

    def loss(self, sound: Tensor) -> Tensor:
        """The published loss without its dither: summed differences of magnitudes, and excess of their norm."""
        return self._compare(sound, None)

    def dithered_loss(self, sound: Tensor, generator: torch.Generator) -> Tensor:
        """The published loss: the part of DITHERED_WINDOW is compared with noise of its own mean and deviation."""
        return self._compare(sound, generator)

    def _compare(self, sound: Tensor, generator: torch.Generator | None) -> Tensor:
        parts = []
        for number, band in enumerate(octave_bands(sound)):
            for window in ALL_WINDOWS:
                target, norm_slope = self._spectra[window][number], 0.0
                if window == DITHERED_WINDOW:
                    magnitudes_of_band = _compared_bins(magnitudes(band.detach(), window), window)
                    norm, excess = magnitudes_of_band.norm(), magnitudes_of_band.norm() - target.norm()
                    parts.append(torch.relu(excess))
                    norm_slope = float(1 / norm) if excess > 0 else 0.0
                    if generator is not None:
                        target = target - _noise(target - magnitudes_of_band, generator)
                parts.append(_MagnitudeLoss.apply(band, target, window, norm_slope))
        return torch.stack(parts).sum()


class _MagnitudeLoss(torch.autograd.Function):
    """The summed difference of a band's magnitudes from those of the target; norm_slope: see stft_loss_kernel.py."""

    @staticmethod
    def forward(ctx: Any, band: Tensor, target: Tensor, window: int, norm_slope: float) -> Tensor:
        if band.is_cuda:
            with torch.enable_grad():
                leaf = band.detach().requires_grad_()
                rendered = _compared_bins(magnitudes(leaf, window), window)
                total = (rendered - target).abs().sum()
                (gradient,) = torch.autograd.grad(total + norm_slope * rendered.square().sum() / 2, leaf)
        else:
            number, slopes = stft_loss_kernel.magnitude_loss(
                band.detach().numpy(), target.numpy(), window, norm_slope
            )
            total, gradient = torch.tensor(number, dtype=band.dtype), torch.from_numpy(slopes)
        ctx.save_for_backward(gradient)
        return total.detach()

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None, None]:
        return outer[0] * ctx.saved_tensors[0], None, None, None


def octave_bands(sound: Tensor) -> list[Tensor]:
    """Octave bands of a sound (N,), lowest first, each twice as long as the one before; they have its energy."""
    spectrum = torch.fft.rfft(sound, norm="ortho")
    size, bands = LOWEST_BAND_SAMPLES, []
    while size <= len(sound):
        part = spectrum[: size // 2 + 1]
        if size > LOWEST_BAND_SAMPLES:
            part = torch.cat([torch.zeros_like(part[: size // 4]), part[size // 4 :]])
        bands.append(torch.fft.irfft(part, n=size, norm="ortho"))
        size *= 2
    return bands


def magnitudes(sound: Tensor, window: int) -> Tensor:
    """(N,) → (2 N / window, window/2 + 1): orthonormal Hann spectra at every half window, zeros after the end."""
    if not sound.requires_grad and not sound.is_cuda:
        return torch.from_numpy(stft_loss_kernel.magnitudes(sound.numpy(), window))
    half = window // 2
    halves = torch.nn.functional.pad(sound, (0, half)).view(-1, half)
    first, second = _transform(window, sound.dtype, sound.device)
    both = halves[:-1] @ first + halves[1:] @ second
    real, imaginary = both.tensor_split(2, dim=1)
    return (real * real + imaginary * imaginary + MIN_POWER).sqrt()


def _compared_bins(found: Tensor, window: int) -> Tensor:
    """Magnitudes that are compared: the dithered ones without their highest bin, as published."""
    return found[:, :-1].contiguous() if window == DITHERED_WINDOW else found


def _noise(difference: Tensor, generator: torch.Generator) -> Tensor:
    noise = torch.empty(difference.shape).normal_(generator=generator).to(difference.device)
    constant = difference.detach()
    return constant.mean() + (constant.std() + 1e-6) * noise


@cache
def _transform(window: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """Matrices from the first and the second half of a window to the real, then the imaginary parts of its bins."""
    time = torch.arange(window, dtype=torch.float64)
    phase = time[:, None] * torch.arange(window // 2 + 1) * (2 * math.pi / window)
    hann = torch.hann_window(window, dtype=torch.float64)[:, None] / math.sqrt(window)
    both = (hann * torch.cat([phase.cos(), -phase.sin()], 1)).to(device, dtype)
    return both[: window // 2].contiguous(), both[window // 2 :].contiguous()
