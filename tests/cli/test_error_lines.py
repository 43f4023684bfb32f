"""The command prints errors in one line and never shows a traceback."""

import json
import os
import re
import signal
import subprocess
import sys
from itertools import cycle, islice

import numpy as np
import pytest

from cli.main import COMMANDS, main
from engine.preset import container, library
from engine.preset.preset_file import write
from tests.support.resonance_preset import small_preset


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A preset called `small` in the user's folder."""
    monkeypatch.setattr(library, "user_folder", lambda: tmp_path)
    write(tmp_path / "small.luthier", small_preset())
    return tmp_path / "small.luthier"


def one_line(capsys) -> str:
    """The text on stderr: one line, and nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_show_prints_a_page_or_everything_as_json(path, capsys):
    assert main(["show", "small", "--json"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about["description"] == "Two “strings” for tests"
    assert about["tensors"]["decay"] == [2, 2, 1, 8]
    assert main(["show", str(path)]) == 0
    page = capsys.readouterr().out
    assert page.startswith("small\nTwo “strings” for tests\n")
    assert "Keys          E2 to E6 (MIDI 40 to 88)\n" in page
    assert "2 resonances, 8 modes each, 2 dynamics, a learned performance; at 22.05 kHz\n" in page
    assert re.search(r"\n  brightness +0 dB/oct +-6 … 6 +CC 74 +tilts", page)


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


@pytest.mark.parametrize("words", [["presets"], ["show", "small"]])
def test_text_in_a_file_cannot_move_the_cursor(path, capsys, words):
    write(path, small_preset(description="first\x1b[2J", tags=["\x07"], **{"\x1b[1m": 1}))
    path.with_name("\x1b]0;x.luthier").write_bytes(b"RIFF")
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "first" in out
    assert all(letter.isprintable() or letter == "\n" for letter in out)


@pytest.mark.parametrize(
    "words", [["shw"], ["show"], ["show", "nobody"], ["show", "nobody.luthier"], ["presets", "--jsn"], ["show", "/"]]
)
def test_a_mistake_is_one_line_and_status_2(path, capsys, words):
    assert main(words) == 2
    assert one_line(capsys).startswith("luthier: ")


def test_five_hundred_damaged_files_are_five_hundred_refusals(path, capsys):
    random = np.random.default_rng(500)
    damages = cycle([cut, flipped, lying, misshapen, poisoned, unstable, newer])
    for damage in islice(damages, 500):
        path.write_bytes(damage(small_preset(), random))
        assert main(["show", "small"]) == 2
        assert "small.luthier" in one_line(capsys)


def cut(preset, random):
    whole = container.pack(preset.header, preset.tensors)
    return whole[: random.integers(len(whole))]


def flipped(preset, random):
    data = container.pack(preset.header, preset.tensors)
    data[random.integers(len(data))] ^= random.integers(1, 256)
    return data


def lying(preset, random):
    """A header in which one tensor has another shape, type or place than its bytes, under a digest that fits."""
    data = container.pack(preset.header, preset.tensors)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    name = random.choice([name for name in header if name not in ("__metadata__", "knock")])
    what = random.choice(["shape", "dtype", "data_offsets"])
    shift = int(random.integers(1, 1 << 40))
    header[name][what] = "F64" if what == "dtype" else [size + shift for size in header[name][what]]
    text = json.dumps(header, separators=(",", ":")).encode()
    return container.seal(bytearray(len(text).to_bytes(8, "little") + text + data[8 + length :]))


def misshapen(preset, random):
    name = random.choice(list(preset.tensors))
    tensor = preset.tensors[name]
    preset.tensors[name] = np.zeros((*tensor.shape, 1 + random.integers(3)), tensor.dtype)
    return container.pack(preset.header, preset.tensors)


def poisoned(preset, random):
    put(preset, random, random.choice(["decay", "strike", "router", "phase"]), [np.nan, np.inf, -np.inf])
    return container.pack(preset.header, preset.tensors)


def unstable(preset, random):
    put(preset, random, "decay", [0, -1e-6, -30])
    return container.pack(preset.header, preset.tensors)


def newer(preset, random):
    preset.header["format_version"] = f"{random.integers(2, 100)}.{random.integers(10)}"
    return container.pack(preset.header, preset.tensors)


def put(preset, random, name, values):
    """Write one of the values somewhere into a tensor."""
    tensor = preset.tensors[name] = preset.tensors[name].copy()
    tensor.flat[random.integers(tensor.size)] = random.choice(values)


def test_an_internal_error_is_one_line_too(path, capsys, monkeypatch):
    monkeypatch.setattr(library, "find", lambda preset: 1 / 0)
    assert main(["show", "small"]) == 1
    assert "ZeroDivisionError" in one_line(capsys)


def test_a_traceback_is_shown_on_request(path, monkeypatch):
    monkeypatch.setenv("LUTHIER_TRACEBACK", "1")
    with pytest.raises(ValueError, match="no instrument called"):
        main(["show", "nobody"])


def test_help_lists_the_commands(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_the_error_names_a_command_that_plays_without_one(path, capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for words in ([], [str(path)]):
        assert main(words) == 2
        assert "luthier play guitar" in one_line(capsys)
    monkeypatch.setenv("DISPLAY", ":99999")
    assert main([]) == 2
    assert "the display" in one_line(capsys)


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
