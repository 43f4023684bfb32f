"""The multi-scale spectral loss, with its gradient written out: one transform and one inverse for each window.

Sum over windows of mean|ΔS| + mean|Δlog(S + 1e-7)|, S magnitudes of Hann spectra, hop a quarter of the window.
Both differences have the same sign, so the gradient needs no logarithm. A step of learning compares every other frame
of a long window and every fourth of a short one, from a random one on: on average the same loss for a third of the
transforms.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from . import loss_kernel

WINDOWS = (2048, 1024, 512, 256, 128, 64)  # samples at USUAL_RATE
USUAL_RATE = 16_000  # Hz
MAGNITUDE_FLOOR = 1e-7
LONG_WINDOWS = 3  # of WINDOWS, of which a step compares every other frame, every fourth of the others

FrameChoice = tuple[int, int]
"""Which frames of a window are compared: the first, and from which to which; (0, 1) are all."""


def spectral_loss(
    sound: Tensor, target: Tensor, windows: tuple[int, ...] = WINDOWS, frames: Sequence[FrameChoice] = ()
) -> Tensor:
    """The loss of sounds (B, N) against targets (B, N); 0-d, differentiable in `sound`.

    frames: those of each window; without it all of all windows.
    """
    loss: Tensor = _SpectralLoss.apply(sound, target, windows, frames or ((0, 1),) * len(windows))
    return loss


def draw_frames(windows: tuple[int, ...], generator: torch.Generator) -> list[FrameChoice]:
    """The frames of each window that a step compares, from a random one on."""
    every = [2 if number < LONG_WINDOWS else 4 for number in range(len(windows))]
    return [(int(torch.randint(interval, (), generator=generator)), interval) for interval in every]


def windows_at(rate: int) -> tuple[int, ...]:
    """The windows at a rate in Hz, powers of two that last about as long as those at USUAL_RATE."""
    factor = 2 ** round(math.log2(max(rate / USUAL_RATE, 1)))
    return tuple(factor * window for window in WINDOWS)


def spectrum(sound: Tensor, window: int) -> Tensor:
    """(B, N) → (B, frames, window/2 + 1), as torch.stft centres them, ends reflected."""
    return _spectrum(_pad(sound, window), window, window // 4)


class _SpectralLoss(torch.autograd.Function):
    """The loss of all windows; the gradient is computed with it."""

    @staticmethod
    def forward(
        ctx: Any, sound: Tensor, target: Tensor, windows: Sequence[int], frames: Sequence[FrameChoice]
    ) -> Tensor:
        longest = max(windows)
        padded, padded_target = _pad(sound, longest), _pad(target, longest)
        slopes = torch.zeros_like(padded) if ctx.needs_input_grad[0] else None
        losses = []
        for window, (first, interval) in zip(windows, frames, strict=True):
            margin, hop = (longest - window) // 2, window // 4
            part = slice(margin + first * hop, padded.shape[1] - margin)
            spectra, target_spectra = (_spectrum(x[:, part], window, interval * hop) for x in (padded, padded_target))
            loss, spectra = _compare(spectra, target_spectra)
            losses.append(loss)
            if slopes is not None:
                _transpose_spectrum(spectra, window, interval * hop, slopes[:, part])
        if slopes is not None:
            ctx.gradient = _transpose_pad(slopes, longest)
        return torch.stack(losses).sum()

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None, None]:
        return outer[0] * ctx.gradient, None, None, None


def _pad(sound: Tensor, window: int) -> Tensor:
    """A sound (B, N) with half a window before and after it, reflected: (B, N + window)."""
    return torch.nn.functional.pad(sound, (window // 2, window // 2), mode="reflect")


def _transpose_pad(slopes: Tensor, window: int) -> Tensor:
    """The transpose of `_pad`: slopes (B, N + window) to (B, N)."""
    half, length = window // 2, slopes.shape[1] - window
    inner = slopes[:, half : half + length].clone()
    inner[:, 1 : half + 1] += slopes[:, :half].flip(1)
    inner[:, length - 1 - half : length - 1] += slopes[:, half + length :].flip(1)
    return inner


def _spectrum(padded: Tensor, window: int, step: int) -> Tensor:
    """Hann spectra (B, frames, bins) of a sound (B, N) from its start on."""
    return torch.fft.rfft(padded.unfold(1, window, step) * _hann(window, padded.device))


def _transpose_spectrum(slopes: Tensor, window: int, step: int, out: Tensor) -> None:
    """The transpose of `_spectrum`: slopes (B, frames, bins), overwritten, are added to out (B, N)."""
    slopes[..., 1:-1] *= 0.5
    rows, hann = torch.fft.irfft(slopes, window, norm="forward"), _hann(window, slopes.device)
    if rows.device.type == "cpu":
        loss_kernel.add_windows(rows.numpy(), hann.numpy(), step, out.numpy())
        return
    rows *= hann
    for frame in range(window // step):
        part = rows[:, frame :: window // step]
        flat = part.reshape(len(part), -1)
        out[:, frame * step : frame * step + flat.shape[1]] += flat


def _compare(spectra: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """The loss of spectra (B, frames, bins) and its gradient with respect to them, which may overwrite them."""
    if spectra.device.type == "cpu" and spectra.dtype == torch.complex64:
        return _compare_on_cpu(spectra, target)
    magnitudes, target_magnitudes = spectra.abs(), target.abs()
    linear = magnitudes - target_magnitudes
    ratio = (magnitudes + MAGNITUDE_FLOOR) / (target_magnitudes + MAGNITUDE_FLOOR)
    loss = linear.abs().mean() + torch.log(ratio).abs_().mean()
    slope = linear.sign_() * (1 + 1 / (magnitudes + MAGNITUDE_FLOOR)) / magnitudes.clamp_(min=1e-12)
    return loss, spectra * slope / slope.numel()


def _compare_on_cpu(spectra: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    ratios = torch.empty(spectra.shape, dtype=torch.float32).flatten(0, 1)
    parts = (torch.view_as_real(x).view(len(ratios), -1).numpy() for x in (spectra, target))
    total = loss_kernel.compare_spectra(*parts, ratios.numpy(), 1 / ratios.numel())
    return total / ratios.numel() + torch.log_(ratios).mean(), spectra


@cache
def _hann(window: int, device: torch.device) -> Tensor:
    return torch.hann_window(window, device=device)
