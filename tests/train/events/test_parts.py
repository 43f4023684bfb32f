"""Parts of learning an event model: model, losses, search, synthetic segments."""

import functools
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.dsp.wave_bank import wave_bank
from tests.train.events.test_learn import SHORT, TINY, dataset, model, plucked
from train.events.config import ARTICLE, CONFIGS, SMALL
from train.events.dataset import Dataset
from train.events.decomposition_window import DecompositionWindow
from train.events.event_search import drop_least_important, refine_events
from train.events.fit_strengths import STRENGTH_STEPS, solve_strengths
from train.events.loss import ReconstructionTarget, reconstruction_loss
from train.events.model import Events, magnitude_spectrum
from train.events.note_pretraining import NotePretraining, assign_keys
from train.events.synthetic_segments import SyntheticSegments, activation_loss
from train.events.trainer import EventTrainer


@pytest.mark.verify
def test_the_published_model_has_its_sizes_and_takes_a_step():
    config = replace(CONFIGS["article"], batch=1, steps=2)
    noise = torch.rand(2**15, generator=torch.Generator().manual_seed(0)) - 0.5
    trainer = EventTrainer(Dataset([noise], [], 22050, []), config)
    net = trainer.model
    plane = net.encoder.eval()(torch.rand(1, 1024, 128))
    assert plane.shape == (1, 4096, 128)
    layers = 3 * 1024 * 1024 * 5 + 4 * 1024 * 1024 * 5 + 10 * 1024 + 2 * 10 * 1024
    assert sum(p.numel() for p in net.encoder.parameters()) == layers + 1024 * 4096 + 4096
    heads = 257 * (1023 + 128 + 3 + 1) + 4096 * 256 + 2 * 256
    stacks = 257 * 512 + 6 * (4 * 128**2 + 3 * 128) + 17 * (3 * 128 + 1)
    stacks += 257 * 256 + 5 * (4 * 64**2 + 3 * 64) + 32 * (3 * 64 + 1)
    assert sum(p.numel() for p in net.decoder.parameters()) == heads + stacks
    assert net.decoder.waves.shape == (1023, 2**15)
    assert net.decoder.embedding.weight.shape == (256, 4096)
    before = net.encoder.plane.weight.detach().clone()
    trainer.step()
    assert np.isfinite(trainer.losses[0])
    assert not torch.equal(net.encoder.plane.weight, before)
    assert trainer.sounding <= ARTICLE.events


def test_waves_are_band_limited_or_naive():
    sine, saw = wave_bank(np.array([5000.0]), ("sine", "sawtooth"), 4096, 22050, True)
    spectrum_of_saw = np.abs(np.fft.rfft(saw * np.hanning(4096)))
    inside = round(5000 * 4096 / 22050), round(10000 * 4096 / 22050)
    analysis = np.flatnonzero(spectrum_of_saw > 0.01 * spectrum_of_saw.max())
    assert all(min(abs(place - at) for at in inside) < 6 for place in analysis)
    np.testing.assert_allclose(sine, 2**0.5 * np.sin(2 * np.pi * 5000 * np.arange(4096) / 22050), atol=1e-3)
    assert len(wave_bank(np.array([500.0, 700.0]), ("square", "triangle"), 64, 22050, False)) == 4


def test_an_event_sounds_from_its_frame_on_scaled_by_its_strength():
    net = model()
    dry = torch.nn.functional.one_hot(torch.tensor([0]), 1 + TINY.rooms).float()
    keys, context = torch.tensor([[5, 40]]), torch.zeros(1, TINY.embedding)
    found = Events(keys, torch.tensor([[3, 20]]), torch.tensor([[0.5, 0.0]]))
    sound = net.render(found, context, dry)[0]
    alone = net.decoder(torch.tensor([5]), torch.tensor([0.5]), context)[0]
    assert not sound[: 3 * TINY.hop].any()
    torch.testing.assert_close(sound[3 * TINY.hop :], alone[: -3 * TINY.hop], rtol=1e-4, atol=1e-6)


def test_initial_keys_are_decaying_pitches():
    net = model()
    keys = torch.tensor([3, 3 + 2 * TINY.pitches])
    short, long = net.decoder(keys, torch.ones(2), torch.zeros(2, TINY.embedding)).detach().numpy()
    size = 1 << 16
    for sound in (short, long):
        peak = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)).argmax() * 22050 / size
        ratio = peak / TINY.frequencies()[3]
        assert abs(12 * np.log2(ratio / round(ratio))) < 0.6
    assert np.abs(long[-4096:]).max() / np.abs(long).max() > 5 * np.abs(short[-4096:]).max() / np.abs(short).max()


def test_the_strengths_of_events_are_solved_together():
    net = model()
    dry = torch.nn.functional.one_hot(torch.tensor([0]), 1 + TINY.rooms).float()
    around = torch.zeros(1, TINY.embedding), dry
    keys, frames = torch.tensor([[5, 40, 17]]), torch.tensor([[3, 3, 10]])
    wanted = Events(keys, frames, torch.tensor([[0.8, 0.3, 0.4]]))
    known = net.render(Events(keys[:, 2:], frames[:, 2:], wanted.strengths[:, 2:]), *around)[0].detach()
    target = net.render(wanted, *around)[0].detach()
    window = DecompositionWindow(net, target, known, *around)
    sounds = window.render_each(Events(keys[:, :2], frames[:, :2], torch.tensor([[0.4, 0.6]])))
    strengths, loss = solve_strengths(window, sounds, torch.tensor([0.4, 0.6]), 48)
    torch.testing.assert_close(strengths, torch.tensor([0.8, 0.3]), rtol=0.2, atol=0)
    assert loss < 0.2 * float(window.losses((known + torch.tensor([0.4, 0.6]) @ sounds)[None]))


def test_losses_of_many_sounds_are_those_of_each():
    generator = torch.Generator().manual_seed(0)
    sounds, target = (torch.randn(count, 4096, generator=generator) for count in (3, 1))
    several = ReconstructionTarget(target[0]).losses(sounds)
    torch.testing.assert_close(several, torch.stack([reconstruction_loss(sound[None], target) for sound in sounds]))


def test_a_window_measures_losses_at_its_level():
    generator = torch.Generator().manual_seed(0)
    sound, target = torch.randn(2, TINY.samples, generator=generator)
    net = model()
    window = DecompositionWindow(net, target, 0 * target, net.typical[None], net.typical_gains[None], 0.01)
    torch.testing.assert_close(
        window.losses(sound[None])[0], reconstruction_loss(0.01 * sound[None], 0.01 * target[None])
    )


def test_a_search_lowers_the_loss_and_keeps_to_the_events_of_a_segment():
    net = model()
    around = net.typical[None], net.typical_gains[None]
    keys, frames = torch.tensor([[5, 40, 17, 60]]), torch.tensor([[3, 3, 10, 20]])
    target = net.render(Events(keys, frames, torch.tensor([[0.8, 0.3, 0.4, 0.6]])), *around)[0].detach()
    initial = Events(
        torch.arange(TINY.events)[None], 2 * torch.arange(TINY.events)[None], torch.full((1, TINY.events), 0.1)
    )
    window = DecompositionWindow(net, target, torch.zeros_like(target), *around)

    def loss(found: Events) -> float:
        return float(window.losses((found.strengths[0] @ window.render_each(found))[None]))

    balance, _ = solve_strengths(window, window.render_each(initial), initial.strengths[0], STRENGTH_STEPS)
    found = refine_events(window, initial)
    assert found.keys.shape[1] <= TINY.events
    assert loss(found) <= loss(Events(initial.keys, initial.frames, balance[None])) < loss(initial)


def test_events_that_matter_least_are_dropped_first():
    net = model()
    around = net.typical[None], net.typical_gains[None]
    keys, frames = torch.tensor([[5, 40, 17, 60]]), torch.tensor([[3, 3, 10, 20]])
    found = Events(keys, frames, torch.tensor([[0.8, 1e-4, 0.4, 1e-4]]))
    window = DecompositionWindow(net, net.render(found, *around)[0].detach(), torch.zeros(TINY.samples), *around)
    kept, strengths = drop_least_important(window, window.render_each(found), found.strengths[0], 2)
    assert kept.tolist() == [0, 2]
    torch.testing.assert_close(strengths, torch.tensor([0.8, 0.4]), rtol=0.05, atol=0)


def test_a_pass_receives_what_is_left_and_is_compared_by_itself():
    trainer = EventTrainer(dataset(), SHORT)
    analysis = trainer.model(trainer.validation)
    _, second = trainer.compared_sounds(analysis)
    torch.testing.assert_close(second, analysis.passes[0] + analysis.passes[1])
    (of_first,) = torch.autograd.grad(second.sum(), analysis.passes[0], allow_unused=True)
    assert of_first is None
    spectra = functools.partial(magnitude_spectrum, sizes=TINY)
    left = (spectra(trainer.validation) - spectra(analysis.passes[0].detach())).relu()
    again = trainer.model.find_events(trainer.model.encoder(left))
    torch.testing.assert_close(again.keys, analysis.events.keys[:, TINY.events // 2 :])
    together = EventTrainer(dataset(), replace(SHORT, isolate=False))
    assert len(together.compared_sounds(together.model(together.validation))) == 1


def test_synthetic_segments_have_the_planes_of_their_events():
    generator = torch.Generator().manual_seed(0)
    net = model()
    synthetic = SyntheticSegments(net, generator)
    synthetic.replace_all(net)
    spectra, planes = synthetic.draw(net, 3)
    assert spectra.shape == (3, 1024, TINY.frames)
    assert planes.shape == (3, TINY.keys, TINY.frames)
    assert activation_loss(planes - 0.5 * (planes == 0), planes) == 0
    for heights, plane in zip(spectra, planes, strict=True):
        first = int(plane.sum(0).nonzero()[0])
        assert heights[:, max(first - 8, 0)].max() < heights.max() / 2 or first < 8


def test_a_new_pool_of_synthetic_events_sounds_as_the_decoder_renders_its_keys():
    net = model()
    synthetic = SyntheticSegments(net, torch.Generator().manual_seed(0))
    assert not synthetic.sounds.any()
    synthetic.replace_all(net)
    assert synthetic.sounds.abs().amax(1).min() > 0
    last = net.decoder(synthetic.keys[-1:], torch.ones(1), net.typical[None]).detach()
    torch.testing.assert_close(synthetic.sounds[-1:], last)


def test_notes_are_assigned_keys_of_their_own_while_there_are_any():
    similarity = torch.tensor([[0.9, 0.8, 0.1], [0.95, 0.2, 0.3], [0.1, 0.1, 0.2], [0.3, 0.7, 0.4]])
    assert assign_keys(similarity).tolist() == [1, 0, 2, 2]
    net = model()
    keys = torch.arange(0, 72, 9)
    sounds = net.decoder(keys, torch.full((8,), 0.5), torch.zeros(8, TINY.embedding)).detach()
    pretraining = NotePretraining(net, list(sounds), torch.Generator().manual_seed(0))
    assert pretraining.keys.tolist() == keys.tolist()


def test_the_loss_is_zero_for_equal_sounds_and_about_one_a_window_for_silence():
    sound = plucked()[None]
    assert reconstruction_loss(sound, sound) == 0
    assert 4 < reconstruction_loss(torch.zeros_like(sound), sound) < 12
    assert reconstruction_loss(0.9 * sound, sound) < reconstruction_loss(0.5 * sound, sound)


def test_sizes_at_another_rate_last_about_as_long():
    scaled = SMALL.scaled_to(48_000)
    assert (scaled.rate, scaled.hop, scaled.impulse, scaled.samples) == (48_000, 512, 8192, 2**16)
    assert (scaled.frames, scaled.window, scaled.grain) == (SMALL.frames, 4096, 64)
    assert SMALL.scaled_to(16_000).samples == SMALL.samples
    assert SMALL.scaled_to(22_050) == SMALL
