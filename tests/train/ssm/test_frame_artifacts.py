"""Artifacts of the frame grid against closed forms."""

import numpy as np
import pytest
import torch

from export.ssm import render_strikes
from train.ssm.config import Sizes
from train.ssm.frame_artifacts import (
    DECAY_END_SECONDS,
    DECAY_START_SECONDS,
    LAGS,
    comb_loss,
    cyclostationarity,
    edge_jump_ratio,
    render_strike_decays,
)
from train.ssm.model import StateSpaceModel

FRAME, RATE = 128, 22_050
TIME = torch.arange(160 * FRAME, dtype=torch.float64) / RATE


def cosine(hertz: float) -> torch.Tensor:
    return torch.cos(2 * torch.pi * hertz * TIME)


def test_partials_not_a_multiple_of_the_frame_rate_apart_are_not_cyclostationary():
    varying, power = cyclostationarity(torch.stack([cosine(440.0), cosine(440.0) + cosine(1003.0)]), FRAME)
    assert (varying < 1e-3).all()
    assert power.tolist() == pytest.approx([0.5, 1.0], rel=1e-2)


@pytest.mark.parametrize("frame_rates", [1, 3, -2])
@pytest.mark.parametrize("strength", [0.05, 0.5])
def test_cyclostationarity_of_a_partial_and_an_image_is_the_closed_form(frame_rates, strength):
    first, second = (2 * np.pi * hertz / RATE for hertz in (440.0, 440.0 + frame_rates * RATE / FRAME))
    lags = np.array(LAGS)
    varying = (strength**2 * np.cos((first + second) / 2 * lags) ** 2 / 2).sum()
    constant = ((np.cos(first * lags) + strength**2 * np.cos(second * lags)) ** 2 / 4).sum()
    sound = cosine(440.0) + strength * cosine(440.0 + frame_rates * RATE / FRAME)
    assert float(cyclostationarity(sound[None], FRAME)[0]) == pytest.approx(varying / constant, rel=0.05)


def test_rendered_decays_are_those_of_the_exported_strikes():
    sizes = Sizes(control=4, state=16, frame=64, samples=2**14)
    model = StateSpaceModel(sizes, torch.Generator().manual_seed(0))
    with torch.no_grad():
        inputs = 3 * model.input_matrix()
        rendered = render_strike_decays(model, inputs).numpy()
    weight, output = (value.detach().double().numpy() for value in (model.recurrence, model.output))
    frames = sizes.rate / sizes.frame
    begin, end = (
        int(np.ceil(DECAY_START_SECONDS * frames)) * sizes.frame,
        round(DECAY_END_SECONDS * frames) * sizes.frame,
    )
    wanted = render_strikes(weight, inputs.double().numpy(), output, end)[:, begin:]
    np.testing.assert_allclose(rendered, wanted, atol=1e-6)


def test_learning_can_remove_combs():
    model = StateSpaceModel(Sizes(control=4, state=16, frame=64, samples=2**14), torch.Generator().manual_seed(0))
    model.recurrence.data *= 1.7  # so that it rings
    generator = torch.Generator().manual_seed(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(60):
        losses.append(comb_loss(model, model.gated_control(), generator))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[0] > 0.1
    assert losses[-1] < 0.2 * losses[0]


def test_a_control_signal_without_strikes_has_no_comb_loss():
    model = StateSpaceModel(Sizes(control=4, state=16, frame=64, samples=2**14), torch.Generator().manual_seed(0))
    assert float(comb_loss(model, torch.zeros_like(model.control), torch.Generator())) == 0


def test_jumps_across_edges_are_compared_with_those_inside_frames():
    frames = torch.zeros(8, 64)
    frames[:, 1::2] = 1.0
    assert float(edge_jump_ratio(frames.flatten(), 64)) == pytest.approx(1.0)
    frames[1::2] += 4.0
    assert float(edge_jump_ratio(frames.flatten(), 64)) == pytest.approx(4.0, abs=0.3)
