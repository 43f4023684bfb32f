"""Recordings as arguments of the command: files, parts of them, patterns and folders."""

import os

import numpy as np
import pytest
import soundfile

from cli.learn.recordings import expand, part_files, readable
from cli.recording_part import parse_part
from engine.sound_file.reader import RecordingError
from engine.sound_file.suffixes import find_sound_files


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, with three files that are only names."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.wav", "a.wav", "a[1].wav", "at@1-2"):
        (tmp_path / name).touch()
    (tmp_path / "folder.wav").mkdir()


def sound(path, seconds=0.5, **kinds):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.5 * np.sin(np.arange(round(seconds * 24_000)) / 9), 24_000, **kinds)
    return str(path)


def test_a_pattern_is_the_files_that_it_stands_for():
    assert expand(["*.wav", "b.wav"]) == ["a.wav", "a[1].wav", "b.wav", "b.wav"]
    assert expand(["?.wav@1-2.5"]) == ["a.wav@1-2.5", "b.wav@1-2.5"]


def test_a_folder_is_all_recordings_in_it(tmp_path):
    for name in ("G3.WAV", "E3.mp3", "words.txt"):
        (tmp_path / "folder.wav" / name).touch()
    assert expand(["folder.wav"]) == ["folder.wav/E3.mp3", "folder.wav/G3.WAV"]
    assert expand(["folder.wav@1-2"]) == ["folder.wav/E3.mp3@1-2", "folder.wav/G3.WAV@1-2"]
    assert expand(["fold*"]) == ["folder.wav/E3.mp3", "folder.wav/G3.WAV"]


def test_of_a_folder_with_a_mapping_it_is_said_how_to_learn_by_the_mapping(tmp_path, capsys):
    for name in ("E3.mp3", "piano.sfz"):
        (tmp_path / "folder.wav" / name).touch()
    assert expand(["folder.wav"]) == ["folder.wav/E3.mp3"]
    assert "learn folder.wav/piano.sfz" in capsys.readouterr().err


def test_folders_in_folders_are_searched_and_hidden_files_passed_over(tmp_path):
    library = tmp_path / "library"
    names = ["pp/A3.wav", "ff/deep/er/A3.opus", "B3.m4a", "C4.aifc", "D4.w64", "E4.caf"]
    hidden = ["._A3.wav", ".DS_Store", "pp/._A3.wav", ".trash/A4.wav", "__MACOSX/pp/A3.wav", "notes.txt", "cover.jpg"]
    for name in names + hidden:
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).touch()
    (library / "loop").symlink_to(library)
    assert expand([str(library)]) == sorted(str(library / name) for name in names)
    assert expand([f"{library}/**/*.wav"]) == [str(library / "pp/A3.wav")]
    assert expand([f"{library}/*"]) == sorted(str(library / name) for name in names)


def test_a_link_to_another_folder_is_followed_and_one_to_a_folder_above_is_not(tmp_path):
    for name in ("kit/in/a.wav", "elsewhere/b.wav", "c.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name, target in (("other", "elsewhere"), ("round", "kit"), ("in/up", ".")):
        (tmp_path / "kit" / name).symlink_to(tmp_path / target)
    names = [str(path.relative_to(tmp_path / "kit")) for path in find_sound_files(tmp_path / "kit")]
    assert names == ["in/a.wav", "other/b.wav"]


def test_a_file_without_a_suffix_is_a_recording_if_it_begins_as_one(tmp_path):
    sound(tmp_path / "folder.wav" / "bell", format="WAV")
    (tmp_path / "folder.wav" / "LICENSE").write_text("words")
    assert expand(["folder.wav"]) == ["folder.wav/bell"]


def test_every_format_that_is_read_alone_is_found_in_a_folder(tmp_path):
    endings = {"OGG": "ogg", "OPUS": "opus", "MP3": "mp3", "AIFF": "aiff", "CAF": "caf", "AU": "au", "W64": "w64"}
    paths = [tmp_path / "kit" / f"A3.{ending}" for ending in endings.values()]
    for kind, path in zip(endings, paths, strict=True):
        sound(path, **({"format": "OGG", "subtype": "OPUS"} if kind == "OPUS" else {"format": kind}))
    assert find_sound_files(tmp_path / "kit") == sorted(paths)
    assert len(readable(expand(["kit"]))) == len(paths)


def test_brackets_in_the_name_of_a_folder_are_no_pattern(tmp_path):
    (tmp_path / "Kit [v2]" / "a [b]").mkdir(parents=True)
    for name in ("A3.wav", "a [b]/B3.wav", "a [b]/B[1].wav"):
        (tmp_path / "Kit [v2]" / name).touch()
    assert expand(["Kit [v2]/*.wav"]) == ["Kit [v2]/A3.wav"]
    assert expand(["Kit [v2]/a [b]/B?.wav"]) == ["Kit [v2]/a [b]/B3.wav"]
    assert expand(["Kit [v2]/a [b]/B[13]*.wav"]) == ["Kit [v2]/a [b]/B3.wav"]
    assert len(expand(["Kit [v2]"])) == 3


def test_a_folder_without_a_recording_is_one_line():
    with pytest.raises(ValueError, match=r"no recording in the folder folder\.wav"):
        expand(["folder.wav"])


@pytest.mark.parametrize("text", ["a[1].wav", "a[1].wav@0-1", "none*.wav", "none.wav", "at@1-2"])
def test_what_names_a_file_or_stands_for_none_stays_as_it_is(text):
    assert expand([text]) == [text]


def test_a_file_may_be_named_like_a_part_of_one():
    assert parse_part("at@1-2") == ("at@1-2", 0.0, None)
    assert parse_part("a.wav@1-2.5") == ("a.wav", 1.0, 1.5)


def test_of_several_recordings_one_that_cannot_be_read_is_left_out_and_named(tmp_path, capsys):
    good = sound(tmp_path / "good.wav")
    (tmp_path / "text.wav").write_text("words")
    assert readable([good, "a.wav", "text.wav"]) == [good]
    told = capsys.readouterr().err.splitlines()
    assert [line.startswith("left out: ") for line in told] == [True, True]
    assert "a.wav" in told[0]
    assert "text.wav" in told[1]
    with pytest.raises(ValueError, match="none of 2 recordings"):
        readable(["a.wav", "b.wav"])
    with pytest.raises(RecordingError, match="no such recording"):
        readable([good, "missing.wav"])
    assert readable(["a.wav"]) == ["a.wav"]  # it is refused with its own reason


def test_a_part_of_a_file_with_a_name_as_long_as_the_system_allows_can_be_taken(tmp_path):
    long = sound(tmp_path / ("E4 " + 83 * "あ" + ".x"), format="WAV")
    assert len(os.path.basename(long).encode()) == 254
    with part_files([long], 0.1, 0.3) as (part,):
        samples, rate = soundfile.read(part)
        assert (len(samples), rate) == (7200, 24_000)
        assert os.path.basename(part).startswith("E4 ")
