"""luthier render --room puts an instrument into another room, or into none."""

import numpy as np
import pytest
import soundfile

from cli.main import main
from tests.support.drawn_instrument import write_instrument_and_score


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_instrument_and_score(tmp_path)


def rendered(*words):
    assert main(["render", "drawn.luthier", "score.mid", "-o", "out.wav", "--seconds", "0.5", "--float", *words]) == 0
    return soundfile.read("out.wav", dtype="float32")[0].T


def test_a_room_may_be_removed_or_replaced(random):
    own, none = rendered(), rendered("--room", "none")
    assert np.abs(none).max() > 1e-4
    assert not np.array_equal(own, none)
    soundfile.write("twice.wav", [0.5], 48_000, "FLOAT")
    np.testing.assert_allclose(rendered("--room", "twice.wav"), 1.5 * none, atol=1e-6)
    np.testing.assert_array_equal(rendered("--room", "drawn.luthier"), own)


def test_a_room_that_cannot_be_read_is_one_line(capsys):
    assert main(["render", "drawn.luthier", "score.mid", "-o", "out.wav", "--room", "cellar.wav"]) == 2
    assert "cellar.wav" in capsys.readouterr().err
