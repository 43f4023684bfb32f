"""A path that cannot be written is refused before anything is learned; what will be overwritten is printed."""

import pytest

from cli.learn.output_path import check_output
from cli.main import main
from engine.preset import library


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, with a folder, a file, and the notes kept of something that was begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(library, "user_folder", lambda: tmp_path / "user")
    for name in ("taken.luthier", "begun.learning", "user"):
        (tmp_path / name).mkdir()
    (tmp_path / "blocked.learning").touch()
    (tmp_path / "there.luthier").touch()
    (tmp_path / "begun.learning" / "60-x.npz").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("output", "hint"),
    [
        ("taken.luthier", "is a folder"),
        ("nowhere/x.luthier", "there is no folder nowhere"),
        ("there.luthier/x.luthier", "there is no folder there.luthier"),
        ("blocked.luthier", "blocked.learning must be free"),
    ],
)
@pytest.mark.parametrize("kind", ["resonance", "ddsp", "ssm", "events"])
def test_where_nothing_can_be_written_nothing_is_learned(capsys, kind, output, hint):
    assert main(["learn", kind, "none.wav", "-o", output]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert hint in line


@pytest.mark.parametrize(
    ("output", "resume", "words"),
    [
        ("new.luthier", False, ""),
        ("there.luthier", False, "there.luthier will be replaced"),
        ("begun.luthier", False, "beginning anew: begun.learning will be overwritten"),
        ("begun.luthier", True, ""),
        ("new.luthier", True, "there is nothing in new.learning to go on from"),
        ("there.luthier", True, "there is nothing in there.learning to go on from"),
    ],
)
def test_what_will_be_overwritten_is_printed(folder, capsys, output, resume, words):
    assert check_output(output, resume, replace=True).name == output
    said = capsys.readouterr().err
    assert said.startswith(words)
    assert bool(said) == bool(words)
    assert (folder / "begun.learning" / "60-x.npz").exists()


@pytest.mark.parametrize(
    ("output", "options", "words"),
    [
        ("there.luthier", [], "there.luthier exists already: say another name, or --replace"),
        ("there.luthier", ["--resume"], "there.luthier exists already: say another name, or --replace"),
        (
            "begun.luthier",
            [],
            "begun.learning would be overwritten: --resume goes on, --replace begins anew",
        ),
    ],
)
def test_nothing_is_overwritten_unless_that_is_asked_for(folder, capsys, output, options, words):
    before = {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}
    assert main(["learn", "resonance", "none.wav", "-o", output, *options]) == 2
    assert capsys.readouterr().err == f"luthier: {words}\n"
    assert {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")} == before


def test_a_run_that_has_made_an_instrument_goes_on_without_a_question(folder):
    (folder / "begun.luthier").touch()
    assert check_output("begun.luthier", True).name == "begun.luthier"


def test_a_name_becomes_a_file_in_the_users_folder(folder):
    assert check_output("bell", False) == folder / "user" / "bell.luthier"
