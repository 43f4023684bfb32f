"""Presets are found by name or path, and new ones are never written to the factory's folder."""

import unicodedata

import pytest

from engine.preset import library
from engine.preset.preset_file import PresetError, write
from tests.support.resonance_preset import small_preset


@pytest.fixture
def folders(tmp_path, monkeypatch):
    factory, user = tmp_path / "factory", tmp_path / "user"
    factory.mkdir()
    monkeypatch.setattr(library, "factory_folder", lambda: factory)
    monkeypatch.setattr(library, "user_folder", lambda: user)
    write(factory / "guitar.luthier", small_preset())
    write(factory / "banjo.luthier", small_preset())
    return factory, user


def test_a_name_means_the_users_preset_before_the_factorys(folders):
    factory, user = folders
    assert library.find("guitar") == factory / "guitar.luthier"
    mine = library.destination("guitar")
    write(mine, small_preset())
    assert mine.parent == user
    assert library.find("guitar") == mine
    assert library.all_presets() == {"banjo": factory / "banjo.luthier", "guitar": mine}
    assert [library.is_factory(path) for path in library.all_presets().values()] == [True, False]


def test_a_path_means_itself(folders, tmp_path):
    factory, _ = folders
    assert library.find(factory / "banjo.luthier") == factory / "banjo.luthier"
    assert library.find(str(factory / "banjo.luthier")) == factory / "banjo.luthier"
    assert library.destination(tmp_path / "new.luthier") == tmp_path / "new.luthier"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("guitr", "did you mean guitar?"),
        ("GUITAR", "did you mean guitar?"),
        ("zzz", "`luthier presets`"),
        ("./guitar", "no file"),
        ("x.luthier", "no file"),
    ],
)
def test_a_missing_instrument_is_refused_with_a_hint(folders, word, hint):
    with pytest.raises(PresetError) as caught:
        library.find(word)
    assert hint in str(caught.value)


def test_the_factory_and_names_that_are_none_are_not_written_to(folders):
    factory, _ = folders
    for word in (str(factory / "guitar.luthier"), "", " ", ".hidden", "a\nb"):
        with pytest.raises(PresetError):
            library.destination(word)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_means_the_same_in_either_form_of_unicode(folders, form):
    user = folders[1]
    user.mkdir()
    there = user / (unicodedata.normalize(form, "Glöckchen") + ".luthier")
    write(there, small_preset())
    for other in ("NFC", "NFD"):
        name = unicodedata.normalize(other, "Glöckchen")
        assert library.find(name) == there
        assert library.destination(name) == there
        assert library.file_of_name(name) == there


def test_a_temporary_file_left_by_a_crash_is_not_a_preset(folders):
    factory, _ = folders
    (factory / ".guitar.luthier.123.luthier").write_bytes(b"half")
    assert list(library.all_presets()) == ["banjo", "guitar"]
