"""luthier play --mic puts a tracker before the instrument, and prints the latency."""

import re

import pytest

from benchmarks.support.jack_server import running
from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, write
from tests.support.resonance_preset import small_preset


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("drawn.luthier", Preset(*random_preset()))
    write("small.luthier", small_preset())


def test_the_latency_of_the_voice_is_printed_by_part(capsys):
    with running() as server:
        assert main(["play", "drawn.luthier", "--mic", "--seconds", "2", "--backend", "jack"]) == 0
    said = capsys.readouterr().out
    block = 1000 * server.block / server.rate
    assert re.search(rf"pitch [\d.]+ ms late \(.*block {block:.1f} ms.*tracker [\d.]+ ms\)", said)
    assert "frame 10.0 ms" in said


def test_an_instrument_that_cannot_follow_a_voice_is_refused(capsys):
    assert main(["play", "small.luthier", "--mic", "--seconds", "1"]) == 2
    assert "resonance instruments cannot follow a voice" in capsys.readouterr().err
