"""What a name may be is decided in one place, for whatever asks for one."""

import os

import pytest

from engine.preset import library
from engine.preset.instrument_name import InvalidName, check_name, shorten
from engine.preset.preset_file import PresetError


@pytest.mark.parametrize(
    "text",
    [
        "bell", "Big Hall 2", "Ö♯ – 古琴 🎻", "what? \"it\" <is>", "no. 5", "a'b", "-lead", "con", "1", "~",
        "👩‍🎤", "x" * 246, "é" * 123,
    ],
)  # fmt: skip
def test_what_the_system_can_store_is_a_name(tmp_path, text):
    name = check_name(text, tmp_path, file_suffixes=(library.LEARNING_SUFFIX,))
    assert name == text
    (tmp_path / (name + ".learning")).mkdir()
    (tmp_path / (name + ".luthier")).touch()


def test_blanks_around_a_name_and_the_ending_of_its_file_are_no_part_of_it(tmp_path):
    assert check_name("  bell ", tmp_path) == "bell"
    assert check_name("bell.luthier", tmp_path) == "bell"
    assert check_name("bell.JSON", tmp_path, ".json") == "bell"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"), ("  ", "is empty"), ("\u200b", "is empty"), ("\u202e \ufeff", "is empty"),
        (".luthier", "is empty"),
        (".", "with a dot"), ("..", "with a dot"), (".hidden", "with a dot"),
        ("../moved", "a name may not contain /"), ("Big Hall/2", "a name may not contain /"),
        ("/bell", "contain /"), ("bell/", "contain /"), ("a\\b", "a name may not contain \\"),
        ("a\nb", "a�b: a name may not contain line ends"), ("a\0b", "control characters"),
        ("a\x1b[2Jb", "control characters"), ("a\u2028b", "control characters"), ("a\udcffb", "control characters"),
        ("tune.wav", "may not end in .wav"), ("bell.json", "may not end in .json"),
        ("x" * 247, "1 bytes too long"), ("é" * 200, "154 bytes too long"),
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_in_one_short_line(tmp_path, text, words):
    with pytest.raises(InvalidName) as caught:
        check_name(text, tmp_path, file_suffixes=(library.LEARNING_SUFFIX,))
    said = str(caught.value)
    assert words in said
    assert said.isprintable()
    assert len(said) < 120
    assert isinstance(caught.value, PresetError)


def test_accents_are_written_in_one_form(tmp_path):
    assert check_name("Glo\u0308ckchen", tmp_path) == "Gl\u00f6ckchen"
    assert check_name("e\u0301" * 123, tmp_path, file_suffixes=(library.LEARNING_SUFFIX,)) == "\u00e9" * 123


@pytest.mark.parametrize("text", ["con", "COM1", "nul.bell", "what?", 'a"b', "a:b", "a|b"])
def test_what_windows_reserves_is_refused_there_only(tmp_path, text):
    assert check_name(text, tmp_path, windows=False) == text
    with pytest.raises(InvalidName, match="Windows allows no file of this name"):
        check_name(text, tmp_path, windows=True)


@pytest.mark.parametrize("text", ["../moved", "Big Hall/2", "..", "/tmp/moved", "bell.luthier", "a/bell.luthier"])
def test_a_name_is_never_taken_for_a_path(tmp_path, monkeypatch, text):
    monkeypatch.setattr(library, "user_folder", lambda: tmp_path / "user")
    try:
        path = library.file_of_name(text)
    except InvalidName:
        return
    assert path.parent == tmp_path / "user"


def test_a_name_is_cut_between_two_characters():
    assert shorten("é" * 10, 5) == "éé"
    assert shorten("bell tower", 5) == "bell"
    assert len(os.fsencode(shorten("🎻" * 100, 255))) <= 255
