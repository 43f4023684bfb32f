"""Pages that play an instrument: one file with all that it needs, and one line where none can be made."""

import base64
import gzip
import json
import re

import numpy as np
import pytest

from cli.main import main
from engine.image.function_table import record_digest
from engine.image.image import IN_TABLES, ImageError
from engine.image.image_file import HEADER, IMAGE, LABELS, PARAM, RELOCATION
from engine.preset.control_performance import perform
from engine.preset.preset_file import write
from export import chain_images
from export.package_files import PackageFiles
from export.page.page import (
    HAND_SCRIPTS,
    PLAYER,
    PROCESSOR_SCRIPTS,
    SCRIPTS,
    build_page,
    page_text,
    recording_share,
    write_page,
)
from session.patch import Chain, Layer, Patch
from tests.support.resonance_preset import small_preset

DIGEST_SECTION = b"\0\x09\0" + record_digest().to_bytes(8, "little")  # one that means nothing to a browser
EMPTY_MODULE = b"\0asm\1\0\0\0" + DIGEST_SECTION


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of a small instrument with a learned performance; its text. The module in it is an empty one."""
    folder = tmp_path_factory.mktemp("page")
    write(folder / "small.luthier", small_preset())
    (folder / "luthier.wasm").write_bytes(EMPTY_MODULE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUTHIER_SHELLS", str(folder))
        assert main(["export", str(folder / "small.luthier"), "-o", str(folder / "small.html")]) == 0
    return (folder / "small.html").read_text(encoding="utf-8")


def unpack(page: str, name: str) -> bytes:
    (text,) = re.findall(rf'<script type="application/octet-stream" id="{name}">([^<]*)</script>', page)
    data = gzip.decompress(base64.b64decode(text))
    if name != "images":
        return data
    start = int(np.frombuffer(data, HEADER, 1)["tables_place"][0])
    return data[:start] + np.frombuffer(data[start:], np.uint8).reshape(4, -1).T.tobytes()


def description(page: str) -> dict:
    images = unpack(page, "images")
    header = np.frombuffer(images, HEADER, 1)[0]
    start = int(header["text_place"])
    return json.loads(images[start : start + int(header["text_size"])])


@pytest.mark.verify  # another process compiles for other registers
def test_a_page_is_one_file_that_loads_nothing(page):
    assert unpack(page, "module") == EMPTY_MODULE
    visible = re.sub(r"<script type=\"application/octet-stream\".*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r"https?://|@import|\burl\(|\bsrc=|<link (?!rel=\"icon\" href=\"data:,\")", visible)
    assert "default-src 'none'" in visible


@pytest.mark.verify  # another process compiles for other registers
def test_a_page_has_an_image_for_each_of_both_rates_at_the_width_of_the_browsers_registers(page):
    images = unpack(page, "images")
    entries = np.frombuffer(images, IMAGE, 2, HEADER.itemsize + LABELS.itemsize)
    assert np.frombuffer(images, HEADER, 1)["count"][0] == 2
    assert entries["rate"].tolist() == [44_100, 48_000]
    assert entries["lanes"].tolist() == [4, 4]


@pytest.mark.verify  # another process compiles for other registers
def test_knobs_are_those_of_the_image(page):
    images, told = unpack(page, "images"), description(page)
    entry = np.frombuffer(images, IMAGE, 1, HEADER.itemsize + LABELS.itemsize)[0]
    params = np.frombuffer(images, PARAM, int(entry["params_count"]), int(entry["params_place"]))
    assert told["paramCount"] == len(params)
    assert told["params"]
    for knob in told["params"]:
        param = params[knob["number"]]
        assert (param["name"].decode(), param["unit"].decode()) == (knob["name"], knob["unit"])
        assert (param["low"], param["high"], param["slot"], param["index"]) == (
            knob["low"], knob["high"], knob["slot"], knob["index"],
        )  # fmt: skip
    assert params[[param["module"] == b"volume" for param in params]]["slot"] == told["volume"]["slot"]


@pytest.mark.verify  # another process compiles for other registers
def test_performances_are_those_of_the_engine(page):
    told, preset = description(page)["performances"], small_preset()
    for name in ("learned", "random", "permuted"):
        events = [event for event in perform(preset.header, preset.tensors, name) if event[1].name == "CONTROL"]
        seconds, keys, values = told[name]
        np.testing.assert_allclose(seconds, [event[0] for event in events], rtol=1e-5)
        assert keys == [event[2] for event in events]
        np.testing.assert_array_equal(np.float32(values), np.float32([event[3] for event in events]))


def test_the_share_of_the_recording_counts_its_samples_at_16_bits():
    preset = small_preset()
    control = preset.header["control"]
    assert recording_share(preset, 1000) == 500 / (control["frames"] * control["hop"])
    del preset.header["control"]
    assert recording_share(preset, 1000) is None


@pytest.mark.verify  # another process compiles for other registers
def test_texts_of_an_instrument_are_no_markup(page):
    preset = small_preset()
    preset.header["name"], preset.header["description"] = "a <b>", "</title><script>"
    text = build_page(preset, 1000, EMPTY_MODULE, unpack(page, "images"))
    assert "A &lt;b&gt;" in text
    assert "</title><script>" not in text


@pytest.mark.verify  # another process compiles for other registers
def test_every_script_of_the_page_is_in_it(page):
    assert all(
        f"class {name}" in page for name in ("Engine", "Keyboard", "Knob", "Pad", "PerformancePanel", "Player")
    )
    assert len(set(SCRIPTS)) == len(SCRIPTS)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["small.luthier", "-o", "small.html"], "luthier.wasm was not built"),
        (["small.luthier", "-o", "nowhere/small.html"], "there is no folder 'nowhere'"),
        (["decoder.onnx", "-o", "small.html"], "decoder.onnx is a decoder from elsewhere"),
    ],
)
def test_what_cannot_be_a_page_is_one_line_and_no_file(tmp_path, monkeypatch, capsys, words, why):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LUTHIER_SHELLS", str(tmp_path))
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "decoder.onnx").write_bytes(b"any")
    before = sorted(tmp_path.iterdir())
    assert main(["export", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert why in err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.verify  # another process compiles for other registers
def test_the_name_of_the_preset_can_be_read_again(page):
    assert description(page)["name"] == small_preset().header["name"] == read_name(page)


def read_name(page: str) -> str:
    labels = np.frombuffer(unpack(page, "images"), LABELS, 1, HEADER.itemsize)
    return labels["name"][0].decode()


@pytest.mark.verify
def test_a_shell_of_other_sources_is_one_line_and_no_page(tmp_path, monkeypatch, capsys):
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "luthier.wasm").write_bytes(EMPTY_MODULE[: -len(DIGEST_SECTION)])
    monkeypatch.setenv("LUTHIER_SHELLS", str(tmp_path))
    assert main(["export", str(tmp_path / "small.luthier"), "-o", str(tmp_path / "small.html")]) == 2
    assert capsys.readouterr().err == (
        "luthier: luthier.wasm was built from other sources than these: build it anew by make shells\n"
    )
    assert not (tmp_path / "small.html").exists()


@pytest.mark.verify  # another process compiles for other registers
def test_the_page_of_a_patch_has_its_effects_and_its_values(tmp_path, monkeypatch):
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "luthier.wasm").write_bytes(EMPTY_MODULE)
    monkeypatch.setenv("LUTHIER_SHELLS", str(tmp_path))
    chain = Chain().with_effect("chorus")
    patch = Patch(tmp_path / "small.luthier", {"level": -9.0, "chorus depth": 0.004}, chain)
    write_page(tmp_path / "patch.html", patch, small_preset())
    knobs = description((tmp_path / "patch.html").read_text(encoding="utf-8"))["params"]
    values = {f"{knob['group']} {knob['name']}".strip(): knob["value"] for knob in knobs}
    assert (values["level"], values["chorus depth"]) == (-9.0, 0.004)
    assert [knob["switch"] for knob in knobs if knob["name"] == "on"] == [True]


def test_a_second_instrument_is_refused_before_anything_is_made(tmp_path, monkeypatch):
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "luthier.wasm").write_bytes(EMPTY_MODULE)
    monkeypatch.setenv("LUTHIER_SHELLS", str(tmp_path))
    patch = Patch(tmp_path / "small.luthier", chain=Chain(layer=Layer("guitar")))
    with pytest.raises(ImageError, match="only one can be exported"):
        write_page(tmp_path / "patch.html", patch, small_preset())
    assert not (tmp_path / "patch.html").exists()


@pytest.mark.verify  # another process compiles for other registers
def test_a_large_page_has_one_rate_with_the_same_image(page, tmp_path, monkeypatch):
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "luthier.wasm").write_bytes(EMPTY_MODULE)
    monkeypatch.setenv("LUTHIER_SHELLS", str(tmp_path))
    monkeypatch.setattr("export.page.page.MAX_BYTES_FOR_TWO_RATES", 1000)
    assert main(["export", str(tmp_path / "small.luthier"), "-o", str(tmp_path / "small.html")]) == 0
    one = (tmp_path / "small.html").read_text(encoding="utf-8")
    assert description(one)["rates"] == [48_000]
    assert memory_and_tables(unpack(one, "images"), 0) == memory_and_tables(unpack(page, "images"), 1)
    assert len(unpack(one, "images")) < len(unpack(page, "images"))


def memory_and_tables(images: bytes, number: int) -> tuple[bytes, list[bytes]]:
    """The first memory of an image in a file, and the beginnings of the tables that its relocations lead to."""
    header = np.frombuffer(images, HEADER, 1)[0]
    entry = np.frombuffer(images, IMAGE, int(header["count"]), HEADER.itemsize + LABELS.itemsize)[number]
    start, tables = int(entry["data_place"]), int(header["tables_place"])
    relocations = np.frombuffer(images, RELOCATION, int(entry["relocations_count"]), int(entry["relocations_place"]))
    places = [tables + int(each["target"]) for each in relocations if each["kind"] == IN_TABLES]
    return images[start : start + int(entry["data_size"])], [images[place : place + 64] for place in places]


@pytest.mark.parametrize("name", [*SCRIPTS, *HAND_SCRIPTS, *PROCESSOR_SCRIPTS, PLAYER, "hand_tracker"])
def test_no_script_has_a_string_that_goes_on_in_the_next_line(name):
    for line in PackageFiles("export.page").text(f"{name}.js").splitlines():
        assert line.count("`") % 2 == 0
    assert "//" not in "".join(line[:2] for line in page_text(f"{name}.js").splitlines())


@pytest.mark.verify  # another process compiles for other registers
def test_an_instrument_that_is_too_large_is_refused_in_one_line(tmp_path, monkeypatch, capsys):
    write(tmp_path / "small.luthier", small_preset())
    (tmp_path / "luthier.wasm").write_bytes(EMPTY_MODULE)
    monkeypatch.setenv("LUTHIER_SHELLS", str(tmp_path))
    monkeypatch.setattr(chain_images, "MAX_IMAGE_BYTES", 1000)
    assert main(["export", str(tmp_path / "small.luthier"), "-o", str(tmp_path / "small.html")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "MB can be exported" in line
    assert not (tmp_path / "small.html").exists()
