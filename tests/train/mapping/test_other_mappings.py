"""DecentSampler presets, and what samplers write into WAV files."""

import struct

import numpy as np
import pytest
import soundfile

from train.mapping.mapping_file import read_mapping
from train.mapping.region import MappingError
from train.mapping.wav_chunks import SamplerChunks, read_sampler_chunks
from train.notes.note_recording import read_note_recordings

PRESET = """<?xml version="1.0" encoding="UTF-8"?>
<DecentSampler minVersion="1.0.0">
  <groups volume="-3dB" ampVelTrack="0">
    <group tags="soft" hiVel="60" volume="0.5">
      <sample path="Samples/C4 p.wav" rootNote="60" loNote="55" hiNote="62" tuning="0.05" start="100"/>
      <sample path="samples\\E4 p.wav" rootNote="64" loNote="63" hiNote="70" pan="-30" reverb="1"/>
    </group>
    <group loVel="61">
      <sample path="Samples/C4 f.wav" rootNote="60" hiNote="70" tuning="-12" loopEnabled="true" loopEnd="500"/>
      <sample path="Samples/C4 f.wav" rootNote="60" trigger="release"/>
      <sample path="gone.wav" rootNote="60"/>
    </group>
  </groups>
</DecentSampler>
"""


def test_a_decent_sampler_preset_is_read(tmp_path):
    (tmp_path / "Samples").mkdir()
    for name in ("C4 p.wav", "E4 p.wav", "C4 f.wav"):
        (tmp_path / "Samples" / name).touch()
    (tmp_path / "piano.dspreset").write_text(PRESET, encoding="utf-8")
    mapping = read_mapping(tmp_path / "piano.dspreset")
    first, second, third = mapping.attacks
    assert (first.low_key, first.high_key, first.centre, first.cents, first.first) == (
        55,
        62,
        60,
        pytest.approx(5),
        100,
    )
    assert (first.low_velocity, first.high_velocity, third.low_velocity) == (0, 60, 61)
    assert first.decibels == pytest.approx(-3 - 6.02, abs=0.01)
    assert (second.path.name, second.pan) == ("E4 p.wav", -0.3)
    assert (third.centre, third.last, third.velocity_tracking) == (72, 500, 0)
    assert (len(mapping.regions), mapping.missing, mapping.passed_over) == (4, ["gone.wav"], {"reverb": 1})


def test_keys_may_be_notes_and_what_sounds_between_tied_notes_is_left_out(tmp_path):
    (tmp_path / "a.wav").touch()
    text = """<DecentSampler><groups><group><sample path="a.wav" rootNote="C#3" loNote="C3" hiNote="50"/></group>
        <group trigger="legato"><sample path="a.wav" rootNote="60"/></group></groups></DecentSampler>"""
    (tmp_path / "x.dspreset").write_text(text)
    mapping = read_mapping(tmp_path / "x.dspreset")
    assert [(each.low_key, each.high_key, each.centre) for each in mapping.regions] == [(48, 50, 49)]
    assert mapping.left_out.total() == 1


@pytest.mark.parametrize("text", ["<DecentSampler>", "nothing", '<!DOCTYPE x [<!ENTITY a "b">]><DecentSampler/>'])
def test_what_is_no_preset_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "x.dspreset").write_text(text)
    with pytest.raises(MappingError) as raised:
        read_mapping(tmp_path / "x.dspreset")
    assert "\n" not in str(raised.value)


def _write_wav(path, *chunks):
    """A WAV file with chunks behind its sound."""
    soundfile.write(path, np.zeros(100), 44100)
    content = path.read_bytes()
    for name, data in chunks:
        content += struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2)
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])


def _smpl(key, fraction):
    return b"smpl", struct.pack("<9I", 0, 0, 22675, key, int(fraction * 2**32), 0, 0, 0, 0)


def test_the_key_of_a_wav_file_is_read_from_its_chunks(tmp_path):
    _write_wav(tmp_path / "smpl.wav", _smpl(57, 0.25))
    _write_wav(
        tmp_path / "inst.wav", (b"junk", b"abc"), (b"inst", struct.pack("<BbbBBBB", 64, -10, 0, 0, 127, 1, 80))
    )
    soundfile.write(tmp_path / "plain.wav", np.zeros(10), 44100)
    (tmp_path / "text.wav").write_text("RIFF")
    assert read_sampler_chunks(tmp_path / "smpl.wav") == SamplerChunks(57, 25.0)
    assert read_sampler_chunks(tmp_path / "inst.wav") == SamplerChunks(64, 10.0, (1, 80))
    assert [read_sampler_chunks(tmp_path / name) for name in ("plain.wav", "text.wav", "none.wav")] == [None] * 3


def test_names_without_a_key_have_that_of_their_chunks(tmp_path):
    _write_wav(tmp_path / "first.wav", _smpl(57, 0))
    _write_wav(tmp_path / "second.wav", _smpl(60, 0))
    _write_wav(tmp_path / "third C3.wav", _smpl(70, 0))
    recordings = read_note_recordings(sorted(tmp_path.glob("*.wav")))
    assert [recorded.said.key for recorded in recordings] == [57, 60, 48]


def test_one_key_in_the_chunks_of_all_files_says_nothing(tmp_path):
    for name in ("first.wav", "second.wav"):
        _write_wav(tmp_path / name, _smpl(60, 0))
    assert [recorded.said.key for recorded in read_note_recordings(sorted(tmp_path.glob("*.wav")))] == [None, None]


def test_dynamics_that_no_name_says_are_read_from_the_chunks(tmp_path):
    for name, velocities in (("C3 one.wav", (1, 60)), ("C3 two.wav", (61, 127))):
        _write_wav(tmp_path / name, (b"inst", struct.pack("<BbbBBBB", 48, 0, 0, 0, 127, *velocities)))
    recordings = read_note_recordings(sorted(tmp_path.glob("*.wav")))
    assert [(recorded.said.key, recorded.said.dynamic) for recorded in recordings] == [
        (48, "velocity 30"),
        (48, "velocity 94"),
    ]
