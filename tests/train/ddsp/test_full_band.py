"""What makes a step at 44.1 kHz as cheap as one at 16 kHz was, and how a model of 16 kHz becomes one of 44.1 kHz."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from train.ddsp import synthesis
from train.ddsp.config import Sizes, sizes_at
from train.ddsp.dataset import pitch_range
from train.ddsp.decoder import Decoder
from train.ddsp.loss import WINDOWS, draw_frames, spectral_loss, spectrum
from train.ddsp.model import DdspModel
from train.ddsp.rate_conversion import convert_model, converted_sizes

FULL_RATE, FULL_HOP = 44_100, 441
BAND_HZ = 1000  # width of a band of which levels are compared


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


@pytest.mark.parametrize("count", [1, 2, 40, 113])
def test_the_sine_kernel_and_its_gradient_are_those_of_the_matrix_of_sines(random, count):
    pitch = torch.tensor([180.0, 260.0, 240.0, 900.0])
    phase = synthesis.phase_in_cycles(pitch, FULL_RATE, FULL_HOP).repeat(2, 1, 1)
    audible = pitch[:, None] * torch.arange(1, count + 1) < FULL_RATE / 2
    amplitudes = torch.rand(2, 4, count, generator=random) * audible
    slopes = torch.randn(2, 3 * FULL_HOP, generator=random)
    found = []
    for kind in (torch.float32, torch.float64):
        learned = amplitudes.to(kind).requires_grad_()
        sound = synthesis.render_harmonics(learned, phase.to(kind))
        (gradient,) = torch.autograd.grad(sound, learned, slopes.to(kind))
        found.append((sound.detach().double(), gradient.double() * audible))
    for ours, plain in zip(*found, strict=True):
        assert (ours - plain).norm() < 3e-5 * plain.norm()


def test_the_loss_kernel_and_its_gradient_are_those_of_torch(random):
    sound, target = torch.randn(2, 2, 3000, generator=random)
    sound[1, 1000:2000] = target[1, 1000:2000]
    found = []
    for kind in (torch.float32, torch.float64):
        learned = sound.to(kind).requires_grad_()
        loss = spectral_loss(learned, target.to(kind))
        found.append((loss.item(), torch.autograd.grad(loss, learned)[0].double()))
    (ours, our_gradient), (plain, plain_gradient) = found
    assert ours == pytest.approx(plain, rel=1e-4)
    assert (our_gradient - plain_gradient)[0].norm() < 1e-2 * plain_gradient[0].norm()


def test_the_frames_that_steps_compare_are_on_average_all(random):
    sound, target = torch.randn(2, 1, 64 * 64, generator=random)
    for window, interval in ((256, 2), (64, 4)):
        hop_count = 1 + sound.shape[1] // (window // 4)
        counts = [len(range(first, hop_count, interval)) for first in range(interval)]
        parts = [spectral_loss(sound, target, (window,), [(first, interval)]).item() for first in range(interval)]
        mean = np.average(parts, weights=counts)
        assert mean == pytest.approx(spectral_loss(sound, target, (window,)).item(), rel=1e-5)
        assert np.ptp(parts) > 0
    drawn = [draw_frames(WINDOWS, random) for _ in range(64)]
    for number, interval in enumerate([2, 2, 2, 4, 4, 4]):
        assert {choice[number] for choice in drawn} == {(first, interval) for first in range(interval)}


def test_the_gradient_of_a_step_is_that_of_the_frames_it_compares(random):
    sound, target = torch.randn(2, 1, 2048, generator=random, dtype=torch.double)
    sound.requires_grad_()
    choice = ((256, 64), [(1, 2), (3, 4)])
    loss = spectral_loss(sound, target, *choice)
    (gradient,) = torch.autograd.grad(loss, sound)
    direction, step = torch.randn(1, 2048, generator=random, dtype=torch.double), 1e-6
    ends = [spectral_loss(sound.detach() + sign * step * direction, target, *choice).item() for sign in (1, -1)]
    assert (gradient * direction).sum().item() == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-3)


def test_the_gradients_of_the_room_are_those_of_a_convolution(random):
    sound = torch.randn(2, 40, generator=random, dtype=torch.double, requires_grad=True)
    room = torch.randn(15, generator=random, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x, h: synthesis.apply_room(x, h, 0.5), (sound, room))


def test_dropout_leaves_out_a_share_and_keeps_the_mean():
    torch.manual_seed(0)
    decoder = Decoder(Sizes(units=8, harmonics=3))
    decoder.dropout = 0.1
    features = decoder._drop_out(torch.ones(300, 1001))
    assert (features == 0).double().mean().item() == pytest.approx(26 / 256, rel=0.02)
    assert features.mean().item() == pytest.approx(1, rel=0.005)
    assert (decoder.eval()._drop_out(torch.ones(3)) == 1).all()


@pytest.fixture(scope="module")
def both_models():
    """A model at 16 kHz whose harmonics become softer upwards, and the same at 44.1 kHz."""
    torch.manual_seed(0)
    model = DdspModel(replace(Sizes(units=16, harmonics=20), taps=400)).eval()
    with torch.no_grad():
        model.decoder.harmonics.bias.copy_(-torch.log(torch.arange(1.0, 21.0)))
    return model, convert_model(model, converted_sizes(model.sizes, FULL_RATE, 60)).eval()


def test_a_model_at_another_rate_sounds_as_before_and_falls_off_above(both_models):
    levels = [_band_levels(model) for model in both_models]
    old = len(levels[0]) - 1  # the last band is that of the old anti-alias filter of the room
    np.testing.assert_allclose(levels[1][:old], levels[0][:old], atol=1.0)
    assert (np.diff(levels[1][old + 1 : 21 : 4]) < 0).all()


def _band_levels(model):
    sizes, frames = model.sizes, 200
    pitch, loudness = torch.full((frames + 1,), 400.0), torch.zeros(1, frames + 1)
    phase = synthesis.phase_in_cycles(pitch, sizes.rate, sizes.hop)[None]
    with torch.no_grad():
        sound = model(pitch[None], phase, loudness, torch.Generator().manual_seed(1))[0].double().numpy()
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2 / (len(sound) * sizes.rate)
    bands = (np.arange(len(power)) * sizes.rate / len(sound) / BAND_HZ).astype(int)
    total = np.bincount(bands, power)[: sizes.rate // (2 * BAND_HZ)] / len(sound) * sizes.rate
    return 10 * np.log10(total)


def test_a_model_at_another_rate_has_frames_room_and_bands_as_long_and_as_wide(both_models):
    sizes = both_models[1].sizes
    usual = sizes_at(FULL_RATE)
    assert (sizes.hop, sizes.bands, sizes.taps) == (usual.hop, usual.bands, round(400 * 44.1 / 16))
    assert (sizes.units, sizes.harmonics, sizes.rate) == (16, 60, FULL_RATE)


def test_errors_of_the_tracker_octaves_off_do_not_widen_the_range():
    random = np.random.default_rng(0)
    played = 440 * 2 ** (random.uniform(-14, 17, 5000) / 12)
    wrong = 440 * 2 ** (random.uniform(-36, -26, 60) / 12)
    low, high = pitch_range(np.concatenate([played, wrong]))
    assert low == pytest.approx(440 * 2 ** (-14 / 12), rel=0.01)
    assert high == pytest.approx(440 * 2 ** (17 / 12), rel=0.01)
    assert pitch_range(np.array([220.0])) == (220, 220)


def test_spectra_are_those_of_torch(random):
    sound = torch.randn(2, 3000, generator=random)
    ours = spectrum(sound, 512).transpose(1, 2)
    torch.testing.assert_close(ours, torch.stft(sound, 512, window=torch.hann_window(512), return_complex=True))
