"""luthier export writes files that other programs read, whole or not at all, and prints in one line why it cannot."""

import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import soundfile
from safetensors.numpy import load_file

from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.preset import library
from engine.preset.preset_file import Preset, read, write
from tests.support.resonance_preset import small_preset


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "drawn.luthier", Preset(*random_preset(taps=800)))
    write(tmp_path / "small.luthier", small_preset())
    return tmp_path


def test_a_decoder_becomes_a_file_that_onnxruntime_runs(capsys):
    assert main(["export", "drawn.luthier", "-o", "out.onnx"]) == 0
    assert "pitch, loudness, state → amplitude, harmonics, noise, next_state, room;" in capsys.readouterr().out
    opened = onnxruntime.InferenceSession("out.onnx")
    assert [value.name for value in opened.get_inputs()] == ["pitch", "loudness", "state"]
    assert json.loads(opened.get_modelmeta().custom_metadata_map["luthier"])["name"] == "drawn"


def test_the_raw_tensors_are_those_of_the_preset(capsys):
    assert main(["export", "drawn.luthier", "-o", "out.safetensors", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "ddsp"
    tensors = load_file("out.safetensors")
    assert sum(tensor.nbytes for tensor in tensors.values()) < told["bytes"]
    for name, tensor in read("drawn.luthier").tensors.items():
        np.testing.assert_array_equal(tensors[name], tensor)


def test_a_clap_in_the_learned_room_is_a_sound_file():
    assert main(["export", "drawn.luthier", "-o", "clap.wav"]) == 0
    sound, rate = soundfile.read("clap.wav", dtype="float32")
    assert rate == 16_000
    np.testing.assert_array_equal(sound[:, 0], read("drawn.luthier").tensors["room"])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["drawn.luthier", "-o", "out.mp3"], "the ending must be .clap, .html, .onnx, .safetensors or .wav"),
        (["drawn.luthier", "-o", "out"], "the ending must be"),
        (["small.luthier", "-o", "clap.wav"], "has no room"),
        (["drawn.luthier", "-o", "nowhere/out.onnx"], "there is no folder 'nowhere'"),
        (["nobody", "-o", "out.onnx"], "there is no instrument called 'nobody'"),
        (["drawn.luthier"], "-o"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_no_file(folder, capsys, words, why):
    before = sorted(folder.iterdir())
    assert main(["export", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert why in err
    assert sorted(folder.iterdir()) == before


def test_a_kind_that_has_no_graph_is_one_line(folder, capsys, monkeypatch):
    monkeypatch.setattr("export.onnx.exporter.EXPORTABLE", ("ddsp",))
    assert main(["export", "small.luthier", "-o", "out.onnx"]) == 2
    assert "small is of kind resonance; ONNX is written of ddsp\n" in capsys.readouterr().err
    assert not (folder / "out.onnx").exists()


@pytest.mark.parametrize("ending", ["onnx", "safetensors", "wav"])
def test_a_folder_in_the_way_is_left_as_it_is(folder, capsys, ending):
    (folder / f"out.{ending}").mkdir()
    assert main(["export", "drawn.luthier", "-o", f"out.{ending}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["drawn.luthier", f"out.{ending}", "small.luthier"]


def test_the_example_of_the_readme_runs():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert main(["export", "violin", "-o", "violin.onnx"]) == 0
    found = {}
    exec(code, found)
    heard = np.concatenate(found["frames"])
    np.testing.assert_allclose(heard.sum(1, keepdims=True)[-1:], found["amplitude"], rtol=1e-5)
    assert heard.shape == (100, read(library.factory_folder() / "violin.luthier").tensors["harmonics_bias"].size)


def test_the_help_has_an_example(capsys):
    assert main(["export", "--help"]) == 0
    assert "luthier export violin -o violin.onnx" in capsys.readouterr().out


def test_what_may_not_be_passed_on_is_not_exported(capsys):
    preset = read("small.luthier")
    preset.header["redistribution"] = "no"
    write(Path("mine.luthier"), preset)
    assert main(["export", "mine.luthier", "-o", "out.safetensors"]) == 2
    assert "may not be passed on" in capsys.readouterr().err
    assert not Path("out.safetensors").exists()
    assert main(["show", "mine.luthier"]) == 0
    assert "May be passed on" in capsys.readouterr().out
    preset.header["redistribution"] = "perhaps"
    with pytest.raises(ValueError, match="it must be free, model-only or no"):
        write(Path("other.luthier"), preset)


def test_a_decoder_from_elsewhere_is_not_exported(capsys):
    assert main(["export", "drawn.luthier", "-o", "out.onnx"]) == 0
    assert main(["export", "out.onnx", "-o", "out.clap"]) == 2
    assert "a decoder from elsewhere" in capsys.readouterr().err
