"""Frame artifacts as the comparison of recipes measures them, on known networks."""

import numpy as np
import pytest
import torch

from benchmarks.learning.ssm_recipes import comb_energies
from train.ssm.config import Sizes
from train.ssm.model import StateSpaceModel

RATE, FRAME = 22050, 128


def ringing(hertz: float, pattern: np.ndarray | None = None) -> StateSpaceModel:
    """A network of one slow partial, struck once; pattern (FRAME,): what modulates its frames."""
    model = StateSpaceModel(Sizes(control=1, state=2, samples=2**14), torch.Generator().manual_seed(0))
    pole = np.exp((-2 + 2j * np.pi * hertz) / RATE)
    step = pole**FRAME
    wave = 0.1 * pole ** np.arange(FRAME) * (1 if pattern is None else pattern)
    values = {
        "recurrence": [[step.real, -step.imag], [step.imag, step.real]],
        "output": np.stack([wave.real, -wave.imag], 1),
        "inward": np.eye(2),
        "projection": [[0.05, 0]],
        "control": np.eye(1, 128),
    }
    with torch.no_grad():
        for name, value in values.items():
            getattr(model, name).copy_(torch.as_tensor(np.asarray(value)))
    return model


def test_a_partial_that_is_continuous_over_frames_has_no_comb():
    energies = comb_energies(ringing(500.0))
    assert energies["comb"] < 1e-3
    assert energies["sway"] < 1e-3
    assert energies["whole"] < 1e-4 * comb_energies(ringing(3 * RATE / FRAME))["whole"]


def test_discontinuous_frames_have_a_comb_beside_their_partial():
    rough = 1 + 0.5 * np.random.default_rng(0).normal(size=FRAME)
    energies = comb_energies(ringing(500.0, rough))
    assert energies["comb"] > 0.05
    assert energies["sway"] > 0.01
    assert energies["whole"] < 0.01 * energies["energy"]  # its lines lie between the multiples of the frame rate


def test_the_share_of_the_comb_follows_from_the_modulation_of_the_frames():
    line = 1 + 0.5 * np.cos(2 * np.pi * 2 * np.arange(FRAME) / FRAME)  # two images, a quarter as high each
    energies = comb_energies(ringing(800.0, line))
    assert energies["comb"] == pytest.approx(2 / 16 / (1 + 2 / 16), rel=0.03)
