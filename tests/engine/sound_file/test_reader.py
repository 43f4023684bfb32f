"""Recordings of every format, and what is refused in one line."""

import os
import sys

import numpy as np
import pytest
import soundfile

from engine.sound_file import av_decoder
from engine.sound_file.reader import MAX_RATE, MIN_RATE, RecordingError, check, read
from tests.support.sound_bytes import RATE, put, saved, wav


@pytest.mark.parametrize("kind", sorted(set(soundfile.available_formats()) - {"RAW", "SD2"}))
def test_every_format_is_read_whether_or_not_it_can_be_searched(tmp_path, tone, kind):
    for subtype in soundfile.available_subtypes(kind):
        try:
            data = wav(tone, subtype, kind)
        except (soundfile.SoundFileError, ValueError):
            continue  # can only be read, or at other rates
        path = saved(tmp_path, data, f"{subtype}.x")
        whole = read(path)
        part = read(path, start=0.25, seconds=0.125)
        first = int(0.25 * whole.rate)
        np.testing.assert_allclose(part.samples, whole.samples[:, first : first + part.samples.shape[1]], atol=1e-6)
        assert whole.samples.shape[1] == pytest.approx(RATE, abs=1500)
        assert np.corrcoef(whole.samples[0, : len(tone)], tone[: whole.samples.shape[1]])[0, 1] > 0.9


def test_ogg_files_that_follow_each_other_in_one_are_read_to_the_last(tmp_path, tone):
    one, other = wav(tone, "VORBIS", "OGG"), wav(np.stack([tone, tone], axis=1), "VORBIS", "OGG")
    twice = read(saved(tmp_path, one + one, "a.ogg"))
    assert twice.samples.shape == (1, 2 * RATE)
    np.testing.assert_array_equal(twice.samples[0, :RATE], twice.samples[0, RATE:])
    part = read(tmp_path / "a.ogg", start=0.5, seconds=1)
    np.testing.assert_array_equal(part.samples[0], twice.samples[0, RATE // 2 :][:RATE])
    differing = read(saved(tmp_path, one + other, "a.ogg"))
    assert (differing.samples.shape[1], len(differing.notices)) == (RATE, 1)


@pytest.mark.parametrize("has_first_frame", [True, False])
def test_an_mp3_file_of_frames_of_any_length_is_read_to_its_end(tmp_path, random, has_first_frame):
    sound = np.concatenate([random.uniform(-0.5, 0.5, RATE), 0.001 * random.uniform(-0.5, 0.5, 8 * RATE)])
    soundfile.write(tmp_path / "a.mp3", sound, RATE, format="MP3", bitrate_mode="VARIABLE", compression_level=0.1)
    data = bytearray((tmp_path / "a.mp3").read_bytes())
    place = data.find(b"Xing")
    if has_first_frame:
        data[place + 8 : place + 12] = (8).to_bytes(4, "big")
    else:
        data[place : place + 4] = b"Xyng"
    read_back = read(saved(tmp_path, data, "a.mp3"))
    assert read_back.seconds == pytest.approx(9, abs=0.15)
    assert len(read_back.notices) == has_first_frame


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 1), (44_100, 2)])
def test_of_an_mp3_file_that_goes_on_at_another_rate_the_first_part_is_taken_and_said(
    tmp_path, random, rate, channels
):
    parts = []
    for name, each, count in (("a.mp3", 44_100, 1), ("b.mp3", rate, channels)):
        soundfile.write(tmp_path / name, random.uniform(-0.5, 0.5, (2 * each, count)), each, format="MP3")
        parts.append((tmp_path / name).read_bytes())
    read_back = read(saved(tmp_path, b"".join(parts), "c.mp3"))
    assert read_back.rate == 44_100
    assert read_back.seconds == pytest.approx(2, abs=0.15)
    assert [notice for notice in read_back.notices if "goes on at another rate" in notice]


def test_nothing_of_libmpg123_is_printed(tmp_path, random, capfd):
    soundfile.write(tmp_path / "a.mp3", random.uniform(-0.5, 0.5, 2 * RATE), RATE, format="MP3")
    data = bytearray((tmp_path / "a.mp3").read_bytes())
    data[3000:5000] = random.bytes(2000)
    assert read(saved(tmp_path, data, "a.mp3")).seconds > 0.5
    assert capfd.readouterr().err == ""


def test_the_hidden_file_that_macos_leaves_beside_one_is_not_taken_for_a_part_of_it(tmp_path, random):
    for name in ("a.mp3", "a.wav", "a.ogg"):
        soundfile.write(tmp_path / name, random.uniform(-0.5, 0.5, RATE), RATE)
        (tmp_path / f"._{name}").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X" + bytes(4000))
        assert read(tmp_path / name).samples.shape == (1, RATE)
        with pytest.raises(RecordingError, match="not a sound file"):
            read(tmp_path / f"._{name}")


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "AIFF", "MP3"])
@pytest.mark.parametrize("name", ["a.raw", "a.RAW", "a.sd2", "a.m4a", "a"])
def test_the_content_tells_the_format_and_not_the_name(tmp_path, tone, kind, name):
    sound = read(saved(tmp_path, wav(tone, None, kind), name))
    assert sound.seconds == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.sf2", b"RIFF\x20\0\0\0sfbkLIST", "bank of sounds"),
        ("a.dslibrary", b"PK\3\4" + bytes(30), "archive: unpack it"),
        ("a.mid", b"MThd\0\0\0\6", "a score: `luthier render"),
        ("a.mp3", b"\n<!DOCTYPE html><html>", "web page"),
        ("a.wav", bytes(5000), "only zeros"),
        ("a.raw", b"\1\2" * 5000, "raw samples.*ffmpeg -f s16le"),
        ("a.nki", b"\x12\x90" * 5000, "of no format that is known"),
    ],
)
def test_what_is_no_sound_is_called_by_its_name(tmp_path, name, data, words):
    with pytest.raises(RecordingError, match=rf"not a sound file that can be read: .*{name} \(.*{words}"):
        read(saved(tmp_path, data, name))


@pytest.mark.parametrize("rate", [0, 2**32 - 1])
def test_a_rate_that_is_none_is_told_in_the_words_of_who_records(tmp_path, tone, rate):
    with pytest.raises(RecordingError, match="the rate in its header is no rate"):
        read(saved(tmp_path, put(wav(tone), 24, rate)))


@pytest.mark.parametrize("name", ["a.raw", "a.wav", "a.mp3", "a.flac", "a.txt"])
def test_what_is_no_sound_is_one_line(tmp_path, random, name):
    for data in (b"", b"no sound at all", b"RIFF\0\0\0\0WAVE", random.bytes(4000)):
        with pytest.raises(RecordingError, match="not a sound file") as error:
            read(saved(tmp_path, data, name))
        assert "\n" not in str(error.value)


def test_a_folder_a_missing_file_and_one_without_permission_are_one_line(tmp_path, tone):
    with pytest.raises(RecordingError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(RecordingError, match="no such recording"):
        read(tmp_path / "none.wav")
    with pytest.raises(RecordingError, match="File name too long"):
        read(tmp_path / ("a" * 300))
    path = saved(tmp_path, wav(tone))
    check(path)
    path.chmod(0)
    if not os.access(path, os.R_OK):  # everything is allowed to root
        with pytest.raises(RecordingError, match="cannot be read"):
            check(path)


@pytest.mark.parametrize("head", [b"\0\0\0\x20ftypM4A ", b"\x1aE\xdf\xa3", b"\xff\xf1\x50\x80"])
def test_without_pyav_the_line_says_how_to_convert(tmp_path, monkeypatch, head):
    monkeypatch.setitem(sys.modules, "av", None)
    assert not av_decoder.is_installed()
    with pytest.raises(RecordingError, match=r"ffmpeg -i .*me\.m4a. .*me\.wav") as error:
        read(saved(tmp_path, head + bytes(4000), "it's me.m4a"))
    assert "\n" not in str(error.value)


def test_the_recording_of_a_phone_is_read_where_pyav_is_installed_and_else_said_how(tmp_path, tone):
    path = tmp_path / "memo.m4a"
    if not av_decoder.is_installed():
        path.write_bytes(b"\0\0\0\x20ftypM4A " + bytes(4000))
        with pytest.raises(RecordingError, match="PyAV"):
            read(path)
        return
    import av

    with av.open(str(path), "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=RATE, layout="mono")
        for first in range(0, RATE, 1024):
            frame = av.AudioFrame.from_ndarray(tone[None, first : first + 1024], "fltp", "mono")
            frame.sample_rate, frame.pts = RATE, first
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    sound = read(path)
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(1, abs=0.2)
    assert read(path, 44_100, start=0.5, seconds=0.25).seconds == pytest.approx(0.25, abs=0.001)


def test_a_recording_that_would_take_far_more_memory_than_its_file_is_refused(tmp_path):
    path = saved(tmp_path, put(wav(np.zeros(4 * RATE)), 24, MIN_RATE))
    assert read(path, 8000, seconds=10).samples.shape[1] == 80_000
    with pytest.raises(RecordingError, match="too long"):
        read(path, MAX_RATE)
