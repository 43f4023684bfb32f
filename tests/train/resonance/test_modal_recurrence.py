"""The fast evaluation against plain sums and convolutions."""

import numpy as np
import pytest
import torch

from train.resonance.modal_recurrence import ModeBanks, place_attacks, render_modes, response_norm


def _modes(banks: tuple[int, ...]) -> ModeBanks:
    torch.manual_seed(0)
    decay = torch.rand(*banks, 5, dtype=torch.float64) * 0.01
    angle = torch.rand(*banks, 5, dtype=torch.float64) * torch.pi
    return ModeBanks(decay, angle, torch.randn(*banks, 5, dtype=torch.complex128))


def _sum_of_modes(modes: ModeBanks, frames: int) -> torch.Tensor:
    """The impulse response as a plain sum of modes: (..., frames)."""
    poles = torch.exp(torch.complex(-modes.decay, modes.angle)[..., None] * torch.arange(frames))
    return (modes.residue[..., None] * poles).real.sum(-2)


@pytest.mark.parametrize(("frames", "hop", "length"), [(1, 16, 16), (31, 16, 40), (100, 8, 3), (64, 32, 33)])
def test_it_is_the_convolution_of_the_excitation_with_the_sum_of_the_modes(frames, hop, length):
    modes = _modes((2, 3))
    energy = torch.rand(2, frames, dtype=torch.float64)
    attacks = torch.randn(2, length, dtype=torch.float64)
    excitation, response = place_attacks(energy, attacks, hop), render_modes(energy, attacks, modes, hop)
    for r in range(2):
        pulses = np.zeros(frames * hop)
        pulses[::hop] = energy[r]
        dry = np.convolve(pulses, attacks[r])[: frames * hop]
        np.testing.assert_allclose(excitation[r], dry, atol=1e-12)
        for e in range(3):
            direct = np.convolve(dry, _sum_of_modes(modes, frames * hop)[r, e])[: frames * hop]
            np.testing.assert_allclose(response[r, e], direct, atol=1e-10)


def test_single_precision_keeps_the_phase_over_six_seconds():
    modes = _modes((1, 2))
    modes = modes._replace(decay=modes.decay * 1e-3)
    energy, attacks = torch.rand(1, 1024), torch.randn(1, 200)
    narrow = render_modes(energy, attacks, modes, 128)
    wide = render_modes(energy.double(), attacks.double(), modes, 128)
    assert (narrow - wide).norm() / wide.norm() < 1e-5


def test_its_gradients_equal_finite_differences():
    modes = _modes((1, 2))
    energy = torch.rand(1, 70, dtype=torch.float64)
    attacks = torch.randn(1, 5, dtype=torch.float64)
    given = [part.requires_grad_() for part in (energy, attacks, *modes)]
    assert torch.autograd.gradcheck(
        lambda energy, attacks, *parts: render_modes(energy, attacks, ModeBanks(*parts), 2), given
    )


@pytest.mark.parametrize("frames", [1, 7, 5000])
def test_the_norm_is_that_of_the_sum_of_the_modes(frames):
    modes = _modes((2, 3))
    torch.testing.assert_close(response_norm(modes, frames), _sum_of_modes(modes, frames).norm(dim=-1))
