"""The engine, playing an exported preset, against the torch model."""

import numpy as np
import pytest
import torch

from engine.events import EVENT
from engine.host import Host
from engine.instruments import make
from engine.instruments.resonance import excitation_tables
from engine.preset.control_performance import perform
from engine.render import render
from export.resonance import make_preset
from tests.export.test_resonance import random_model
from train.resonance.config import Config, Sizes
from train.trainer import LearnedModel

SIZES = Sizes(control=5, resonances=6, modes=40, variants=2, attack=2048, frames=2**15)
PUBLISHED = Sizes(control=16, resonances=16, modes=64, variants=2, strike=0, knock=0, envelope=256, frames=2**16)


@pytest.mark.parametrize("sizes", [SIZES, PUBLISHED])
@pytest.mark.parametrize("block", [128, 331])
def test_the_engine_equals_the_model(sizes, block):
    model = random_model(sizes)
    made = make_preset(LearnedModel(model, Config(sizes=sizes), [1.0], 1.0, False), "0", name="any")
    made.header["params"] = {"play": 0, "variation": 0}
    rate = sizes.rate
    noise = excitation_tables.noise(rate, rate)[: sizes.resonances * sizes.attack].reshape(
        sizes.resonances, sizes.attack
    )
    with torch.no_grad():
        expected = model(torch.from_numpy(noise)).numpy()
    host = Host(rate)
    host.play([make(made)])
    sound = render(host, _events(perform(made.header, made.tensors, "learned"), rate), sizes.frames / rate, block)
    np.testing.assert_array_equal(sound[0], sound[1])
    assert np.linalg.norm(sound[0] - expected) / np.linalg.norm(expected) < 1e-4


def _events(performance, rate):
    events = np.zeros(len(performance), EVENT)
    for event, (seconds, kind, key, value) in zip(events, performance, strict=True):
        event["frame"], event["kind"], event["key"], event["value"] = round(seconds * rate), kind, key, value
    return events
