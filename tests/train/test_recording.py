"""Recordings are loaded from files: parts, rates, refusals."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from train.recording import RecordingError, load, load_all


def _tone(seconds=1.0, level=0.3, rate=22050):
    return level * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)[None]


def test_a_sound_file_comes_back_as_channels_by_samples(tmp_path, random):
    written = random.uniform(-0.5, 0.5, (1000, 2)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", written, 22050, subtype="FLOAT")
    samples, rate = load(tmp_path / "a.wav")
    assert rate == 22050
    np.testing.assert_array_equal(samples, written.T)


def test_a_part_is_cut_out_before_anything_else(tmp_path, random):
    written = random.uniform(-0.5, 0.5, 22050).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", written, 22050, subtype="FLOAT")
    samples, _ = load(tmp_path / "a.wav", start=0.5, seconds=0.1)
    np.testing.assert_array_equal(samples[0], written[11025:13230])


def test_another_rate_keeps_the_pitch(tmp_path):
    soundfile.write(tmp_path / "a.wav", _tone()[0], 22050, subtype="FLOAT")
    samples, rate = load(tmp_path / "a.wav", rate=44100)
    assert (rate, samples.shape) == (44100, (1, 44100))
    expected = _tone(rate=44100)[0]
    np.testing.assert_allclose(samples[0, 2000:-2000], expected[2000:-2000], atol=1e-3)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
def test_a_file_that_is_no_sound_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(RecordingError) as error:
        load(tmp_path / "a.wav")
    assert "\n" not in str(error.value)
    assert "a.wav" in str(error.value)


def test_a_missing_file_and_an_empty_part_are_named():
    with pytest.raises(RecordingError, match="no such recording"):
        load(Path("nowhere.wav"))


def test_of_several_recordings_those_that_cannot_be_used_are_left_out_and_named(tmp_path):
    soundfile.write(tmp_path / "good.wav", _tone()[0], 22050)
    soundfile.write(tmp_path / "silent.wav", np.zeros(22050), 22050)
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    parts = [(tmp_path / name, 0.0, None) for name in ("bad.wav", "good.wav", "silent.wav")]
    ((path, samples),), lines = load_all(parts, 44100)
    assert (Path(path).name, samples.shape) == ("good.wav", (44100,))
    assert ["bad.wav" in lines[0], "silent.wav" in lines[1]] == [True, True]
    with pytest.raises(RecordingError, match="none of 2"):
        load_all([parts[0], parts[2]], 44100)
    with pytest.raises(RecordingError, match="not a sound file"):
        load_all(parts[:1], 44100)


def test_what_was_mended_in_a_recording_is_told(tmp_path):
    soundfile.write(tmp_path / "wide.wav", np.concatenate([_tone(), -_tone()]).T, 22050, subtype="FLOAT")
    ((_, samples),), lines = load_all([(tmp_path / "wide.wav", 0.0, None)], 22050)
    np.testing.assert_array_equal(samples, np.float32(_tone()[0]))
    assert "opposite phase" in lines[0]
