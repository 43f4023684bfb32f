"""The .luthier file is read as it was written."""

import json

import numpy as np
import pytest
from safetensors import safe_open

from engine.preset.preset_file import Preset, PresetError, read, write
from tests.engine.preset.file_damage import describe
from tests.support.resonance_preset import small_preset


def test_a_preset_is_read_as_it_was_written(path):
    preset = small_preset(future={"unknown": [1, "ключ", None]})
    digest = write(path, preset)
    back = read(path)
    assert back.header == preset.header
    assert back.digest == digest
    assert back.tensors.keys() == preset.tensors.keys()
    for name, tensor in preset.tensors.items():
        np.testing.assert_array_equal(back.tensors[name], tensor)
        assert back.tensors[name].dtype == tensor.dtype


def test_the_same_content_gives_the_same_bytes(tmp_path):
    preset = small_preset()
    write(tmp_path / "a.luthier", preset)
    backwards = Preset(dict(reversed(preset.header.items())), dict(reversed(preset.tensors.items())))
    write(tmp_path / "b.luthier", backwards)
    write(tmp_path / "c.luthier", read(tmp_path / "a.luthier"))
    first = (tmp_path / "a.luthier").read_bytes()
    assert (tmp_path / "b.luthier").read_bytes() == first
    assert (tmp_path / "c.luthier").read_bytes() == first


def test_other_programs_read_it_as_safetensors(path):
    preset = small_preset()
    write(path, preset)
    with safe_open(path, "np") as file:
        assert json.loads(file.metadata()["luthier"])["name"] == "small"
        np.testing.assert_array_equal(file.get_tensor("decay"), preset.tensors["decay"])


def test_half_precision_and_views_are_written_by_value(path):
    preset = small_preset()
    preset.tensors["phase"] = preset.tensors["phase"].astype(np.float16)
    preset.tensors["decay"] = preset.tensors["decay"][:, ::-1]
    write(path, preset)
    back = read(path)
    np.testing.assert_array_equal(back.tensors["phase"], preset.tensors["phase"])
    np.testing.assert_array_equal(back.tensors["decay"], preset.tensors["decay"])


def test_a_failed_write_leaves_the_old_file_and_no_temporary_one(path):
    write(path, small_preset())
    before = path.read_bytes()
    broken = small_preset()
    broken.tensors["decay"][0, 0, 0, 0] = 0
    with pytest.raises(PresetError, match="not written.*does not decay"):
        write(path, broken)
    with pytest.raises(PresetError, match="cannot be written"):
        write(path.parent / "nowhere" / "x.luthier", small_preset())
    with pytest.raises(PresetError, match="not written"):
        write(path, small_preset(loudness={"lufs": float("nan")}))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["small.luthier"]


def test_a_later_minor_version_is_read(path):
    write(path, small_preset())
    path.write_bytes(describe(path.read_bytes(), format_version="1.9", novelty=1))
    assert read(path).header["novelty"] == 1
