"""Stereo positions are recovered from recordings with known positions."""

import numpy as np
import pytest
import torch

from export.stereo_position import stereo_positions
from train.resonance.config import Sizes
from train.resonance.model import ResonanceModel

SIZES = Sizes(control=2, resonances=2, modes=3, variants=1, strike=1, knock=0, attack=128, envelope=4, frames=2**15)


def _two_bars() -> ResonanceModel:
    """Resonance 0 sounds below 1 kHz and first, resonance 1 above 2 kHz and later."""
    model = ResonanceModel(SIZES, torch.Generator().manual_seed(0))
    hertz = torch.tensor([[[300.0, 500, 800]], [[2100, 3300, 4700]]])
    with torch.no_grad():
        model.tension.copy_(2 * torch.log10(hertz / 0.267745))
        model.damping.fill_(-2)
        model.displacement.fill_(1)
        model.amplitude.fill_(1)
        model.router.copy_(torch.eye(2))
        model.strike.fill_(1)
        model.envelope.zero_()
        model.control.fill_(-1)
        model.control[0, 0] = model.control[1, 50] = 5
    return model


def test_each_resonance_is_found_at_its_position():
    model = _two_bars()
    with torch.no_grad():
        voices = model.render_resonances(torch.zeros(2, 128)).numpy()
    positions = np.array([-0.6, 0.3])
    gains = np.sqrt(2) * np.stack((np.cos((positions + 1) * np.pi / 4), np.sin((positions + 1) * np.pi / 4)))
    found = stereo_positions(model, gains @ voices)
    np.testing.assert_allclose(found, np.broadcast_to(positions[:, None, None], found.shape), atol=0.03)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_mono_recording_has_positions_in_the_centre(channels):
    model = _two_bars()
    sound = np.random.default_rng(0).normal(size=2**15)
    assert not stereo_positions(model, np.stack([sound] * channels)).any()
