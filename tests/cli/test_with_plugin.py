"""luthier render --with: the example plugins, by name and by path, behind an instrument."""

import mido
import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.instruments import load
from engine.midi.midi_score import read
from engine.plugin.external import load as load_plugin
from engine.preset.preset_file import write
from engine.render import render
from engine.standard_chain import StandardChain
from tests.engine.plugin.test_external import EXAMPLES, echo, install  # noqa: F401 - fixtures, found by name
from tests.support.resonance_preset import small_preset


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, with a preset and a score of two notes."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "small.luthier", small_preset())
    notes = [mido.Message("note_on", note=note, velocity=90, time=240) for note in (60, 67)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / "score.mid")


def test_plugins_come_after_the_instrument_in_the_order_given(install, echo):  # noqa: F811 - the fixtures themselves
    install(EXAMPLES / "python_plugin")
    words = ["render", "small.luthier", "score.mid", "-o", "out.wav", "--seconds", "1", "--float"]
    assert main([*words, "--with", str(echo), "--with", "tremolo"]) == 0
    audio, _ = soundfile.read("out.wav", dtype="float32")
    host = StandardChain(48000)
    host.play([load("small.luthier"), load_plugin(echo), load_plugin("tremolo")])
    np.testing.assert_array_equal(audio.T, render(host, read("score.mid"), 1.0))


@pytest.mark.parametrize("plugin", ["nothing", "./nothing.so", "score.mid"])
def test_a_plugin_that_cannot_be_used_is_one_line_and_no_file(tmp_path, capfd, plugin):
    assert main(["render", "small.luthier", "score.mid", "-o", "out.wav", "--with", plugin]) == 2
    assert capfd.readouterr().err.splitlines()[-1].startswith("luthier: no ")
    assert not (tmp_path / "out.wav").exists()
