"""An exported resonance preset, rendered the plain way, against the torch model."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.preset.preset_file import check
from export.resonance import compression_ratio, key_range, make_preset, make_tensors
from export.training_record import thin_losses
from tests.support.plain_resonance import as_learned, learned_control
from train.resonance.config import Config, Sizes
from train.resonance.model import ResonanceModel
from train.trainer import LearnedModel

SIZES = Sizes(3, 4, 5, variants=3, strike=100, knock=150, attack=700, envelope=32, frames=4096)


def random_model(sizes: Sizes = SIZES) -> ResonanceModel:
    """A model with random weights, a sparse control signal, one mode that aliases."""
    generator = torch.Generator().manual_seed(0)
    model = ResonanceModel(sizes, generator)
    with torch.no_grad():
        model.control.uniform_(-1, 0.1, generator=generator)
        model.control[:, ::5] += 0.8
        model.deformation.uniform_(-2, 2, generator=generator)
        model.phase.uniform_(-3, 3, generator=generator)
        model.tension[0, 0, 0] = 9.4
    return model


@pytest.mark.parametrize("strike", [0, 100])
def test_the_exported_tensors_sound_like_the_model(strike):
    model = random_model(replace(SIZES, strike=strike))
    learned = LearnedModel(model, Config(sizes=model.sizes), [3.0, 2.0], 1.0, False)
    noise = model.draw_noise(torch.Generator().manual_seed(1))
    made = make_preset(learned, "0", name="any")
    control = learned_control(made.tensors, made.header)
    sound = as_learned(made.tensors, made.header, control, noise.numpy())
    with torch.no_grad():
        expected = model(noise).numpy()
    np.testing.assert_allclose(sound[0], sound[1], atol=1e-12)
    assert np.linalg.norm(sound[0] - expected) / np.linalg.norm(expected) < 1e-4


def test_the_engine_accepts_an_exported_stereo_preset():
    model = random_model()
    learned = LearnedModel(model, Config(sizes=model.sizes), [3.0, 2.0], 1.0, False)
    made = make_preset(learned, "0", np.random.default_rng(0).normal(size=(2, 4096)), name="any")
    check(made)
    assert made.header["training"]["losses"] == [3.0, 2.0]
    assert made.tensors["place"].any()


def test_every_resonance_is_struck_equally_loud():
    found = make_tensors(random_model())
    head = {"rate": SIZES.rate, "attack": SIZES.attack, "control": {"hop": SIZES.hop}}
    levels = []
    for r in range(4):
        alone = {**found, "router": np.eye(4, dtype=np.float32)[r][None], "gain": 1e-3 * found["gain"]}
        del alone["deformation"]
        one = np.zeros((1, 86))
        one[0, 0] = 1
        sound = as_learned(alone, head, one, np.full((4, SIZES.attack), 3**-0.5))
        levels.append(20 * np.log10(np.sqrt((sound[0] ** 2).mean())))
    assert np.ptp(levels) < 0.1


def test_compression_counts_each_site_three_times():
    model = random_model()
    sites = int((model.gated_control() > 0).sum())
    modes, attacks, columns = 6 * 4 * 3 * 5, 4 * (32 + 100 + 150), 4096 // 128
    assert compression_ratio(model) * 4096 == pytest.approx(
        modes + attacks + 3 * 4 + 4 * 2 + 4 + 3 * columns + 3 * sites
    )


def test_a_loss_curve_is_reduced_with_the_same_mean():
    losses = np.random.default_rng(0).uniform(5, 6, 1000).tolist()
    assert len(thin_losses(losses)) == 200
    assert np.mean(thin_losses(losses)) == pytest.approx(np.mean(losses), abs=0.01)
    assert thin_losses([4.0]) == [4.0]


def test_keys_exceed_the_learned_pitches_by_an_octave():
    assert key_range(np.array([0, 220.0, 440.0])) == (45, 81)
    assert key_range(np.zeros(5)) == (36, 40)
