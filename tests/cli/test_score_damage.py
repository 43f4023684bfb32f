"""Scores as other programs write them and disks damage them, through the command."""

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.preset.preset_file import write
from tests.support.resonance_preset import small_preset

HEADER = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0"
NOTE = b"\x00\x90\x3c\x5a\x81\x70\x80\x3c\x00"
END = b"\x00\xff\x2f\x00"
ONE_TO_FIFTEEN = b"\x00\xb0\x65\x00\x00\xb0\x64\x06\x00\xb0\x06\x0f"  # an MPE zone of 15 members
RANGE_OF_48 = b"\x00\xb1\x65\x00\x00\xb1\x64\x00\x00\xb1\x06\x30"  # of the bend of channel 2
BENT_NOTE = b"\x00\xe1\x00\x50\x00\x91\x3c\x5a\x8f\x00\x81\x3c\x00"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with a preset."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "small.luthier", small_preset())
    return tmp_path


def render(folder, capsys, content, header=HEADER):
    """Exit status, lines on stderr and sound (T, 2) of a score."""
    track = b"MTrk" + len(content).to_bytes(4, "big") + content
    (folder / "score.mid").write_bytes(header + track)
    status = main(["render", "small.luthier", "score.mid", "-o", "out.wav", "--float"])
    lines = capsys.readouterr().err.splitlines()
    sound = soundfile.read("out.wav")[0] if (folder / "out.wav").exists() else np.zeros((0, 2))
    return status, lines, sound


def test_the_good_part_of_a_damaged_score_is_rendered_and_a_line_says_where_it_ends(folder, capsys):
    status, lines, sound = render(folder, capsys, NOTE + b"\x00\x90")
    assert status == 0
    assert lines[-1].startswith("luthier: score.mid: track 1 can be read up to 0:00.2 only: it ends within an event")
    assert np.abs(sound).max() > 0.01


def test_a_pause_of_hours_ends_the_file_that_is_written(folder, capsys):
    status, lines, sound = render(folder, capsys, NOTE + b"\xff\xff\xff\x7f\x90\x3c\x5a" + END)
    assert status == 0
    assert lines[-1:] == ["luthier: score.mid: it ends at 0:00.2: a pause of 77.7 hours follows, as in damaged files"]
    assert len(sound) < 60 * 48_000


def test_a_score_without_a_unit_of_time_is_refused_in_one_line(folder, capsys):
    status, lines, sound = render(folder, capsys, NOTE + END, HEADER[:-2] + b"\x00\x00")
    assert (status, len(sound)) == (2, 0)
    assert lines == [
        "luthier: not a MIDI file that can be read: score.mid (its header says that a quarter note has no ticks)"
    ]


def test_an_mpe_configuration_bends_like_a_range_that_is_set_for_the_channel(folder, capsys):
    configured = render(folder, capsys, ONE_TO_FIFTEEN + BENT_NOTE + END)[2]
    (folder / "out.wav").unlink()
    by_range = render(folder, capsys, RANGE_OF_48 + BENT_NOTE + END)[2]
    (folder / "out.wav").unlink()
    plain = render(folder, capsys, BENT_NOTE + END)[2]
    np.testing.assert_array_equal(configured, by_range)
    assert np.abs(configured - plain).max() > 0.01


def test_drums_are_not_rendered_unless_their_channel_is_named(folder, capsys):
    drum = b"\x00\x99\x24\x64"
    with_drums = render(folder, capsys, drum + NOTE + END)[2]
    (folder / "out.wav").unlink()
    np.testing.assert_array_equal(with_drums, render(folder, capsys, NOTE + END)[2])
    (folder / "out.wav").unlink()
    status, lines, _ = render(folder, capsys, drum + END)
    assert status == 2
    assert lines == ["luthier: score.mid has notes on channel 10 only, which is not heard; say --channel 10"]
