"""Synthesis from controls: harmonics, filtered noise and a room, for whole clips at once.

A clip of F frames has F + 1 controls: frame j goes from control j to control j + 1.
"""

import math
from functools import cache

import torch
from torch import Tensor


def render_harmonics(amplitudes: Tensor, phase: Tensor, ramps: bool = True) -> Tensor:
    """Sum of sines (B, F·hop).

    amplitudes: (B, F + 1, H). phase: (B, F, hop) of the fundamental, in cycles; it needs no gradient, so the sines of
    a frame are a fixed matrix, and the sound one product with it.
    """
    batch, frames, hop = phase.shape
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
    size = _fft_size(dry.shape[1] + len(room) - 1)
    wet = torch.fft.irfft(torch.fft.rfft(dry, size) * torch.fft.rfft(room, size), size)[:, : dry.shape[1]]
    return share * dry + wet


def phase_in_cycles(pitch: Tensor, rate: int, hop: int) -> Tensor:
    """Phase in cycles (F, hop) float32, wrapped, of a pitch (F + 1,) in Hz, linear between frames."""
    part = torch.arange(hop, dtype=torch.float64, device=pitch.device) / hop
    start = pitch.double()[:-1, None]
    step = start + (pitch.double()[1:, None] - start) * part
    return torch.remainder(torch.cumsum(step.flatten() / rate, 0), 1.0).view(-1, hop).float()


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
