"""The variants that the modal kernel is compared with compute the same."""

import numpy as np
import pytest

from benchmarks.kernels import modal_variants, modes_against_convolution
from benchmarks.kernels.modal import _complex_numbers, random_bank
from engine.dsp import modal, modal_plain, modal_simd


def driven(variant):
    bank, partials = random_bank(np.random.default_rng(4), 256)
    u, out = np.random.default_rng(5).uniform(-1, 1, 64).astype(np.float32), np.zeros((2, 64), np.float32)
    variant(bank, partials, u, *out)
    return out


def kernel(bank, partials, u, left, right):
    sums = modal.new_sums(1)
    modal.advance_driven(bank, u, sums[0])
    modal.mix_sums(sums, np.ones((1, 64), np.float32), left, right)


def time_outside(bank, partials, u, left, right):
    modal_variants.time_outside(bank, u, modal.new_sums(1), np.ones((1, 64), np.float32), left, right, 1)


def time_inside(bank, partials, u, left, right):
    modal_variants.time_inside(bank, u, left, right, 1)


def complex_numbers(bank, partials, u, left, right):
    z, p, c = np.zeros((3, 256), np.complex64)
    p[:], c[:] = _complex_numbers(partials)
    modal_variants.complex_numbers(z, p, c, bank[modal.SIDE].copy(), u, left, right, 1)


@pytest.mark.parametrize("variant", [time_outside, time_inside, complex_numbers])
def test_every_plain_variant_computes_the_same_as_the_kernel(variant):
    np.testing.assert_allclose(driven(variant), driven(kernel), atol=1e-5)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("kernels", [modal_simd, modal_plain])
def test_the_compiled_players_convolve_with_each_variant_and_weight_the_results(kernels, channels):
    noise, frames = np.random.default_rng(6), 100
    pairs = [random_bank(noise, 8) for _ in range(4)]
    banks = np.stack([bank for bank, _ in pairs]).reshape(2, 2, *pairs[0][0].shape)
    banks[:, :, modal.SIDE] = 0
    u, weight = (noise.random((2, 2, 50)).astype(np.float32) for _ in range(2))
    out = np.zeros((2, 2, 2, 50), np.float32)
    modes_against_convolution.compile_player(kernels)(banks, u, modal.new_sums(2, channels), weight, out, 1)
    for r in range(2):
        each = [_response(pairs[2 * r + e][1], frames) for e in range(2)]
        driven = [np.convolve(np.hstack(u[:, r]), response)[:frames] for response in each]
        expected = (np.hstack(list(weight)) * driven).sum(0)
        np.testing.assert_allclose(np.hstack(list(out[:, r])), [expected, expected], atol=1e-5)


def _response(partials, frames):
    p, c = _complex_numbers(partials)
    return (c * p ** np.arange(frames)[:, None]).real.sum(1)
