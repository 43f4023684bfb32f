"""The hand tracker of a page: fetched as one known package, or one line; what a page carries of it."""

import base64
import json
import os
import re
import stat

import pytest

from cli.main import main
from engine.preset.preset_file import write
from export.page import hand_tracker
from export.page.hand_tracker import FILES, HandTracker, load_tracker
from export.page.page import build_page, check_hand_map, has_hand_map
from tests.support.resonance_preset import small_preset


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A function of a shell script that is npm from then on, the only program there is beside those of the system."""

    def install(script):
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/bin")

    return install


def test_another_package_is_refused(tmp_path):
    (tmp_path / "other.tgz").write_bytes(b"other")
    with pytest.raises(ValueError, match="other.tgz is not the package @mediapipe/hands"):
        load_tracker(str(tmp_path / "other.tgz"))


def test_without_npm_one_line_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match=r"npm, which is not installed.*--hand-package FILE\.tgz"):
        load_tracker()


@pytest.mark.parametrize("script", ["exit 1", "exit 0"], ids=["it fails", "it fetches nothing"])
def test_where_npm_cannot_fetch_it_one_line_says_so_and_nothing_is_kept(npm, script):
    npm(script)
    with pytest.raises(ValueError, match="could not be fetched: is there a network"):
        load_tracker()
    assert not hand_tracker.cache_path().exists()


def test_a_damaged_package_in_the_cache_is_named(npm):
    npm("echo damaged > mediapipe-hands.tgz")
    with pytest.raises(ValueError, match="or damaged: remove .* and try again"):
        load_tracker()
    assert hand_tracker.cache_path().read_text() == "damaged\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["-o", "x.html", "--hands"], "guitar has no learned mapping of a hand"),
        (["-o", "x.clap", "--hands"], "the ending must be .html"),
    ],
)
def test_what_a_hand_cannot_play_is_refused_before_anything_is_fetched(words, hint, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert main(["export", "guitar", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert hint in line
    assert not list(tmp_path.glob("x.*"))


def test_an_instrument_learned_from_a_piece_has_a_mapping():
    preset = small_preset()
    assert has_hand_map(preset) == ("map_hand" in preset.tensors)
    preset.tensors.pop("map_hand", None)
    with pytest.raises(ValueError, match="no learned mapping"):
        check_hand_map(preset)


def test_a_page_carries_the_tracker_its_notice_and_its_licence(tmp_path):
    write(tmp_path / "small.luthier", small_preset())
    images = bytes(4096)
    tracker = HandTracker({name: name.encode() for name in FILES})
    page = build_page(small_preset(), 1, b"\0asm", images, tracker)
    (table, packed) = re.search(r'id="tracker" data-files="([^"]*)">([^<]*)<', page).groups()
    names = json.loads(table.replace("&#34;", '"'))
    assert [name for name, _ in names] == list(FILES)
    assert sum(size for _, size in names) == len(tracker.data)
    assert base64.b64decode(packed)[:2] == b"\x1f\x8b"
    assert hand_tracker.NOTICE in page
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in page
    assert "connect-src data: blob:" in page
    plain = build_page(small_preset(), 1, b"\0asm", images)
    assert 'id="camera"' not in plain
    assert "connect-src" not in plain
