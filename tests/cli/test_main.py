"""The command says errors in one line and never shows a traceback."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from cli.main import COMMANDS, main
from engine import library
from engine.preset import write
from tests.engine.instrument import small_preset


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A preset called `small` in the user's folder."""
    monkeypatch.setattr(library, "user_folder", lambda: tmp_path)
    write(tmp_path / "small.luthier", small_preset())
    return tmp_path / "small.luthier"


def one_line(capsys) -> str:
    """What was said on stderr: one line, and nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_show_tells_the_header_and_the_shapes(path, capsys):
    assert main(["show", "small", "--json"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about["description"] == "Two “strings” for tests"
    assert about["tensors"]["decay"] == [2, 2, 1, 8]
    assert main(["show", str(path)]) == 0
    assert "  frames: 50\n" in capsys.readouterr().out


def test_presets_lists_broken_ones_with_their_fault(path, capsys):
    path.with_name("broken.luthier").write_bytes(b"RIFF")
    assert main(["presets", "--json"]) == 0
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert rows["small"]["kind"] == "resonance"
    assert rows["small"]["origin"] == "user"
    assert rows["broken"]["kind"] == "broken"
    assert "only 4 bytes" in rows["broken"]["text"]
    assert main(["presets"]) == 0
    assert "small" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["shw"], ["show"], ["show", "nobody"], ["show", "nobody.luthier"], ["presets", "--jsn"], ["show", "/"]]
)
def test_a_mistake_is_one_line_and_status_2(path, capsys, words):
    assert main(words) == 2
    assert one_line(capsys).startswith("luthier: ")


def test_damaged_files_are_refused_with_status_2(path, capsys):
    whole = path.read_bytes()
    random = np.random.default_rng(1)
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[random.integers(len(whole))] ^= random.integers(1, 256)
        path.write_bytes(damaged)
        assert main(["show", "small"]) == 2
        assert "small.luthier" in one_line(capsys)


def test_a_fault_of_ours_is_one_line_too(path, capsys, monkeypatch):
    monkeypatch.setattr(library, "find", lambda preset: 1 / 0)
    assert main(["show", "small"]) == 2
    assert "ZeroDivisionError" in one_line(capsys)


def test_without_words_it_tells_the_commands(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(capsys, name):
    assert main([name, "--help"]) == 0
    assert f"usage: luthier {name}" in capsys.readouterr().out


def test_ctrl_c_is_quiet(path, capsys, monkeypatch):
    monkeypatch.setattr(library, "find", lambda preset: signal.raise_signal(signal.SIGINT))
    assert main(["show", "small"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes that break with EPIPE")
def test_a_broken_pipe_is_quiet():
    read, write_end = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "cli.main", "presets"]
    done = subprocess.run(words, check=False, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")
