"""A preset that is not playable is refused with a reason."""

import re

import numpy as np
import pytest

from engine.kinds.resonance import SCHEMA
from engine.preset import container
from engine.preset.preset_file import write
from tests.engine.preset.file_damage import describe, refusal
from tests.support.resonance_preset import small_preset


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"format_version": "2.0"}, "made by a newer Luthier: its format is 2.0"),
        ({"format_version": "10.3"}, "newer"),
        ({"format_version": 1}, "format_version 1"),
        ({"format_version": "0.9"}, "never in use"),
        ({"kind": "kazoo"}, "is of kind 'kazoo'"),
        ({"kind": None}, "is of kind None"),
        ({"name": ""}, "name ''"),
        ({"name": "a\nb", "rate": "fast"}, "rate of 'fast'"),
        ({"rate": True}, "rate"),
        ({"rate": 1e400}, "not readable JSON"),
        ({"rate": 10**400}, "rate"),
        ({"rate": 5e9}, "rate"),
        ({"level": -(10**400)}, "level"),
        ({"params": {"decay": 10**400}}, "'decay'"),
        ({"description": "half a pair: \ud800"}, "not readable JSON"),
        ({"novelty": {"\udfff": 1}}, "not readable JSON"),
        ({"level": 500}, "level"),
        ({"tags": "metal"}, "tags"),
        ({"keys": {"low": 60, "high": 20}}, "keys"),
        ({"keys": []}, "keys"),
        ({"params": {"volume": "loud"}}, "'volume'"),
        ({"training": 5}, "training"),
        ({"attack": 0}, "'attack'"),
        ({"attack": 32769}, "'attack'"),
        ({"control": None}, "control"),
        ({"control": {"dimensions": 3, "frames": 50, "hop": 10**30}}, "a hop of 1 s"),
        ({"control": {"dimensions": 3, "frames": 10**400, "hop": 128}}, "3600 s in all"),
        ({"control": {"dimensions": 2, "frames": 50, "hop": 128}}, "other dimensions"),
        ({"control": {"dimensions": 3, "frames": 49, "hop": 128}}, "outside its plane"),
    ],
)
def test_a_wrong_header_is_refused_with_a_reason(path, keys, words):
    write(path, small_preset())
    path.write_bytes(describe(path.read_bytes(), **keys))
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("decay", 0, "unit circle"),
        ("decay", -1, "between 0 and inf"),
        ("decay", np.nan, "not a number"),
        ("amplitude", np.inf, "infinite"),
        ("frequency", 0, "0 Hz"),
        ("frequency", 11025, "below 11025 Hz"),
        ("place", 1.5, "between -1 and 1"),
        ("velocity", 1, "ascend"),
        ("velocity", 0, "above 0"),
        ("pitch", 20000, "pitch"),
        ("pitch", 7.9, "pitches must be 0 or from 8 to below 11025 Hz"),
        ("pitch", 1e-38, "pitches must be 0 or from 8"),
        ("gain", -1, "gain"),
        ("control_sites", 3, "outside its plane"),
    ],
)
def test_values_that_cannot_sound_are_refused_with_a_reason(path, name, value, words):
    preset = small_preset()
    preset.tensors[name] = preset.tensors[name].copy()
    preset.tensors[name].flat[0] = value
    path.write_bytes(container.pack(preset.header, preset.tensors))
    assert words in refusal(path)


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("frequency", (2, 2, 1, 1025), "size J of its tensors is 1025; at most 1024"),
        ("frequency", (2, 2, 9, 8), "size E of its tensors is 9"),
        ("frequency", (2, 9, 1, 8), "size L of its tensors is 9"),
        ("frequency", (513, 2, 1, 8), "size R of its tensors is 513"),
        ("envelope", (2, 2, 4097), "size A of its tensors is 4097"),
        ("router", (4097, 2), "at most 4096 dimensions"),
        ("strike", (2, 2, 44_101), "its strikes are 2.00005 s long; at most 2 s"),
        ("knock", (2, 2, 50_000), "its knocks are 2.26757 s long"),
        ("strike", (300, 8, 2), "numbers of memory to play; at most 67108864"),
    ],
)
def test_what_would_take_too_much_memory_to_play_is_refused_with_a_reason(name, shape, words):
    preset = small_preset()
    sizes = dict(zip(SCHEMA.tensors[name].shape, shape, strict=True))
    tensors = {}
    for other, tensor in preset.tensors.items():
        wanted = SCHEMA.tensors[other].shape
        fit = [sizes.get(letter, size) for letter, size in zip(wanted, tensor.shape, strict=True)]
        tensors[other] = np.broadcast_to(tensor.flat[0] if tensor.size else tensor.dtype.type(0), fit)
    tensors["velocity"] = np.linspace(0.1, 1, tensors["velocity"].size, dtype=np.float32).reshape(
        tensors["velocity"].shape
    )
    preset.header["control"]["dimensions"], preset.header["attack"] = sizes.get("K", 3), 32768
    with pytest.raises(ValueError, match=re.escape(words)):
        SCHEMA.validate(preset.header, tensors)


def test_a_control_plane_is_checked_without_its_tensors(path):
    preset = small_preset(control={"hop": "x"})
    for name in ("router", "control_values", "control_sites"):
        del preset.tensors[name]
    path.write_bytes(container.pack(preset.header, preset.tensors))
    assert "'control' must give" in refusal(path)


@pytest.mark.parametrize("name", ["frequency", "velocity", "knock", "router"])
def test_a_missing_tensor_is_named(path, name):
    preset = small_preset()
    del preset.tensors[name]
    path.write_bytes(container.pack(preset.header, preset.tensors))
    assert name in refusal(path)


def test_a_preset_without_modes_is_refused(path):
    path.write_bytes(container.pack(small_preset(modes=0).header, small_preset(modes=0).tensors))
    assert "size J of its tensors is 0" in refusal(path)
