"""The fast parts of the decoder and its synthesis against plain implementations."""

import numpy as np
import pytest
import torch

from train.ddsp import features, synthesis
from train.ddsp.config import ARTICLE, Sizes
from train.ddsp.decoder import scaled_pitch
from train.ddsp.gru import run_gru
from train.ddsp.loss import WINDOWS, spectral_loss
from train.ddsp.model import DdspModel
from train.ddsp.preset_weights import load_model, preset_tensors

RATE, HOP = 16_000, 160
SMALL = Sizes(units=12, harmonics=7, taps=300)


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


def test_the_published_model_has_4837670_weights():
    assert sum(value.numel() for value in DdspModel(ARTICLE).parameters()) == 4_837_670


def test_the_recurrence_and_its_gradient_are_those_of_torch(random):
    gru = torch.nn.GRU(6, 5, batch_first=True).double()
    inputs = torch.randn(3, 7, 6, dtype=torch.double, generator=random, requires_grad=True)
    state = torch.randn(1, 3, 5, dtype=torch.double, generator=random, requires_grad=True)
    weight = torch.randn(3, 7, 5, dtype=torch.double, generator=random)

    def found(way):
        states, last = way(inputs, state)
        learned = [inputs, state, *gru.parameters()]
        return [states, *torch.autograd.grad((states * weight).sum() + last.square().sum(), learned)]

    for ours, theirs in zip(found(lambda x, s: run_gru(gru, x, s)), found(gru), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def test_the_loss_and_its_gradient_are_those_of_the_article(random):
    sound = torch.randn(2, 3000, dtype=torch.double, generator=random, requires_grad=True)
    target = torch.randn(2, 3000, dtype=torch.double, generator=random)
    plain = torch.zeros(())
    for window in WINDOWS:
        rendered, wanted = (_magnitudes(x, window) for x in (sound, target))
        plain = (
            plain
            + (rendered - wanted).abs().mean()
            + (torch.log(rendered + 1e-7) - torch.log(wanted + 1e-7)).abs().mean()
        )
    ours = spectral_loss(sound, target)
    torch.testing.assert_close(ours, plain, rtol=1e-6, atol=0)
    (fast,), (slow,) = (torch.autograd.grad(loss, sound) for loss in (ours, plain))
    assert (fast - slow).norm() / slow.norm() < 3e-4  # our window is float32


def _magnitudes(sound, window):
    return torch.stft(sound, window, window=torch.hann_window(window, dtype=sound.dtype), return_complex=True).abs()


@pytest.mark.parametrize("ramps", [True, False])
def test_harmonics_are_a_sum_of_sines(random, ramps):
    pitch = torch.tensor([200.0, 260.0, 240.0, 300.0])
    amplitudes = torch.rand(1, 4, 9, generator=random)
    fast = synthesis.render_harmonics(amplitudes, synthesis.phase_in_cycles(pitch, RATE, HOP)[None], ramps)[0]
    time = np.arange(3 * HOP)
    frames = time / HOP if ramps else time // HOP
    turns = np.cumsum(np.interp(time / HOP, range(4), pitch.numpy())) / RATE
    plain = sum(
        np.interp(frames, range(4), amplitudes[0, :, k].numpy()) * np.sin(2 * np.pi * (k + 1) * turns)
        for k in range(9)
    )
    np.testing.assert_allclose(fast, plain, atol=2e-5)


def test_noise_has_the_spectrum_of_its_bands(random):
    bands = torch.zeros(1, 2001, 65)
    bands[:, :, 16:33] = 0.5
    sound = synthesis.render_noise(bands, HOP, generator=random)[0].numpy()
    power = np.abs(np.fft.rfft(sound)) ** 2 / len(sound)
    bins = np.arange(len(power)) / (len(power) - 1) * 64
    inside, outside = power[(bins > 18) & (bins < 30)].mean(), power[(bins < 13) | (bins > 36)].mean()
    assert inside == pytest.approx(0.25 / 3, rel=0.05)
    assert outside < 1e-4 * inside


def test_a_room_is_a_convolution_beside_the_direct_sound(random):
    dry, room = torch.randn(2, 700, generator=random), torch.randn(300, generator=random)
    wet = synthesis.apply_room(dry, room, 0.5).numpy()
    for sound, rendered in zip(dry.numpy(), wet, strict=True):
        np.testing.assert_allclose(rendered, 0.5 * sound + np.convolve(sound, room.numpy())[:700], atol=1e-4)


def test_harmonics_above_the_band_are_silent_and_the_others_share_the_amplitude():
    model = DdspModel(SMALL)
    controls = model.controls(torch.tensor([[1500.0, 3000.0]]), torch.zeros(1, 2))
    assert (controls.harmonics[0, 0] > 0).tolist() == [True] * 5 + [False] * 2
    assert (controls.harmonics[0, 1] > 0).tolist() == [True] * 2 + [False] * 5
    torch.testing.assert_close(controls.harmonics.sum(-1, keepdim=True), controls.amplitude)


def test_the_pitch_input_is_in_hertz_as_published_or_a_share_of_the_keyboard():
    pitch = torch.tensor([440.0])
    assert scaled_pitch(pitch, ARTICLE).item() == 440
    assert scaled_pitch(pitch, SMALL).item() == pytest.approx(69 / 127)


@pytest.mark.parametrize("sizes", [SMALL, Sizes(units=8, harmonics=5, taps=50, pitch="hertz", dry=0.0)])
def test_a_preset_gives_back_the_model(sizes):
    model = DdspModel(sizes)
    header = {"rate": RATE, "hop": HOP, "dry": sizes.dry, "features": {"pitch": sizes.pitch}}
    back = load_model(header, preset_tensors(model))
    for name, value in model.state_dict().items():
        torch.testing.assert_close(back.state_dict()[name], value, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("wrong", [-30, 20])
def test_a_pitch_that_is_cents_off_is_refined(wrong):
    time = np.arange(2 * RATE) / RATE
    pitch = 300 * 2 ** (0.3 / 12 * np.sin(2 * np.pi * 5 * time))
    turns = np.cumsum(pitch) / RATE
    sound = sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 11))
    found = features.refine_pitch(sound, RATE, HOP, pitch[::HOP] * 2 ** (wrong / 1200))
    cents = 1200 * np.log2(found / pitch[::HOP])[5:-5]
    assert np.abs(cents).max() < 3


def test_a_sure_reference_replaces_another_pitch_and_lowers_the_agreement():
    pitch, reference = np.full(100, 220.0), np.full(100, 221.0)
    voiced, sure = np.ones(100, bool), np.ones(100, bool)
    reference[40:60], voiced[90:], sure[80:] = 440.0, False, False
    checked, is_voiced, agreement = features.check_pitch(pitch, voiced, reference, sure)
    assert (checked == np.where((np.arange(100) >= 42) & (np.arange(100) < 58), 440, 220)).all()  # where it is steady
    assert (is_voiced == voiced).all()
    assert agreement == pytest.approx(1 - 16 / 72)
    reference[:] = 2100.0
    assert (features.check_pitch(pitch, voiced, reference, sure)[0] == 220).all()  # too high for it


def test_a_tone_begins_where_the_one_before_it_is_softest():
    pitch, voiced, loudness = np.repeat([300.0, 300.0, 400.0], 12), np.ones(36, bool), np.full(36, -20.0)
    voiced[12:24], loudness[15] = False, -40.0
    pitch[4:7] = 100.0  # what is as short as that is no tone
    bridged, lasting = features.remove_short_tones(pitch, voiced, loudness)
    assert (bridged == np.where(np.arange(36) < 15, 300, 400)).all()
    assert np.flatnonzero(~lasting).tolist() == [4, 5, 6, *range(12, 24)]


def test_the_features_of_a_tone_are_its_pitch_and_both_trackers_agree():
    time = np.arange(RATE) / RATE
    sound = 0.3 * sum(np.sin(2 * np.pi * 311 * k * time + k) / k for k in range(1, 9))
    found = features.extract_features(sound.astype(np.float32), RATE, HOP)
    assert len(found.pitch) == len(found.loudness) == 101
    assert (np.abs(1200 * np.log2(found.pitch / 311)) < 2)[5:-5].all()
    assert found.voiced[5:-5].all()
    assert found.agreement == 1
