"""luthier learn takes the mapping of a library in place of a folder."""

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.preset.preset_file import read

RATE = 22050
MAPPING = """
#define $EXT wav
<control> default_path=Notes/
<global> amp_veltrack=0
<group> hivel=63
<region> sample=low p.$EXT lokey=59 hikey=60 pitch_keycenter=60
<region> sample=high p.$EXT lokey=61 hikey=62 pitch_keycenter=62 tune=20
<group> lovel=64
<region> sample=low f.$EXT lokey=59 hikey=60 pitch_keycenter=60
<region> sample=high f.$EXT lokey=61 hikey=62 pitch_keycenter=62 tune=20
<group> trigger=release
<region> sample=low p.$EXT lokey=59 hikey=62 cutoff=100
"""


def _write_string(path, key, level):
    """A struck string whose high partials are weaker where it is soft."""
    time, k = np.arange(RATE) / RATE, np.arange(1, 7)[:, None]
    partials = np.sin(2 * np.pi * k * 440 * 2 ** ((key - 69) / 12) * time) * np.exp(-(3 + k) * time) / k
    sound = level * (partials * level ** (0.2 * k)).sum(axis=0)
    soundfile.write(path, np.concatenate([np.zeros(RATE // 10), sound]), RATE)


@pytest.fixture
def library(tmp_path, monkeypatch):
    """The working folder, with a library of two keys and two dynamics."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Notes").mkdir()
    for name, key in (("low", 60), ("high", 61.8)):
        for dynamic, level in (("p", 0.1), ("f", 0.5)):
            _write_string(tmp_path / "Notes" / f"{name} {dynamic}.wav", key, level)
    (tmp_path / "piano.sfz").write_text(MAPPING)
    return tmp_path


@pytest.mark.verify
def test_a_library_is_learned_with_the_keys_layers_and_tuning_of_its_mapping(library, capsys):
    (library / "Notes" / "bad.wav").write_text("broken")
    (library / "piano.sfz").write_text("<region> sample=Notes/bad.wav key=64" + MAPPING)
    assert main(["learn", "resonance", "piano.sfz", "-o", "piano.luthier", "--modes", "6"]) == 0
    found = read("piano.luthier")
    keys = 69 + 12 * np.log2(found.tensors["pitch"] / 440)
    assert keys == pytest.approx([60, 61, 62], abs=0.03)
    assert found.tensors["velocity"][0] == pytest.approx([32 / 127, 96 / 127])
    assert found.header["source"]["recording"] == "piano.sfz"
    assert found.header["training"]["likeness"]
    said = capsys.readouterr().out
    assert "bad.wav is left out: not a sound file" in said
    assert "piano.sfz: 1 regions are left out: they sound when a key is released." in said
    assert "1 settings that learning does not need: cutoff" in said


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["resonance", "piano.sfz", "--as", "piece"], "a mapping of single notes"),
        (["resonance", "piano.sfz", "--start", "1"], "a mapping of many"),
        (["resonance", "piano.sfz@0-1"], "a mapping has no times"),
        (["resonance", "none.sfz"], "no such mapping: none.sfz"),
        (["ddsp", "none.sfz"], "no such mapping: none.sfz"),
        (["events", "empty.dspreset"], "is no DecentSampler preset"),
    ],
)
def test_what_a_mapping_cannot_be_used_for_is_one_line(library, capsys, words, hint):
    (library / "empty.dspreset").touch()
    assert main(["learn", *words, "-o", "x.luthier"]) == 2
    assert hint in capsys.readouterr().err.splitlines()[-1]
    assert not list(library.glob("x.*"))
