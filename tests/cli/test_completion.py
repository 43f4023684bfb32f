"""luthier completion: a shell completes commands, options, instruments and files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.completion import SHELLS
from cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """A function that gives what bash offers for the last of some words, in a folder with a score and two patches."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "tune.mid").write_bytes(b"")
    presets = folder / "luthier" / "presets"
    presets.mkdir(parents=True)
    for name in ("Big Hall", "$(touch harm)"):
        (presets / f"{name}.json").write_text("{}")
    program = folder / "bin" / "luthier"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli.main "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    environment["XDG_DATA_HOME"] = str(folder)
    script = 'eval "$(luthier completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_luthier; '
    script += 'printf "%s\\n" "${COMPREPLY[@]}"'

    def offered(*words):
        command = ["bash", "-c", script, "bash", "luthier", *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=environment)
        assert not (folder / "harm").exists()
        return done.stdout.splitlines()

    return offered


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["pre"], ["presets"]),
        (["presets", "--k"], ["--kind"]),
        (["presets", "--kind", "d"], ["ddsp"]),
        (["play", "gui"], ["guitar"]),
        (["show", "Big"], ["Big Hall"]),
        (["play", "$(t"], ["$(touch harm)"]),
        (["render", "guitar", "tu"], ["tune.mid"]),
        (["learn", "re"], ["resonance"]),
        (["play", "guitar", "--with", "cho"], ["chorus"]),
        (["render", "guitar", "--out"], ["--output"]),
    ],
)
def test_bash_offers_what_goes_on_so(complete, words, offered):
    assert complete(*words) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_the_completion_of_a_shell_names_every_command_and_asks_for_the_instruments(capsys, shell):
    from cli.command_parser import COMMANDS

    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "presets --names" in script
    assert all(name in script for name in COMMANDS)


def test_another_shell_is_refused_in_one_line(capsys):
    assert main(["completion", "sh"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
