"""A damaged .luthier file is refused in one line, and takes no memory."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from engine.kinds.ddsp import random_preset
from engine.preset import container
from engine.preset.preset_file import Preset, read, write
from tests.engine.preset.file_damage import change_header, damage_the_end, refusal, sealed_text
from tests.support import events_preset, ssm_preset
from tests.support.resonance_preset import small_preset


@pytest.mark.parametrize(
    "kind", [small_preset, ssm_preset.preset, events_preset.preset, lambda: Preset(*random_preset())]
)
def test_five_hundred_damaged_files_are_five_hundred_refusals(path, kind):
    write(path, kind())
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


def test_a_change_of_any_byte_is_detected(path):
    write(path, small_preset(modes=1))
    whole = path.read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        refusal(path)


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
def test_an_inconsistent_header_is_refused_with_a_reason(path, name, key, value, words):
    write(path, small_preset())
    path.write_bytes(change_header(path.read_bytes(), lambda header: header[name].update({key: value})))
    assert words in refusal(path)


def test_a_wrong_length_allocates_nothing(path):
    path.write_bytes((1 << 62).to_bytes(8, "little") + b"{}" * 100)
    assert "cut short, or no .luthier file" in refusal(path)


def test_other_files_are_refused(path):
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
        ((container.MAX_HEADER_BYTES + 1).to_bytes(8, "little") + b" " * (container.MAX_HEADER_BYTES + 1), "at most"),
    ]:
        path.write_bytes(content)
        assert words in refusal(path)


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
    assert size > 0.8 * container.MAX_HEADER_BYTES
    assert peak_of(path, read) < 2 * size + 30 * container.MAX_HEADER_BYTES
    damage_the_end(path)
    assert peak_of(path, refusal) < 2 * size + 100_000
