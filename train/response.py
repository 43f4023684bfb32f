"""Impulse responses of banks of damped modes, and convolution with them, fast enough to learn on a CPU.

Both are written with their gradients: automatic differentiation would keep every table of
cosines and turn each real FFT into a complex one of twice the work.
"""

from typing import Any

import torch
from torch import Tensor

BLOCK = 512  # samples per row of the factored table


def ring(decay: Tensor, angle: Tensor, real: Tensor, imag: Tensor, frames: int) -> Tensor:
    """What banks of J modes answer to a unit sample: h[n] = Σ Re((real + i·imag)·exp((i·angle − decay)·n)).

    decay, angle: (..., J) per sample, in float64, since angle·n has to be exact to a small part of a turn.
    real, imag: (..., J), whose type is that of the answer (..., frames).

    With n = bB + i the sum over modes is a matrix product of a table of b by a table of i.
    """
    lead, modes = real.shape[:-1], real.shape[-1]
    flat = (part.reshape(-1, modes) for part in (decay, angle, real, imag))
    return _Ring.apply(*flat, frames).reshape(*lead, frames)


def convolve(excitation: Tensor, responses: Tensor) -> Tensor:
    """Linear convolution of excitation (R, N) with each of responses (R, E, N), cut to N: (R, E, N)."""
    return _Convolve.apply(excitation, responses)


class _Ring(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, decay: Tensor, angle: Tensor, real: Tensor, imag: Tensor, frames: int) -> Tensor:
        rows = -(-frames // BLOCK)
        coarse = _powers(decay, angle, BLOCK, rows, real.dtype)  # (G, J, rows) re, im
        fine = _powers(decay, angle, 1, BLOCK, real.dtype)  # (G, J, BLOCK) re, im
        left_re = coarse[0] * real[..., None] - coarse[1] * imag[..., None]
        left_im = coarse[0] * imag[..., None] + coarse[1] * real[..., None]
        left = torch.cat((left_re, -left_im), 1).transpose(1, 2)
        ctx.save_for_backward(real, imag, *coarse, *fine)
        ctx.frames, ctx.wide = frames, decay.dtype
        return torch.bmm(left, torch.cat(fine, 1)).flatten(1)[:, :frames]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        """With S_k = Σ n^k·grad[n]·p^n every gradient is a part of S_0 or c·S_1."""
        real, imag, coarse_re, coarse_im, fine_re, fine_im = ctx.saved_tensors
        rows = coarse_re.shape[-1]
        grad = torch.nn.functional.pad(grads[0], (0, rows * BLOCK - ctx.frames)).unflatten(1, (rows, BLOCK))
        within = torch.arange(BLOCK, dtype=real.dtype, device=real.device)
        before = torch.arange(rows, dtype=real.dtype, device=real.device) * BLOCK
        table = torch.cat((fine_re, fine_im, fine_re * within, fine_im * within), 1)
        re, im, later_re, later_im = torch.bmm(table, grad.transpose(1, 2)).chunk(4, 1)  # each (G, J, rows)
        later_re, later_im = later_re + before * re, later_im + before * im
        zero_re, zero_im = _sum_product(coarse_re, coarse_im, re, im)
        one_re, one_im = _sum_product(coarse_re, coarse_im, later_re, later_im)
        decay = -(real * one_re - imag * one_im)
        angle = -(real * one_im + imag * one_re)
        return decay.to(ctx.wide), angle.to(ctx.wide), zero_re, -zero_im, None


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, excitation: Tensor, responses: Tensor) -> Tensor:
        frames = excitation.shape[-1]
        size = fast_length(2 * frames - 1)
        source = torch.fft.rfft(excitation, size)[:, None]
        answer = torch.fft.rfft(responses, size)
        ctx.save_for_backward(source, answer)
        ctx.frames, ctx.size = frames, size
        return torch.fft.irfft(source * answer, size)[..., :frames]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        source, answer = ctx.saved_tensors
        grad = torch.fft.rfft(grads[0], ctx.size)
        to_source = torch.fft.irfft((grad * answer.conj()).sum(1), ctx.size)[..., : ctx.frames]
        to_answer = torch.fft.irfft(grad * source.conj(), ctx.size)[..., : ctx.frames]
        return to_source, to_answer


def fast_length(least: int) -> int:
    """The smallest FFT length of the form 2^a, 3·2^a or 5·2^a that is not below `least`."""
    return min(odd << max(0, (-(-least // odd) - 1).bit_length()) for odd in (1, 3, 5))


def _powers(decay: Tensor, angle: Tensor, stride: int, count: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Real and imaginary part of exp((i·angle − decay)·stride·k) for k < count: two of (G, J, count)."""
    steps = stride * torch.arange(count, dtype=angle.dtype, device=angle.device)
    phase = torch.remainder(angle[..., None] * steps, 2 * torch.pi).to(dtype)
    size = torch.exp(-(decay.to(dtype)[..., None] * steps.to(dtype)))
    return size * phase.cos(), size * phase.sin()


def _sum_product(a_re: Tensor, a_im: Tensor, b_re: Tensor, b_im: Tensor) -> tuple[Tensor, Tensor]:
    """Σ a·b over the last axis, of complex numbers in parts."""
    return (a_re * b_re - a_im * b_im).sum(-1), (a_re * b_im + a_im * b_re).sum(-1)
