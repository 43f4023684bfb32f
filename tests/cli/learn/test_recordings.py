"""Recordings as arguments of the command: files, parts of them, and patterns."""

import pytest

from cli.learn.recordings import expand, parse_part


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, with three files that are only names."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.wav", "a.wav", "a[1].wav", "at@1-2"):
        (tmp_path / name).touch()
    (tmp_path / "folder.wav").mkdir()


def test_a_pattern_is_the_files_that_it_stands_for():
    assert expand(["*.wav", "b.wav"]) == ["a.wav", "a[1].wav", "b.wav", "b.wav"]
    assert expand(["?.wav@1-2.5"]) == ["a.wav@1-2.5", "b.wav@1-2.5"]


def test_a_folder_is_all_recordings_in_it(tmp_path):
    for name in ("G3.WAV", "E3.mp3", "words.txt"):
        (tmp_path / "folder.wav" / name).touch()
    assert expand(["folder.wav"]) == ["folder.wav/E3.mp3", "folder.wav/G3.WAV"]


@pytest.mark.parametrize("text", ["a[1].wav", "a[1].wav@0-1", "none*.wav", "none.wav", "at@1-2"])
def test_what_names_a_file_or_stands_for_none_stays_as_it_is(text):
    assert expand([text]) == [text]


def test_a_file_may_be_named_like_a_part_of_one():
    assert parse_part("at@1-2") == ("at@1-2", 0.0, None)
    assert parse_part("a.wav@1-2.5") == ("a.wav", 1.0, 1.5)
