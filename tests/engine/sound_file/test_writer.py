"""Sound files, read back by libsndfile."""

import os
import struct

import numpy as np
import pytest
import soundfile

from engine.atomic_write import DiskFullError
from engine.sound_file import reader
from engine.sound_file.wav_layout import find_layout, make_header
from engine.sound_file.wav_writer import WavWriter
from engine.sound_file.writer import sound_writer
from tests.support.limited_files import limited_files


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


def test_24_bits_are_those_that_libsndfile_writes(tmp_path, random):
    audio = (1.2 * random.uniform(-1, 1, (2, 50_000)) ** 5).astype(np.float32)
    soundfile.write(tmp_path / "other.wav", audio.T, 44_100, "PCM_24")
    ours, other = (soundfile.read(path)[0] for path in (save(tmp_path / "a.wav", audio), tmp_path / "other.wav"))
    np.testing.assert_array_equal(ours, other)


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


@pytest.mark.parametrize("float32", [False, True])
def test_a_file_that_outgrows_riff_becomes_rf64(tmp_path, audio, float32):
    frame_bytes = 8 if float32 else 6
    limit = 44 + 40 + 4000 * frame_bytes
    for frames, kind in ((3000, "WAV"), (4900, "RF64")):
        path = tmp_path / f"{kind}.wav"
        with sound_writer(path, 44_100, float32, max_riff_bytes=limit) as write:
            for part in np.array_split(audio[:, :frames], 7, axis=1):
                write(part)
        assert soundfile.info(path).format == kind
        back, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_allclose(back.T, audio[:, :frames], atol=2**-23)
        assert reader.read(path).notices == ()


def test_the_header_of_rf64_tells_the_true_sizes(tmp_path, audio):
    """EBU Tech 3306, 3.5: sizes of RIFF and data as 64 bits, those in 32 bits all ones."""
    writer = WavWriter(tmp_path / "a.wav", 48_000, max_riff_bytes=0)
    writer.write(audio)
    writer.close()
    data = (tmp_path / "a.wav").read_bytes()
    assert data[:20] == b"RF64" + b"\xff" * 4 + b"WAVEds64" + struct.pack("<I", 28)
    assert struct.unpack("<QQQI", data[20:48]) == (len(data) - 8, 6 * 5000, 5000, 0)
    assert data[72:80] == b"data" + b"\xff" * 4
    assert len(data) == 80 + 6 * 5000


def test_a_header_beyond_4_gib_is_rf64_without_being_asked(tmp_path):
    frames = 2**32 // 6 + 1
    for count, kind in ((frames - 100, b"RIFF"), (frames, b"RF64")):
        header = make_header(struct.pack("<HHIIHH", 1, 2, 48_000, 288_000, 6, 24), 6 * count, b"", count)
        assert header[:4] == kind
        path = tmp_path / f"{count}.wav"
        path.write_bytes(header)
        os.truncate(path, len(header) + 6 * count)  # sparse: it takes no room
        assert soundfile.info(path).frames == count
        assert find_layout(path).end == len(header) + 6 * count


def test_what_is_written_can_be_read_while_it_grows(tmp_path, audio):
    writer = WavWriter(tmp_path / "a.wav", 1000)
    writer.write(audio[:, :2500])
    assert soundfile.info(tmp_path / "a.wav").frames == 2500
    writer.write(audio[:, 2500:])
    writer.close()
    assert soundfile.info(tmp_path / "a.wav").frames == 5000


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_on_a_full_disk_one_line_says_so_and_the_old_file_stays(tmp_path, audio, name):
    path = save(tmp_path / name, audio)
    before = path.read_bytes()
    with pytest.raises(DiskFullError, match=rf"{name}.*{tmp_path}") as error, limited_files(20_000):
        save(path, np.tile(audio, 4))
    assert "\n" not in str(error.value)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_a_writer_that_is_closed_on_a_full_disk_keeps_the_frames_that_had_room(tmp_path, audio):
    writer = WavWriter(tmp_path / "a.wav", 44_100)
    with limited_files(20_000):
        with pytest.raises(OSError, match="File too large"):
            writer.write(audio)
        writer.close()
    back, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert len(back) == (20_000 - 80) // 6
    np.testing.assert_allclose(back.T, audio[:, : len(back)], atol=2**-23)


def test_a_name_as_long_as_the_system_allows_is_written(tmp_path, audio):
    for suffix in (".wav", ".flac"):
        path = tmp_path / ("ä" * ((255 - len(suffix)) // 2) + suffix)
        assert len(path.name.encode()) >= 254
        save(path, audio)
        assert soundfile.info(path).frames == 5000
