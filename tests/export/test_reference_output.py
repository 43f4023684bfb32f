"""Probes: the engine reproduces the sound of the trained model."""

import pytest

from engine.reference_output import deviation
from export import reference_output
from export.resonance import make_preset
from tests.export.test_resonance import random_model
from tests.support.resonance_preset import small_preset
from train.resonance.config import Config, Sizes
from train.trainer import LearnedModel


def test_the_engine_agrees_with_the_model():
    sizes = Sizes(control=5, resonances=40, modes=40, variants=2, frames=2**15)
    model = random_model(sizes)
    made = reference_output.add_model_probe(
        make_preset(LearnedModel(model, Config(sizes=sizes), [1.0], 1.0, False), "0", name="any"), model
    )
    assert deviation(made) < -100


@pytest.mark.parametrize("key", [40, 45, 57, 70])
def test_the_engine_agrees_with_the_closed_form_of_a_note(key):
    assert deviation(reference_output.add_note_probe(small_preset(), key)) < -100


def test_a_changed_preset_deviates_from_its_probe():
    made = reference_output.add_note_probe(small_preset(), 45)
    made.tensors["amplitude"][0] *= 1.01
    assert deviation(made) > -45
