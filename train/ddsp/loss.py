"""The multi-scale spectral loss, with its gradient written out: one transform and one inverse for each window.

Sum over windows of mean|ΔS| + mean|Δlog(S + 1e-7)|, S magnitudes of Hann spectra, hop a quarter of the window.
Both differences have the same sign, so the gradient needs no logarithm.
"""

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor

WINDOWS = (2048, 1024, 512, 256, 128, 64)  # samples at USUAL_RATE
USUAL_RATE = 16_000  # Hz
MAGNITUDE_FLOOR = 1e-7


def spectral_loss(sound: Tensor, target: Tensor, windows: tuple[int, ...] = WINDOWS) -> Tensor:
    """The loss of sounds (B, N) against targets (B, N); 0-d, differentiable in `sound`."""
    return torch.stack([_WindowLoss.apply(sound, target, window) for window in windows]).sum()


def windows_at(rate: int) -> tuple[int, ...]:
    """The windows at a rate in Hz, powers of two that last about as long as those at USUAL_RATE."""
    factor = 2 ** round(math.log2(max(rate / USUAL_RATE, 1)))
    return tuple(factor * window for window in WINDOWS)


def spectrum(sound: Tensor, window: int) -> Tensor:
    """(B, N) → (B, frames, window/2 + 1), as torch.stft centres them, ends reflected."""
    padded = torch.nn.functional.pad(sound, (window // 2, window // 2), mode="reflect")
    return torch.fft.rfft(padded.unfold(1, window, window // 4) * _hann(window, sound.device))


class _WindowLoss(torch.autograd.Function):
    """The loss of one window; the gradient is computed with it."""

    @staticmethod
    def forward(ctx: Any, sound: Tensor, target: Tensor, window: int) -> Tensor:
        spectra = spectrum(sound, window)
        magnitudes, target_magnitudes = spectra.abs(), spectrum(target, window).abs()
        linear = magnitudes - target_magnitudes
        ratio = (magnitudes + MAGNITUDE_FLOOR) / (target_magnitudes + MAGNITUDE_FLOOR)
        loss = linear.abs().mean() + torch.log(ratio).abs_().mean()
        if ctx.needs_input_grad[0]:
            slope = linear.sign_() * (1 + 1 / (magnitudes + MAGNITUDE_FLOOR)) / magnitudes.clamp_(min=1e-12)
            ctx.gradient = _transpose_spectrum(spectra * slope / slope.numel(), sound.shape[1], window)
        return loss

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None]:
        return outer[0] * ctx.gradient, None, None


def _transpose_spectrum(slopes: Tensor, length: int, window: int) -> Tensor:
    """Gradients of spectra to those of the sound (B, N): each step of `spectrum` transposed."""
    hop, (batch, frames, _) = window // 4, slopes.shape
    slopes[..., 1:-1] *= 0.5
    rows = torch.fft.irfft(slopes, window, norm="forward") * _hann(window, slopes.device)
    padded = rows.new_zeros(batch, frames + 3, hop)
    for part in range(4):
        padded[:, part : part + frames] += rows[..., part * hop : (part + 1) * hop]
    flat, half = padded.view(batch, -1), window // 2
    flat = torch.nn.functional.pad(flat, (0, length + window - flat.shape[1]))
    inner = flat[:, half : half + length].clone()
    inner[:, 1 : half + 1] += flat[:, :half].flip(1)
    inner[:, length - 1 - half : length - 1] += flat[:, half + length :].flip(1)
    return inner


@cache
def _hann(window: int, device: torch.device) -> Tensor:
    return torch.hann_window(window, device=device)
