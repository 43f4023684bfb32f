"""Matching pursuit finds the sounds that a target is the sum of."""

import torch

from benchmarks.learning.matching_pursuit import fit_strengths, pursue
from tests.benchmarks.test_events import TINY
from train.events.initial_dictionary import new_model
from train.events.loss import reconstruction_loss

HOP = 256  # samples


def test_a_pursuit_finds_the_sounds_that_a_target_is_the_sum_of():
    generator = torch.Generator().manual_seed(0)
    sounds = torch.randn(6, 2048, generator=generator) * torch.linspace(1, 0, 2048)
    target = torch.zeros(2048)
    target[768:] += 0.7 * sounds[2, :1280]
    target[256:] -= 0.4 * sounds[5, :1792]
    residuals = [float((target - pursue(sounds, target, count, HOP).sum(0)).square().sum()) for count in (1, 2, 8)]
    assert residuals[0] > residuals[1] > residuals[2]
    assert residuals[1] < 0.05 * float(target.square().sum())
    assert residuals[2] < 0.002 * float(target.square().sum())


def test_a_pursuit_with_fitted_strengths_has_a_lower_loss():
    generator = torch.Generator().manual_seed(0)
    model = new_model(TINY, generator)
    sounds = torch.randn(8, TINY.samples, generator=generator) * torch.linspace(1, 0, TINY.samples)
    target = torch.randn(TINY.samples, generator=generator)
    parts = pursue(sounds, target, 4, HOP)
    fitted = fit_strengths(model, parts, target)
    losses = [float(reconstruction_loss(one[None], target[None])) for one in (parts.sum(0), fitted)]
    assert losses[1] < 0.99 * losses[0]
