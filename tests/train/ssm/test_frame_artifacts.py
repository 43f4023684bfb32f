"""What the grid of frames leaves in a sound, against closed forms."""

import numpy as np
import pytest
import torch

from export.ssm import strikes
from train.ssm.frame_artifacts import AFTER, LAGS, UNTIL, combs, edges, struck, sway
from train.ssm.model import Sizes, StateSpace

FRAME, RATE = 128, 22_050
TIME = torch.arange(160 * FRAME, dtype=torch.float64) / RATE


def line(hertz: float) -> torch.Tensor:
    return torch.cos(2 * torch.pi * hertz * TIME)


def test_partials_that_are_no_multiple_of_the_frame_rate_apart_do_not_sway():
    swaying, power = sway(torch.stack([line(440.0), line(440.0) + line(1003.0)]), FRAME)
    assert (swaying < 1e-3).all()
    assert power.tolist() == pytest.approx([0.5, 1.0], rel=1e-2)


@pytest.mark.parametrize("apart", [1, 3, -2])
@pytest.mark.parametrize("strength", [0.05, 0.5])
def test_a_partial_with_an_image_sways_as_much_as_that_is_strong(apart, strength):
    first, second = (2 * np.pi * hertz / RATE for hertz in (440.0, 440.0 + apart * RATE / FRAME))
    lags = np.array(LAGS)
    swaying = (strength**2 * np.cos((first + second) / 2 * lags) ** 2 / 2).sum()
    resting = ((np.cos(first * lags) + strength**2 * np.cos(second * lags)) ** 2 / 4).sum()
    sound = line(440.0) + strength * line(440.0 + apart * RATE / FRAME)
    assert float(sway(sound[None], FRAME)[0]) == pytest.approx(swaying / resting, rel=0.05)


def test_what_is_listened_to_is_what_strikes_leave():
    sizes = Sizes(control=4, state=16, frame=64, samples=2**14)
    model = StateSpace(sizes, torch.Generator().manual_seed(0))
    with torch.no_grad():
        entering = 3 * model.entrance()
        heard = struck(model, entering).numpy()
    weight, output = (value.detach().double().numpy() for value in (model.recurrence, model.output))
    frames = sizes.rate / sizes.frame
    begin, end = int(np.ceil(AFTER * frames)) * sizes.frame, round(UNTIL * frames) * sizes.frame
    wanted = strikes(weight, entering.double().numpy(), output, end)[:, begin:]
    np.testing.assert_allclose(heard, wanted, atol=1e-6)


def test_learning_can_take_combs_away():
    model = StateSpace(Sizes(control=4, state=16, frame=64, samples=2**14), torch.Generator().manual_seed(0))
    model.recurrence.data *= 1.7  # so that it rings
    generator = torch.Generator().manual_seed(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    left = []
    for _ in range(60):
        left.append(combs(model, model.played(), generator))
        optimizer.zero_grad()
        left[-1].backward()
        optimizer.step()
    assert left[0] > 0.1
    assert left[-1] < 0.2 * left[0]


def test_a_control_signal_without_strikes_leaves_no_comb():
    model = StateSpace(Sizes(control=4, state=16, frame=64, samples=2**14), torch.Generator().manual_seed(0))
    assert float(combs(model, torch.zeros_like(model.control), torch.Generator())) == 0


def test_jumps_across_edges_are_compared_with_those_inside():
    frames = torch.zeros(8, 64)
    frames[:, 1::2] = 1.0
    assert float(edges(frames.flatten(), 64)) == pytest.approx(1.0)
    frames[1::2] += 4.0
    assert float(edges(frames.flatten(), 64)) == pytest.approx(4.0, abs=0.3)
