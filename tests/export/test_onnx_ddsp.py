"""A ddsp decoder exported to ONNX equals the torch model and the engine."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from engine.instruments.ddsp.decode_curves import decode_curves, uses_float16
from engine.kinds.ddsp import random_preset
from engine.preset import library
from engine.preset.preset_file import Preset, read
from export.onnx import make_model
from tests.engine.dsp.test_decoder import error
from train.ddsp.preset_weights import load_model

FRAMES = 60


def of_kind(kind):
    """The factory presets of a kind."""
    found = {name: read(path) for name, path in library.all_presets().items() if library.is_factory(path)}
    return [name for name, preset in found.items() if preset.header["kind"] == kind]


def decoders():
    """Every factory decoder, and some random ones, by name."""
    presets = {
        "drawn": random_preset(48, 20, 33, taps=9, seed=2),
        "halved": random_preset(32, 9, float16=True),
        "hertz": random_preset(32, 9),
    }
    presets["hertz"][0]["features"]["pitch"] = "hertz"
    factory = {name: read(library.factory_folder() / f"{name}.luthier") for name in of_kind("ddsp")}
    return {**factory, **{name: Preset(*parts) for name, parts in presets.items()}}


DECODERS = decoders()


def session(preset):
    return onnxruntime.InferenceSession(make_model(preset).SerializeToString(), providers=["CPUExecutionProvider"])


def curves(preset, voices, seed=1):
    """Pitch in Hz and loudness in dB (voices, F), within the range of the training data."""
    random, header = np.random.default_rng(seed), preset.header
    places = np.cumsum(random.normal(0, 0.05, (voices, FRAMES)), 1) % 1
    low, high = header["pitch"]["low"], header["pitch"]["high"]
    swells = np.clip(np.cumsum(random.normal(0, 0.3, (voices, FRAMES)), 1), -2.5, 2)
    features = header["features"]
    loudness = features["mean"] + features["deviation"] * swells
    return (low * (high / low) ** places).astype("f4"), loudness.astype("f4")


def run(opened, preset, pitch, loudness):
    """Heads (voices, F, 1 + H + N) that an ONNX decoder gives to curves (voices, F), all voices in one call."""
    state, frames = np.zeros((1, len(pitch), len(preset.tensors["pitch_0_bias"])), np.float32), []
    names = ["amplitude", "harmonics", "noise", "next_state"]
    for hertz, decibels in zip(pitch.T, loudness.T, strict=True):
        inputs = {"pitch": hertz[:, None], "loudness": decibels[:, None], "state": state}
        *heads, state = opened.run(names, inputs)
        frames.append(np.concatenate(heads, 1))
    return np.stack(frames, 1)


def shares(heads, preset, pitch):
    """Amplitude, shares of the harmonics below the band, and noise, of heads (F, 1 + H + N) in float64."""
    count = len(preset.tensors["harmonics_bias"])
    amplitude, harmonics, noise = np.split(heads.astype(float), [1, 1 + count], 1)
    harmonics = harmonics * (pitch[:, None] * np.arange(1, count + 1) < preset.header["rate"] / 2)
    return amplitude, harmonics / harmonics.sum(1, keepdims=True), noise


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_in_onnx_equals_torch_and_the_engine(name):
    preset = DECODERS[name]
    pitch, loudness = curves(preset, 3)
    heard = run(session(preset), preset, pitch, loudness)
    features = preset.header["features"]
    inputs = (69 + 12 * np.log2(pitch / 440)) / 127 if features["pitch"] == "midi" else pitch
    inner = load_model({**preset.header, "training": {}}, preset.tensors).decoder.eval()
    with torch.no_grad():
        scaled = torch.from_numpy((loudness - features["mean"]) / features["deviation"])
        outputs, _ = inner(torch.from_numpy(inputs), scaled)
    np.testing.assert_allclose(heard, np.concatenate([part.numpy() for part in outputs], -1), atol=1e-4, rtol=1e-4)
    if uses_float16(preset):
        learned = preset.header.get("training", {})
        assert learned.get("half", -55) <= -55  # dB, against the weights before they were halved
    for heads, hertz, decibels in zip(heard, pitch, loudness, strict=True):
        for part, own in zip(shares(heads, preset, hertz), decode_curves(preset, hertz, decibels), strict=True):
            assert error(part, own) <= -100


def test_voices_of_a_batch_are_independent_and_the_state_is_the_callers():
    preset = DECODERS["drawn"]
    opened, (pitch, loudness) = session(preset), curves(preset, 5)
    together = run(opened, preset, pitch, loudness)
    for v in range(5):
        alone = run(opened, preset, pitch[v : v + 1], loudness[v : v + 1])
        np.testing.assert_allclose(alone[0], together[v], atol=1e-6)


def test_an_exported_decoder_contains_room_header_and_licence():
    header, tensors = random_preset(16, taps=40)
    whole = {**header, "licence": "CC BY 4.0", "source": {"attribution": "Ada"}}
    presets = make_model(Preset(whole, tensors))
    assert (presets.ir_version, presets.opset_import[0].version) == (8, 17)
    opened = session(Preset(whole, tensors))
    words = opened.get_modelmeta().custom_metadata_map
    assert json.loads(words.pop("luthier")) == whole
    assert words == {"name": "drawn", "licence": "CC BY 4.0", "attribution": "Ada"}
    inputs = {
        "pitch": np.full((1, 1), 440, "f4"),
        "loudness": np.zeros((1, 1), "f4"),
        "state": np.zeros((1, 1, 16), "f4"),
    }
    np.testing.assert_array_equal(opened.run(["room"], inputs)[0], tensors["room"])


def test_float16_matrices_stay_float16_in_the_file():
    sizes = [len(make_model(Preset(*random_preset(128, float16=half))).SerializeToString()) for half in (True, False)]
    assert sizes[0] < 0.53 * sizes[1]


def test_an_invalid_graph_is_never_written():
    from export.onnx.graph import Graph

    graph = Graph()
    graph.output("sound", graph.node("Tanh", "nothing"), 1)
    with pytest.raises(onnx.checker.ValidationError):
        graph.model({"kind": "ddsp"})
