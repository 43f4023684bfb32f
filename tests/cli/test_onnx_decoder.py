"""An ONNX decoder, beginning with the example of its documentation, plays as any instrument does."""

import json
import re
import warnings
from pathlib import Path

import mido
import numpy as np
import onnx
import pytest
import soundfile
from onnx import TensorProto, helper, numpy_helper

from benchmarks.support.jack_server import running
from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, write
from tests.cli.test_transfer import pitch_of
from tests.support.onnx_decoders import write_stacked_gru
from tests.test_runtime_imports import loaded_by

DOCUMENT = Path(__file__).parents[2] / "docs" / "decoder.md"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The decoder that the documentation's ten lines export."""
    import os

    import torch

    folder, here = tmp_path_factory.mktemp("example"), Path.cwd()
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch is about to leave this exporter
            torch.manual_seed(1)
            exec(code, {"__name__": "example"})
    finally:
        os.chdir(here)
    return folder / "decoder.onnx"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, example):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes(example.read_bytes())
    notes = [mido.Message("note_on", note=69, velocity=90, time=0), mido.Message("note_off", note=69, time=1920)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / "score.mid")
    return tmp_path


def rendered(name, *words):
    assert main(["render", name, "score.mid", "-o", "out.wav", "--seconds", "1", "--float", *words]) == 0
    audio, rate = soundfile.read("out.wav", dtype="float32")
    return audio.T, rate


def test_the_documented_example_sounds_at_the_pitch_of_its_keys_and_repeatably():
    audio, rate = rendered("decoder.onnx")
    assert np.sqrt((audio[:, rate // 2 :] ** 2).mean()) > 0.005
    assert pitch_of(audio[0, rate // 2 :], rate) == pytest.approx(440, rel=0.002)
    np.testing.assert_array_equal(rendered("decoder.onnx")[0], audio)
    np.testing.assert_allclose(rendered("decoder.onnx", "--block", "512")[0], audio, atol=1e-7)


def test_the_documented_example_follows_a_voice(capsys):
    time = np.arange(24_000) / 16_000
    soundfile.write("voice.wav", sum(0.1 * np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 9)), 16_000)
    assert main(["transfer", "voice.wav", "decoder.onnx", "-o", "out.wav"]) == 0
    assert "frame 20.0 ms" in capsys.readouterr().out
    audio, rate = soundfile.read("out.wav")
    assert pitch_of(audio[rate // 2 : rate, 0], rate) == pytest.approx(220, rel=0.01)


def test_the_documented_example_plays_through_a_device_in_time(capsys):
    with running() as server:
        words = ["play", "decoder.onnx", "--seconds", "2", "--backend", "jack", "--record", "tape.wav", "--mic"]
        assert main(words) == 0
    assert "frame 20.0 ms" in capsys.readouterr().out
    assert soundfile.info("tape.wav").samplerate == server.rate


def test_an_exported_instrument_plays_from_its_onnx_file_as_from_its_own():
    header, tensors = random_preset(32, 20, taps=900, seed=6)
    about = {**header, "name": "own", "level": -6.0, "params": {"attack": 0.0, "noise": -60.0}}
    write("own.luthier", Preset(about, tensors))
    assert main(["export", "own.luthier", "-o", "own.onnx"]) == 0
    own, rate = rendered("own.luthier")
    other, _ = rendered("own.onnx")
    held = slice(3 * rate // 4, rate)
    difference = np.sqrt(((own - other)[:, held] ** 2).mean() / (own[:, held] ** 2).mean())
    assert 20 * np.log10(difference) < -50  # the sustain comes a frame later


def tinker(change):
    """Let some function change the example's file."""
    model = onnx.load("decoder.onnx")
    change(model)
    onnx.save(model, "decoder.onnx")


def renamed(model):
    for nodes in model.graph.node:
        nodes.input[:] = ["f0" if name == "pitch" else name for name in nodes.input]
    model.graph.input[0].name = "f0"


def narrow(model):
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 2
    weights = numpy_helper.from_array(np.zeros((1, 2), np.float32), "wide")
    model.graph.initializer.append(weights)
    model.graph.node.append(helper.make_node("Add", ["amplitude", "wide"], ["wider"]))
    model.graph.output[0].name = "wider"
    for node in model.graph.node[:-1]:
        node.output[:] = ["slim" if name == "amplitude" else name for name in node.output]
    model.graph.node[-1].input[0], model.graph.node[-1].output[0] = "slim", "amplitude"
    model.graph.output[0].name = "amplitude"


def whole(model):
    model.graph.input[1].type.tensor_type.elem_type = TensorProto.INT32
    cast = helper.make_node("Cast", ["loudness"], ["single"], to=TensorProto.FLOAT)
    for node in model.graph.node:
        node.input[:] = ["single" if name == "loudness" else name for name in node.input]
    model.graph.node.insert(0, cast)


def described(**words):
    return lambda model: helper.set_model_props(model, {"luthier": json.dumps(words)})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (renamed, "it has f0, loudness, state → amplitude, harmonics, noise, next_state; expected was pitch (B, 1)"),
        (narrow, "for 1 voices it says (1, 2), (1, 60), (1, 65), (1, 1, 64); expected was pitch (B, 1)"),
        (whole, "loudness is a tensor(int32); all must be float32, float16 or float64"),
        (described(kind="resonance"), "it is of kind 'resonance'"),
        (described(pitch={"low": 900, "high": 90}), "'pitch' is {'low': 900, 'high': 90}"),
        (described(features={"deviation": 0}), "the deviation 0"),
        (described(level="loud"), "has a level of 'loud'"),
        (lambda model: helper.set_model_props(model, {"luthier": "[}"}), "is no JSON object"),
    ],
)
def test_a_file_with_another_signature_is_refused_in_one_line(capsys, change, why):
    tinker(change)
    assert main(["render", "decoder.onnx", "score.mid", "-o", "out.wav"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert why in err
    assert err.startswith("luthier: decoder.onnx ")


@pytest.mark.parametrize("words", [["render", "junk.onnx", "score.mid", "-o", "out.wav"], ["show", "decoder.onnx"]])
def test_what_is_no_decoder_or_no_preset_is_refused_in_one_line(capsys, words):
    Path("junk.onnx").write_bytes(b"RIFF" * 99)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "ONNX model" in err


def test_a_decoder_of_two_layers_and_one_of_half_precision_play(folder):
    for words in ({"layers": 2}, {"layers": 2, "dtype": np.float16}):
        write_stacked_gru(folder / "stacked.onnx", **words)
        audio, rate = rendered("stacked.onnx")
        assert pitch_of(audio[0, rate // 2 :], rate) == pytest.approx(440, rel=0.002)


def test_factory_instruments_play_without_onnxruntime():
    assert not loaded_by("engine.instrument_chain", "engine.devices.stream", "cli.play", "cli.chain_options") & {
        "onnxruntime",
        "onnx",
        "torch",
    }


def test_without_onnxruntime_the_error_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    assert main(["render", "decoder.onnx", "score.mid", "-o", "out.wav"]) == 2
    assert "pip install onnxruntime" in capsys.readouterr().err
