"""Sound files, read back by libsndfile."""

import numpy as np
import pytest
import soundfile

from engine.sound_file.writer import sound_writer


@pytest.fixture
def audio(random):
    return random.uniform(-0.99, 0.99, (2, 5000)).astype(np.float32)


def save(path, audio, float32=False):
    with sound_writer(path, 44100, float32) as write:
        for part in np.array_split(audio, 7, axis=1):
            write(part)
    return path


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_24_bits_are_kept(tmp_path, audio, name):
    back, rate = soundfile.read(save(tmp_path / name, audio), dtype="float64")
    assert rate == 44100
    np.testing.assert_allclose(back.T, audio, atol=2**-23)
    assert soundfile.info(tmp_path / name).subtype == "PCM_24"


def test_float_is_kept_exactly(tmp_path, audio):
    back, _ = soundfile.read(save(tmp_path / "a.wav", audio, float32=True), dtype="float32")
    np.testing.assert_array_equal(back.T, audio)


def test_samples_above_full_scale_are_clipped_and_never_wrap(tmp_path):
    back, _ = soundfile.read(save(tmp_path / "a.wav", np.full((2, 10), 1.5, np.float32)))
    np.testing.assert_allclose(back, 1, atol=2**-22)


def test_an_unfinished_file_leaves_the_old_one(tmp_path, audio):
    path = save(tmp_path / "a.wav", audio)
    before = path.read_bytes()
    with pytest.raises(AttributeError), sound_writer(path, 44100) as write:
        write([audio[:, :10], write(audio[:, :10])])
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(("name", "rate", "float32", "match"), [
    ("a.mp3", 48000, False, "ending must be .wav or .flac"),
    ("a.flac", 48000, True, "only .wav"),
    ("a.wav", 44100.5, False, "whole number of Hz"),
])  # fmt: skip
def test_an_invalid_suffix_rate_or_format_is_an_error(tmp_path, name, rate, float32, match):
    with pytest.raises(ValueError, match=match), sound_writer(tmp_path / name, rate, float32):
        pass
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(OSError, match="there is no folder"), sound_writer(tmp_path / "no" / "a.wav", 48000):
        pass
