"""The .luthier file comes back as it was written, or is refused in one line."""

import json
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from engine import sealed
from engine.kinds.resonance import SCHEMA
from engine.preset import Preset, PresetError, read, write

from .instrument import small_preset


def refusal(path: Path) -> str:
    """The line with which a file is refused; it names the file."""
    with pytest.raises(PresetError) as caught:
        read(path)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(path.name)
    return line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "small.luthier"


def test_a_preset_comes_back_as_it_was_written(path):
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


def test_a_failed_write_leaves_the_old_file_and_no_draft(path):
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


def test_five_hundred_damaged_files_are_five_hundred_refusals(path):
    write(path, small_preset())
    whole = path.read_bytes()
    random = np.random.default_rng(500)
    for _ in range(250):
        path.write_bytes(whole[: random.integers(len(whole))])
        refusal(path)
    for _ in range(250):
        flipped = bytearray(whole)
        flipped[random.integers(len(whole))] ^= random.integers(1, 256)
        path.write_bytes(flipped)
        refusal(path)


def test_every_single_byte_is_guarded(path):
    write(path, small_preset(modes=1))
    whole = path.read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        refusal(path)


def change_header(data: bytes, change) -> bytes:
    """The file with its header changed by a function of the parsed header, and a digest that fits again."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header, separators=(",", ":")).encode()
    return sealed.seal(bytearray(len(text).to_bytes(8, "little") + text + data[8 + length :]))


def describe(data: bytes, **keys) -> bytes:
    """The file with keys of its description replaced, and a digest that fits again."""

    def change(header):
        text = {**json.loads(header["__metadata__"]["luthier"]), **keys}
        header["__metadata__"]["luthier"] = json.dumps(text, separators=(",", ":"))

    return change_header(data, change)


@pytest.mark.parametrize(
    ("name", "key", "value", "words"),
    [
        ("decay", "shape", [2, 2, 1, 9], "do not fit its shape"),
        ("decay", "shape", [2, 2, -1, -8], "no shape"),
        ("decay", "shape", [1 << 70, 0], "no shape"),
        ("decay", "shape", [1] * 9, "no shape"),
        ("decay", "shape", "2", "no shape"),
        ("decay", "shape", [4, 8], "was expected"),
        ("decay", "shape", [2, 1, 2, 8], "was expected"),
        ("decay", "dtype", "F64", "of type 'F64'"),
        ("decay", "dtype", ["F32"], "of type"),
        ("decay", "dtype", "I32", "is int32"),
        ("decay", "data_offsets", [0, 1 << 60], "do not fit"),
        ("decay", "data_offsets", [1 << 40, (1 << 40) + 128], "does not start where"),
        ("gain", "data_offsets", [0, 8], "does not start where"),
        ("gain", "data_offsets", [True, 8], "do not fit"),
    ],
)
def test_a_lying_header_is_refused_in_words(path, name, key, value, words):
    write(path, small_preset())
    path.write_bytes(change_header(path.read_bytes(), lambda header: header[name].update({key: value})))
    assert words in refusal(path)


def test_a_lying_length_allocates_nothing(path):
    path.write_bytes((1 << 62).to_bytes(8, "little") + b"{}" * 100)
    assert "cut short, or no .luthier file" in refusal(path)


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
def test_a_wrong_description_is_refused_in_words(path, keys, words):
    write(path, small_preset())
    path.write_bytes(describe(path.read_bytes(), **keys))
    assert words in refusal(path)


def test_a_later_minor_version_is_read(path):
    write(path, small_preset())
    path.write_bytes(describe(path.read_bytes(), format_version="1.9", novelty=1))
    assert read(path).header["novelty"] == 1


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
def test_values_that_cannot_sound_are_refused_in_words(path, name, value, words):
    preset = small_preset()
    preset.tensors[name] = preset.tensors[name].copy()
    preset.tensors[name].flat[0] = value
    path.write_bytes(sealed.pack(preset.header, preset.tensors))
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
def test_what_would_take_too_much_memory_to_play_is_refused_in_words(name, shape, words):
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
    path.write_bytes(sealed.pack(preset.header, preset.tensors))
    assert "'control' must give" in refusal(path)


@pytest.mark.parametrize("name", ["frequency", "velocity", "knock", "router"])
def test_a_missing_tensor_is_named(path, name):
    preset = small_preset()
    del preset.tensors[name]
    path.write_bytes(sealed.pack(preset.header, preset.tensors))
    assert name in refusal(path)


def test_a_preset_without_modes_is_refused(path):
    path.write_bytes(sealed.pack(small_preset(modes=0).header, small_preset(modes=0).tensors))
    assert "size J of its tensors is 0" in refusal(path)


def test_what_is_no_preset_at_all_is_refused(path):
    assert "No such file" in refusal(path)
    assert "is a folder" in refusal(path.parent)
    for content, words in [
        (b"", "is empty"),
        (b"RIFF", "only 4 bytes"),
        (b"RIFF" + bytes(range(200)), "no .luthier file"),
        ((2).to_bytes(8, "little") + b"{}", "no .luthier file"),
        ((10**5).to_bytes(8, "little") + b"[" * 10**5, "carries no digest"),
        (sealed_text(b'[{"luthier":"{\\"digest\\":\\"' + b"0" * 64 + b'\\"}"}]'), "not a JSON object"),
        (sealed_text(b'{"luthier":"{\\"digest\\":\\"' + b"0" * 64 + b"[" * 10**5), "not readable JSON"),
        (sealed_text(b'{"luthier":"{\\"digest\\":\\"' + b"0" * 64 + b'\\"}"}'), "no text called 'luthier'"),
        (
            sealed_text(b'{"__metadata__":{"a":{"luthier":"{\\"digest\\":\\"' + b"0" * 64 + b'"},"luthier":"{}"}}'),
            "in the wrong place",
        ),
        ((sealed.LONGEST_HEADER + 1).to_bytes(8, "little") + b" " * (sealed.LONGEST_HEADER + 1), "at most"),
    ]:
        path.write_bytes(content)
        assert words in refusal(path)


def sealed_text(header: bytes) -> bytes:
    """A file of a header alone, with a digest that fits."""
    return bytes(sealed.seal(bytearray(len(header).to_bytes(8, "little") + header)))


def peak_of(path: Path, reading) -> int:
    """The most bytes that reading a file takes at once."""
    tracemalloc.start()
    reading(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_reading_takes_no_more_memory_than_twice_the_file(path):
    preset = small_preset()
    preset.tensors["more"] = np.zeros(1_000_000, np.float32)
    write(path, preset)
    size = path.stat().st_size
    assert peak_of(path, read) < 2 * size
    damage_the_end(path)
    assert peak_of(path, refusal) < 2 * size


def test_a_file_that_is_all_header_takes_memory_only_where_its_digest_is_right(path):
    write(path, small_preset(junk=[{}] * 300_000))
    size = path.stat().st_size
    assert size > 0.8 * sealed.LONGEST_HEADER
    assert peak_of(path, read) < 2 * size + 30 * sealed.LONGEST_HEADER
    damage_the_end(path)
    assert peak_of(path, refusal) < 2 * size + 100_000


def damage_the_end(path: Path) -> None:
    """Change the last byte of a file."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
