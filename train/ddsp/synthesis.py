"""Synthesis from controls: harmonics, filtered noise and a room, for whole clips at once.

A clip of F frames has F + 1 controls: frame j goes from control j to control j + 1.
"""

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor

from . import sine_kernel


def render_harmonics(amplitudes: Tensor, phase: Tensor, ramps: bool = True) -> Tensor:
    """Sum of sines (B, F·hop).

    amplitudes: (B, F + 1, H). phase: (B, F, hop) of the fundamental, in cycles; it needs no gradient, so the sines of
    a frame are a fixed matrix, and the sound one product with it. On a CPU they are never written: sine_kernel.py.
    """
    batch, frames, hop = phase.shape
    if ramps and amplitudes.device.type == "cpu" and amplitudes.dtype == torch.float32:
        return _SineSum.apply(amplitudes, phase).view(batch, -1)
    sines = _sines(phase.reshape(-1, hop), amplitudes.shape[-1])
    if not ramps:
        return torch.bmm(amplitudes[:, :-1].reshape(-1, 1, amplitudes.shape[-1]), sines).view(batch, -1)
    ends = torch.stack([amplitudes[:, :-1], amplitudes[:, 1:]], 2).view(batch * frames, 2, -1)
    return _interpolate(torch.bmm(ends, sines), hop).view(batch, -1)


def render_noise(bands: Tensor, hop: int, ramps: bool = True, generator: torch.Generator | None = None) -> Tensor:
    """White noise through time-varying filters (B, F·hop). bands: (B, F + 1, Nb) magnitudes up to half the rate."""
    batch, controls, count = bands.shape
    frames, reach = controls - 1, count - 1
    size = _fft_size(hop + 2 * reach)
    white = 2 * torch.rand(batch, frames * hop + size - hop, generator=generator).to(bands.device) - 1
    spectra = torch.fft.rfft(white.unfold(1, size, hop))
    gains = bands @ _responses(count, size).to(bands)
    ends = (gains[:, :-1], gains[:, 1:]) if ramps else (gains[:, :-1],)
    parts = torch.fft.irfft(spectra[:, :, None] * torch.stack(ends, 2), size)[..., reach : reach + hop]
    return (_interpolate(parts, hop) if ramps else parts[:, :, 0]).reshape(batch, -1)


def apply_room(dry: Tensor, room: Tensor, share: float) -> Tensor:
    """The direct sound (B, N) times its share, plus its convolution with a room (taps,)."""
    wet: Tensor = _Convolution.apply(dry, room)
    return share * dry + wet


def phase_in_cycles(pitch: Tensor, rate: int, hop: int) -> Tensor:
    """Phase in cycles (F, hop) float32, wrapped, of a pitch (F + 1,) in Hz, linear between frames."""
    part = torch.arange(hop, dtype=torch.float64, device=pitch.device) / hop
    start = pitch.double()[:-1, None]
    step = start + (pitch.double()[1:, None] - start) * part
    return torch.remainder(torch.cumsum(step.flatten() / rate, 0), 1.0).view(-1, hop).float()


class _SineSum(torch.autograd.Function):
    """Amplitudes (B, F + 1, H) and phase (B, F, hop) to their sum of sines (B, F, hop)."""

    @staticmethod
    def forward(ctx: Any, amplitudes: Tensor, phase: Tensor) -> Tensor:
        amplitudes, phase = amplitudes.detach().contiguous(), phase.contiguous()
        ctx.save_for_backward(amplitudes, phase)
        sound = torch.empty_like(phase)
        sine_kernel.add_sines(amplitudes.numpy(), phase.numpy(), sound.numpy())
        return sound

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None]:
        amplitudes, phase = ctx.saved_tensors
        gradients = torch.zeros_like(amplitudes)
        slopes = outer[0].contiguous().numpy()
        sine_kernel.add_sine_gradients(amplitudes.numpy(), phase.numpy(), slopes, gradients.numpy())
        return gradients, None


class _Convolution(torch.autograd.Function):
    """Sounds (B, N) convolved with a response (taps,), as long as they were; its gradient has real transforms too."""

    @staticmethod
    def forward(ctx: Any, sound: Tensor, response: Tensor) -> Tensor:
        size = _fft_size(sound.shape[1] + len(response) - 1)
        spectra, spectrum = torch.fft.rfft(sound, size), torch.fft.rfft(response, size)
        ctx.save_for_backward(spectra, spectrum)
        ctx.size, ctx.taps = size, len(response)
        return torch.fft.irfft(spectra * spectrum, size)[:, : sound.shape[1]]

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, Tensor]:
        spectra, spectrum = ctx.saved_tensors
        slopes = torch.fft.rfft(outer[0], ctx.size)
        sound = torch.fft.irfft(slopes * spectrum.conj(), ctx.size)[:, : outer[0].shape[1]]
        response = torch.fft.irfft((slopes * spectra.conj()).sum(0), ctx.size)[: ctx.taps]
        return sound, response


def _sines(phase: Tensor, count: int) -> Tensor:
    """Phase (n, hop) in cycles to the sines (n, count, hop) of its multiples, each rotated from the one before."""
    angle = 2 * math.pi * phase
    sines = torch.empty(len(phase), count, phase.shape[1], dtype=phase.dtype, device=phase.device)
    sine, cosine = torch.sin(angle), torch.cos(angle)
    sine_k, cosine_k = sine, cosine
    for k in range(count):
        sines[:, k] = sine_k
        sine_k, cosine_k = sine_k * cosine + cosine_k * sine, cosine_k * cosine - sine_k * sine
    return sines


def _interpolate(ends: Tensor, hop: int) -> Tensor:
    """A linear cross-fade from the first of two sounds (…, 2, hop) to the second."""
    part = torch.arange(hop, dtype=ends.dtype, device=ends.device) / hop
    return torch.lerp(ends[..., 0, :], ends[..., 1, :], part)


@cache
def _responses(count: int, size: int) -> Tensor:
    """(count, size/2 + 1): zero-phase responses of the filter of each band alone, with Hann window."""
    length = 2 * (count - 1)
    taps = torch.fft.irfft(torch.eye(count, dtype=torch.float64), length)
    window = torch.hann_window(length, dtype=torch.float64).roll(length // 2)
    kernel = torch.zeros(count, size, dtype=torch.float64)
    kernel[:, : count - 1] = (taps * window)[:, : count - 1]
    kernel[:, -(count - 1) :] = (taps * window)[:, -(count - 1) :]
    return torch.fft.rfft(kernel).real


@cache
def _fft_size(min_size: int) -> int:
    """The next even size with small factors."""
    size = min_size
    while True:
        remainder = size
        for factor in (2, 3, 5):
            while remainder % factor == 0:
                remainder //= factor
        if remainder == 1 and size % 2 == 0:
            return size
        size += 1
