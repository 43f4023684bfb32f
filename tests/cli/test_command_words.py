"""The words of the command: options in any order, an instrument alone, near matches, filters, narrow help."""

import json
from itertools import permutations
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from cli.command_parser import COMMANDS, import_command, root_parser
from cli.learn.arguments import take_kind
from cli.main import main
from engine.preset import library
from engine.preset.preset_file import read, write
from tests.support.resonance_preset import small_preset


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, also of the user's presets: an instrument `small`, scores and a struck string."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(library, "user_folder", lambda: tmp_path)
    write(tmp_path / "small.luthier", small_preset(tags=["Tiny", "test"]))
    notes = [mido.Message("note_on", note=note, velocity=90, time=240) for note in (60, 67)]
    for name in ("score.mid", "-lead.mid"):
        mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / name)
    time = np.arange(22050) / 22050
    soundfile.write("bell.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-6 * time), 22050)
    return tmp_path


def one_line(capsys):
    """The text on stderr: one line, and nothing on stdout."""
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


RENDER = (["small"], ["score.mid"], ["-o", "out.wav"], ["--seconds", "0.2"], ["--float"])


@pytest.mark.parametrize(
    "parts", [p for p in permutations(RENDER) if p.index(["small"]) < p.index(["score.mid"])][::7]
)
def test_options_stand_anywhere_among_the_arguments(folder, parts):
    assert main(["render", *(word for part in parts for word in part)]) == 0
    assert soundfile.info("out.wav").duration == pytest.approx(0.2)
    assert soundfile.info("out.wav").subtype == "FLOAT"


def test_options_stand_before_the_command_too(folder, capsys):
    assert main(["-o", "out.wav", "--seconds", "0.2", "render", "--float", "small", "score.mid"]) == 0
    assert soundfile.info("out.wav").subtype == "FLOAT"
    capsys.readouterr()
    assert main(["--json", "show", "small"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "resonance"


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["help"], "usage: luthier [FILE ...]"),
        (["help", "render"], "usage: luthier render"),
        (["--help", "render"], "usage: luthier render"),
        (["render", "help", "-h"], "usage: luthier render"),
        (["bell.wav", "--help"], "usage: luthier [FILE ...]"),
    ],
)
def test_help_is_a_word_as_well(folder, capsys, words, usage):
    assert main(words) == 0
    assert capsys.readouterr().out.startswith(usage)


@pytest.mark.parametrize(
    "words",
    [
        ["small", "-oout.wav", "--sec", "0.2", "--", "-lead.mid"],
        ["-o", "out.wav", "--seconds=0.2", "--", "small", "-lead.mid"],
        ["small", "--output=out.wav", "./-lead.mid", "--sec=0.2", "--set", "level=-3"],
    ],
)
def test_a_file_that_begins_with_a_dash_is_named_after_two_dashes(folder, words):
    assert main(["render", *words]) == 0
    assert soundfile.info("out.wav").duration == pytest.approx(0.2)


def test_every_command_takes_its_arguments_after_its_options():
    options = {"render": ["-o", "x"], "transfer": ["-o", "x"], "export": ["-o", "x"], "report": ["-o", "x"]}
    options |= {"decompose": ["-o", "x"], "learn": ["-o", "x"], "completion": []}
    arguments = {
        "completion": ["bash"],
        "presets": [],
        "plugins": [],
        "devices": [],
        "play": ["a"],
        "show": ["a"],
        "export": ["a"],
    }
    for name in COMMANDS:
        parser = root_parser()[1][name]
        import_command(name).add_arguments(parser)
        words = arguments.get(name, ["a"] if name == "report" else ["a", "b"])
        option = options.get(name, ["--json"])
        before, after = (parser.parse_words(order) for order in ([*option, *words], [*words, *option]))
        assert vars(before) == vars(after)
        if len(words) > 1 and option:
            assert vars(parser.parse_words([words[0], *option, *words[1:]])) == vars(after)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["gutar"], "no command or instrument 'gutar': did you mean guitar?"),
        (["smal", "--json"], "did you mean small?"),
        (["rendr", "small", "score.mid"], "did you mean render"),
        (["SMALL"], "did you mean small?"),
        (["-"], "no command or instrument '-'"),
        (["play", "./bell.wav"], "or no .luthier file"),
        (["show", "./score.mid"], "or no .luthier file"),
        (["xyzzy"], "`luthier --help` lists the commands"),
        (["nobody.luthier"], "there is no file 'nobody.luthier'"),
        (["score.mid", "missing.wav"], "there is no file 'missing.wav'"),
        (["small", "score.mid"], "luthier render small score.mid -o OUT.wav"),
        (["bell.wav", "--json"], "opens in the window without options"),
        (["sounds"], "sounds is a folder: `luthier learn KIND sounds"),
        (["--jsn"], "unrecognized arguments: --jsn"),
        (["--jsn", "presets"], "did you mean --json?; see `luthier presets --help`"),
        (["help", "rendr"], "did you mean render"),
        (["presets", "--jsn"], "did you mean --json?"),
        (["presets", "small"], "unrecognized arguments: small"),
        (["presets", "--kind", "organ"], "invalid choice: 'organ'"),
        (["render", "small", "-lead.mid", "-o", "x.wav"], "for the file say ./-lead.mid"),
        (["render", "small", "score.mid"], "required: -o/--output"),
        (["render", "small", "-o", "x.wav"], "SCORE.mid --performance is required"),
        (["render", "small", "score.mid", "-o", "x.wav", "--s", "3"], "ambiguous option: --s"),
        (["render", "small", "missing.mid", "-o", "x.wav"], "missing.mid"),
        (["render", "small", "score.mid", "-o"], "expected one argument"),
        (["transfer", "missing.wav", "violin", "-o", "x.wav"], "no such recording: missing.wav"),
        (["learn", "resonance", "missing.wav"], "no such recording: missing.wav"),
        (["learn", "missing.wav"], "no such recording: missing.wav"),
        (["learn", "resonanze", "bell.wav"], "did you mean resonance?"),
        (["learn", "resonance"], "name at least one RECORDING"),
        (["learn"], "required: RECORDING"),
        (["decompose", "missing.wav", "mosaic", "-o", "x.json"], "no such recording: missing.wav"),
        (["decompose", "bell.wav", "mosaic", "-o", "none/x.json"], "there is no folder 'none'"),
        (["decompose", "bell.wav", "mosaic", "-o", "sounds"], "sounds is a folder"),
        (["decompose", "bell.wav@0-0.5", "mosaic", "-o", "bell.wav"], "bell.wav is the recording itself"),
        (["transfer", "bell.wav@9-10", "violin", "-o", "x.wav"], "nothing to hear in bell.wav from 9 s on"),
        (["transfer", "bell.wav@2-1", "violin", "-o", "x.wav"], "the end (1 s) must come after"),
        (["export", "missing.luthier", "-o", "x.onnx"], "no file 'missing.luthier'"),
        (["report", "missing.luthier", "-o", "x.html"], "no file 'missing.luthier'"),
        (["report", "small", "--recording", "missing.wav", "-o", "x.html"], "no such recording: missing.wav"),
        (["show", "smal"], "did you mean small?"),
        (["bench", "speed"], "there is no benchmark 'speed'"),
        (["devices", "all"], "unrecognized arguments: all"),
        (["completion"], "required: SHELL"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do_and_status_2(folder, capsys, words, hint):
    (folder / "sounds").mkdir()
    assert main(words) == 2
    assert hint in one_line(capsys)
    assert not list(folder.glob("x.*"))


@pytest.mark.parametrize("name", ["small", "./small.luthier", "tune"])
def test_an_instrument_alone_is_played(folder, monkeypatch, name):
    played = []
    (folder / "tune.json").write_text("{}")
    monkeypatch.setattr("cli.play.run", lambda args: played.append((args.preset, args.plugins)) or 0)
    assert main([name, "--with", "chorus"]) == 0
    assert main(["--with", "chorus", name]) == 0
    assert played == 2 * [(name, ["chorus"])]


def test_lists_are_filtered_by_kind_and_tags(folder, capsys):
    def listed(*words):
        assert main(["presets", *words]) == 0
        return capsys.readouterr()

    rows = [json.loads(line) for line in listed("--json").out.splitlines()]
    for kind in ("resonance", "events"):
        names = [row["name"] for row in rows if row["kind"] == kind]
        assert listed("--kind", kind, "--names").out.splitlines() == names
    assert listed("--tag", "tiny", "--tag", "TEST", "--names").out == "small\n"
    assert listed("--names").out.splitlines() == [row["name"] for row in rows]
    nothing = listed("--tag", "tiny", "--kind", "ddsp")
    assert nothing.out == ""
    assert nothing.err.startswith("no instrument of kind ddsp and with the tag tiny; the tags are ")
    assert nothing.err.count("\n") == 1


@pytest.mark.parametrize("order", [["ssm", "bell.wav", "other.wav"], ["bell.wav", "ssm", "other.wav"]])
def test_the_kind_to_learn_stands_before_the_recordings_or_after(folder, order):
    parser = root_parser()[1]["learn"]
    import_command("learn").add_arguments(parser)
    args = parser.parse_words(order)
    take_kind(args)
    assert (args.kind, args.recordings) == ("ssm", ["bell.wav", "other.wav"])


def test_the_help_of_a_kind_shows_its_options_only(folder, capsys):
    def shown(*words):
        assert main(["learn", *words, "--help"]) == 0
        return capsys.readouterr().out

    assert "usage: luthier learn ddsp" in shown("ddsp")
    assert {"--units", "--sites", "--size", "--as"} <= set(shown().replace("[", " ").split())
    of_ddsp, of_ssm = shown("ddsp"), shown("ssm")
    assert "--units" in of_ddsp
    assert not any(option in of_ddsp for option in ("--sites", "--size", "--as ", "--state"))
    assert "--as {piece,modes}" in of_ssm
    assert "--units" not in of_ssm


@pytest.mark.verify
def test_without_a_kind_and_a_name_both_are_found_and_said(folder, capsys):
    assert main(["learn", "bell.wav"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[0].startswith(
        "bell.wav: its sound is struck or plucked and dies away; learning it as reson"
    )
    assert out.splitlines()[-1] == f"{folder / 'bell.luthier'} (done)"
    assert read(Path("bell.luthier")).header["kind"] == "resonance"
