"""An exported event model against the torch model: decoder without torch, ONNX, decomposition."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
import torch

from engine.instruments.events.decoder import EventDecoder
from engine.preset.preset_file import PresetError, read, write
from engine.reference_output import deviation
from export.events import load_model, make_preset
from export.onnx import make_model
from train.events import event_search, fit_strengths
from train.events.config import Config, Sizes
from train.events.decompose import decompose
from train.events.initial_dictionary import new_model
from train.events.learn import LearnedEvents
from train.events.model import Events

TINY = Sizes(channels=16, keys=88, events=8, embedding=48, width=8, pitches=12, impulse=256, samples=2**13, rooms=3)
PUBLISHED = replace(TINY, passes=1, published=True)
FULL_BAND = TINY.scaled_to(44_100)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch):
    monkeypatch.setattr(event_search, "STRENGTH_STEPS", 4)
    monkeypatch.setattr(fit_strengths, "CONTEXT_ROOM_STEPS", 4)


def learned(sizes: Sizes) -> LearnedEvents:
    """An untrained model, all of whose weights differ from their initial values."""
    generator = torch.Generator().manual_seed(2)
    model = new_model(sizes, generator)
    with torch.no_grad():
        for value in model.decoder.parameters():
            value.add_(0.05 * torch.randn(value.shape, generator=generator))
        model.encoder.plane.bias.add_(0.05)
        model.context.weight.mul_(20)
        model.typical.copy_(0.1 * torch.randn(sizes.embedding, generator=generator))
        model.typical_gains.copy_(torch.tensor([0.7, 0.1, 0.2, 0.0]))
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm1d):
                module.running_mean.uniform_(-0.1, 0.1, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
        model.update_usage(
            Events(torch.arange(40)[None], torch.zeros(1, 40, dtype=torch.long), torch.rand(1, 40)), 0.0
        )
    return LearnedEvents(model, Config(sizes), [2.0, 1.0], 1.0, False, 1.5)


@pytest.fixture(scope="module", params=[TINY, PUBLISHED, FULL_BAND], ids=["ours", "published", "full band"])
def made(request):
    return make_preset(learned(request.param), "0", name="events")


def error_db(one: np.ndarray, other: np.ndarray) -> float:
    """Relative error in dB."""
    return 10 * np.log10(((one - other) ** 2).sum() / (other**2).sum() + 1e-30)


def plucked(seconds: float) -> torch.Tensor:
    generator = np.random.default_rng(0)
    sound = np.zeros(int(seconds * 22050))
    for first in range(0, len(sound) - 2000, 3300):
        time = np.arange(min(6000, len(sound) - first)) / 22050
        sound[first : first + 6000] += np.sin(2 * np.pi * generator.uniform(100, 900) * time) * np.exp(-9 * time)
    return torch.from_numpy(0.4 * sound / np.abs(sound).max()).float()


def test_the_decoder_without_torch_equals_the_model(made):
    model, decoder = load_model(made), EventDecoder(made)
    keys, strengths = np.arange(0, 88, 7), np.linspace(0.01, 2, 13).astype(np.float32)
    with torch.no_grad():
        wanted = model.decoder(torch.tensor(keys), torch.tensor(strengths), model.typical.expand(13, -1)).numpy()
    for heard, expected in zip(decoder.render(keys, strengths), wanted, strict=True):
        assert error_db(heard, expected) < -90


def test_the_decoder_in_onnx_equals_the_engines(made):
    opened = onnxruntime.InferenceSession(make_model(made).SerializeToString(), providers=["CPUExecutionProvider"])
    keys, strengths = np.arange(0, 88, 7), np.linspace(0.0, 2, 13).astype(np.float32)
    context = np.linspace(-0.1, 0.1, TINY.embedding, dtype=np.float32)
    inputs = {"key": keys, "strength": strengths, "context": context[None]}
    sound, room, usual = opened.run(["sound", "room", "usual_context"], inputs)
    expected = EventDecoder(made).render(keys, strengths, context)
    assert not sound[0].any()
    assert all(error_db(one, other) < -90 for one, other in zip(sound[1:], expected[1:], strict=True))
    np.testing.assert_array_equal(room, made.tensors["room"])
    np.testing.assert_array_equal(usual[0], made.tensors["context"])
    alone = opened.run(["sound"], {**inputs, "key": keys[4:5], "strength": strengths[4:5]})[0]
    np.testing.assert_allclose(alone[0], sound[4], atol=1e-6)
    assert '"kind": "events"' in opened.get_modelmeta().custom_metadata_map["luthier"]


def test_float16_matrices_sound_like_the_trained_model(made):
    assert made.tensors["embedding"].dtype == made.tensors["wave_weight"].dtype == np.float16
    assert deviation(made) < -55


def test_a_model_survives_export_and_import(made, tmp_path):
    write(tmp_path / "one.luthier", made)
    model = load_model(read(tmp_path / "one.luthier"))
    again = make_preset(LearnedEvents(model, Config(model.sizes), [1.0], 1.0, False, 1.0), "0")
    for name, tensor in made.tensors.items():
        if name != "pitch":  # of what has not learned, by chance one harmonic or another
            np.testing.assert_allclose(again.tensors[name], tensor, rtol=2e-3, atol=1e-5, err_msg=name)


@pytest.mark.verify
def test_events_of_a_long_recording_are_within_it_on_frame_times(made):
    sound = plucked(1.0)
    score = decompose(load_model(made), sound, rounds=1)
    assert len(score.events) > 10
    assert all(0 <= event.time < 1.0 + TINY.samples / 22050 for event in score.events)
    frames = [event.time * made.header["rate"] / made.header["decoder"]["hop"] for event in score.events]
    np.testing.assert_allclose(frames, np.round(frames), atol=1e-6)
    with pytest.raises(ValueError, match="silent"):
        decompose(load_model(made), torch.zeros(5000))
    with pytest.raises(ValueError, match="at most 7200 s"):
        decompose(load_model(made), torch.ones(1).expand(7201 * made.header["rate"]))


@pytest.mark.parametrize(
    ("damage", "hint"),
    [
        (lambda made: made.tensors.pop("noise"), "'noise' is missing"),
        (lambda made: made.header["decoder"].update(shapes=["round"]), "shapes"),
        (lambda made: made.header["decoder"].update(hop=300), "hop 300"),
        (lambda made: made.header["decoder"].update(hop=4096), "played|bins|noise"),
        (lambda made: made.header["decoder"].update(decays=[0.5, 1.0]), "decays"),
        (lambda made: made.tensors.update(filter_up_bias=made.tensors["filter_up_bias"][:-1]), "shape"),
        (lambda made: made.tensors.update(frequencies=made.tensors["frequencies"] * 9), "frequency"),
    ],
)
def test_a_damaged_preset_is_refused_with_a_reason(made, tmp_path, damage, hint):
    broken = type(made)({**made.header, "decoder": dict(made.header["decoder"])}, dict(made.tensors))
    damage(broken)
    with pytest.raises(PresetError, match=hint):
        write(tmp_path / "broken.luthier", broken)


def test_a_preset_without_its_encoder_cannot_decompose(made):
    bare = {name: tensor for name, tensor in made.tensors.items() if not name.startswith("heard.")}
    with pytest.raises(ValueError, match="cannot find events"):
        load_model(type(made)(made.header, bare))
