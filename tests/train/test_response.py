"""The fast evaluation against the sums and products that it stands for."""

import pytest
import torch

from train.response import convolve, fast_length, ring


def _modes(dtype: torch.dtype) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(0)
    decay = torch.rand(2, 3, 5, dtype=torch.float64) * 0.01
    angle = torch.rand(2, 3, 5, dtype=torch.float64) * torch.pi
    real, imag = torch.randn(2, 2, 3, 5, dtype=dtype)
    return decay, angle, real, imag


@pytest.mark.parametrize("frames", [1, 511, 512, 1300])
def test_the_factored_response_is_the_sum_of_the_modes(frames):
    decay, angle, real, imag = _modes(torch.float64)
    time = torch.arange(frames, dtype=torch.float64)
    poles = torch.exp(torch.complex(-decay, angle)[..., None] * time)
    direct = (torch.complex(real, imag)[..., None] * poles).real.sum(-2)
    torch.testing.assert_close(ring(decay, angle, real, imag, frames), direct, rtol=0, atol=1e-11)


def test_single_precision_keeps_the_phase_over_six_seconds():
    decay, angle, real, imag = _modes(torch.float32)
    decay = decay * 1e-3
    wide = ring(decay, angle, real.double(), imag.double(), 2**17)
    narrow = ring(decay, angle, real, imag, 2**17)
    assert (narrow - wide).norm() / wide.norm() < 1e-6


def test_gradients_of_the_response_are_those_of_differences():
    parts = [part[0, :1, :2].requires_grad_() for part in _modes(torch.float64)]
    assert torch.autograd.gradcheck(lambda *modes: ring(*modes, 700), parts)


def test_convolution_is_linear_and_causal():
    torch.manual_seed(0)
    excitation = torch.randn(2, 50, dtype=torch.float64)
    responses = torch.randn(2, 3, 50, dtype=torch.float64)
    direct = torch.zeros(2, 3, 50, dtype=torch.float64)
    for n in range(50):
        direct[..., n] = (excitation[:, None, : n + 1] * responses[..., : n + 1].flip(-1)).sum(-1)
    torch.testing.assert_close(convolve(excitation, responses), direct)


def test_gradients_of_convolution_are_those_of_differences():
    torch.manual_seed(0)
    excitation = torch.randn(2, 9, dtype=torch.float64, requires_grad=True)
    responses = torch.randn(2, 3, 9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(convolve, (excitation, responses))


@pytest.mark.parametrize(("least", "length"), [(1, 1), (17, 20), (21, 24), (262143, 262144), (40000, 40960)])
def test_transform_lengths_have_small_factors(least, length):
    assert fast_length(least) == length
