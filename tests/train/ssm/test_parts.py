"""Parts of learning a state-space model: recurrence, loss, gradients, sizes."""

import numpy as np
import pytest
import torch

from tests.train.ssm.test_learn import SHORT, SIZES, bars
from train.ssm.config import Sizes
from train.ssm.learn import prepare_segment
from train.ssm.model import StateSpaceModel
from train.ssm.octave_loss import OctaveTarget, magnitudes, octave_bands
from train.ssm.tanh_rnn import run_recurrence
from train.ssm.trainer import StateSpaceTrainer


def test_states_and_their_gradients_are_those_of_torch():
    generator = torch.Generator().manual_seed(0)
    weight = torch.empty(48, 48).uniform_(-0.14, 0.14, generator=generator)
    inputs, outer = torch.randn(300, 48, generator=generator), torch.randn(300, 48, generator=generator)
    found = []
    for way in (run_recurrence, plain_recurrence):
        one, two = weight.clone().requires_grad_(), inputs.clone().requires_grad_()
        h = way(one, two)
        (h * outer).sum().backward()
        found.append((h.detach(), one.grad, two.grad))
    for ours, theirs in zip(*found, strict=True):
        assert float((ours - theirs).norm() / theirs.norm()) < 1e-5


def plain_recurrence(weight, inputs):
    h, found = torch.zeros(weight.shape[0]), []
    for row in inputs:
        h = torch.tanh(weight @ h + row)
        found.append(h)
    return torch.stack(found)


@pytest.mark.parametrize("loudness", [0.5, 2.0])
def test_the_loss_and_its_gradient_are_those_of_torch(loudness):
    generator = torch.Generator().manual_seed(1)
    wanted = torch.randn(2**12, generator=generator)
    sound = loudness * torch.randn(2**12, generator=generator)
    ours, theirs = sound.clone().requires_grad_(), sound.clone().requires_grad_()
    OctaveTarget(wanted).loss(ours).backward()
    expected = plain_loss(wanted, theirs)
    expected.backward()
    assert float(OctaveTarget(wanted).loss(sound)) == pytest.approx(float(expected.detach()), rel=1e-5)
    assert float((ours.grad - theirs.grad).norm() / theirs.grad.norm()) < 1e-3


def plain_loss(wanted, sound):
    total = torch.zeros(())
    for one, two in zip(octave_bands(wanted), octave_bands(sound), strict=True):
        for window in (128, 64, 16, 32):
            a, b = (torch.stft(
                torch.nn.functional.pad(x, (0, window)), window, window // 2, window=torch.hann_window(window),
                center=False, normalized=True, return_complex=True,
            ).abs().T[: 2 * len(x) // window] for x in (one, two))  # fmt: skip
            if window == 32:
                a, b = a[:, :-1], b[:, :-1]
                total = total + torch.relu(b.norm() - a.norm())
            total = total + (a - b).abs().sum()
    return total


def test_octave_bands_have_the_energy_of_the_sound():
    sound = torch.randn(2**14, generator=torch.Generator().manual_seed(0))
    parts = octave_bands(sound)
    assert [len(part) for part in parts] == [512 * 2**n for n in range(6)]
    assert float(sum(part.square().sum() for part in parts) / sound.square().sum()) == pytest.approx(1, abs=0.01)


def test_the_magnitude_of_a_sine_is_that_of_the_published_transform():
    sound = torch.sin(2 * torch.pi * 8 / 128 * torch.arange(4096))
    assert float(magnitudes(sound, 128)[10].max()) == pytest.approx(128**0.5 / 4, rel=1e-3)


def test_the_published_model_is_the_formula():
    model = StateSpaceModel(SIZES, torch.Generator().manual_seed(0), top=20)
    t = {name: value.detach().double().numpy() for name, value in model.named_parameters()}
    ranked = np.sort(t["control"].ravel())
    control = np.where(t["control"] >= ranked[-20], t["control"], 0)
    h, written = np.zeros(16), []
    for column in control.T:
        h = np.tanh(t["inward"] @ t["projection"].T @ column + t["recurrence"] @ h)
        written.append(np.sin(t["output"] @ h))
    np.testing.assert_allclose(model().detach().numpy(), np.concatenate(written), atol=1e-6)


def test_the_published_sizes_have_the_published_number_of_weights():
    model = StateSpaceModel(Sizes(), torch.Generator(), top=256)
    assert sum(value.numel() for name, value in model.named_parameters() if name != "control") == 57_344


def test_gradients_reach_closed_sites():
    trainer = StateSpaceTrainer(bars(), SHORT)
    trainer.model.control.data.mul_(0.5)
    trainer._compute_loss()[1].backward()
    closed = (trainer.model.gated_control() == 0) & (trainer.model.sites > 0)
    assert (trainer.model.control.grad[closed] < 0).any()


def test_a_segment_is_cut_or_padded_and_normalized():
    fitted = prepare_segment(0.1 * bars()[:5000], SIZES)
    assert (len(fitted), float(fitted.abs().max())) == (SIZES.samples, pytest.approx(1))
    assert not fitted[5000:].any()
