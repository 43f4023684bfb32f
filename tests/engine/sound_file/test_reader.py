"""Recordings as they come: wrong lengths, odd rates, crashed recorders, tags, integers in floats, opposite sides."""

import io
import os
import struct
import sys

import numpy as np
import pytest
import soundfile

from engine.sound_file import av_decoder, wav_layout
from engine.sound_file.reader import MAX_RATE, MIN_RATE, RecordingError, check, read
from engine.sound_file.wav_writer import WavWriter

RATE = 22_050
HEADER_BYTES = 44  # of a WAV file that libsndfile writes


@pytest.fixture
def tone():
    """One second (T,) that fades in, so that no part looks like another."""
    time = np.arange(RATE) / RATE
    return (0.5 * time * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


def wav(sound, subtype="PCM_16", kind="WAV"):
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, subtype, format=kind)
    return bytearray(file.getvalue())


def saved(folder, data, name="a.wav"):
    path = folder / name
    path.write_bytes(data)
    return path


def put(data, place, number, size=4):
    data[place : place + size] = int(number).to_bytes(size, "little")
    return data


@pytest.mark.parametrize(
    ("riff", "stated"),
    [(0, 0), (36, 0), (70, 0), (2**32 - 1, 2**32 - 1), (2**31, 2**31 - 24), (5000, 4964), (36 + 3 * RATE, 3 * RATE)],
)
def test_the_length_in_a_header_is_never_believed(tmp_path, tone, riff, stated):
    data = put(put(wav(tone), 4, riff), HEADER_BYTES - 4, stated)
    sound = read(saved(tmp_path, data))
    assert sound.samples.shape == (1, RATE)
    np.testing.assert_allclose(sound.samples[0], tone, atol=5e-5)
    assert len(sound.notices) == (stated != 2**32 - 1)


def test_a_part_of_a_file_with_a_wrong_length_is_that_part(tmp_path, tone):
    sound = read(saved(tmp_path, put(wav(tone), HEADER_BYTES - 4, 0)), start=0.5, seconds=0.25)
    np.testing.assert_allclose(sound.samples[0], tone[RATE // 2 :][: round(0.25 * RATE)], atol=5e-5)


@pytest.mark.parametrize(
    "appended",
    [b"TAG" + b"x" * 125, b"ID3\4" + b"y" * 3000, b"LIST" + (4).to_bytes(4, "little") + b"INFO", b"?" * 999],
)
def test_what_programs_append_is_not_heard(tmp_path, tone, appended):
    sound = read(saved(tmp_path, wav(tone) + appended))
    assert (sound.samples.shape[1], sound.notices) == (RATE, ())


@pytest.mark.parametrize("before", [b"ID3\4\0\0\0\0\0\x0a" + b"z" * 10, b"\0" * 128, b"<html>" * 9])
@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_24"), ("FLAC", "PCM_16"), ("AIFF", "PCM_16")])
def test_what_stands_before_the_sound_is_passed_over(tmp_path, tone, before, kind, subtype):
    sound = read(saved(tmp_path, before + wav(tone, subtype, kind)))
    assert sound.samples.shape == (1, RATE)
    np.testing.assert_allclose(sound.samples[0], tone, atol=5e-5)


def test_chunks_in_another_order_or_twice_and_formats_of_no_list_are_read(tmp_path, tone):
    data = wav(tone)
    extension = struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE, 2 * RATE, 2, 16, 22, 16, 4) + bytes(16)
    for changed in (
        data[:12] + data[36:] + data[12:36],
        data + b"data" + struct.pack("<I", 1000) + bytes(1000),
        data[:12] + b"fmt " + struct.pack("<I", 40) + extension + data[36:],
    ):
        np.testing.assert_allclose(read(saved(tmp_path, changed)).samples[0], tone, atol=5e-5)


def test_a_chunk_with_a_wrong_size_does_not_hide_the_sound(tmp_path, tone):
    data = wav(tone)
    data[36:36] = b"LIST" + (10**6).to_bytes(4, "little") + b"INFOISFT"
    np.testing.assert_allclose(read(saved(tmp_path, data)).samples[0], tone, atol=5e-5)


def test_a_file_of_more_than_4_gib_whose_header_counts_modulo_that_is_read_at_its_end(tmp_path, tone):
    path = saved(tmp_path, wav(tone, "PCM_16")[:HEADER_BYTES])
    frames = 2**31 + 5000
    with path.open("r+b") as file:  # sparse: it takes no room
        put(header := bytearray(file.read()), HEADER_BYTES - 4, 2 * frames % 2**32)
        file.seek(0)
        file.write(header)
        file.seek(HEADER_BYTES + 2 * (frames - 1000))
        file.write((8192 * np.ones(1000)).astype("<i2").tobytes())
    layout = wav_layout.find_layout(path)
    assert layout.end - layout.start == 2 * frames
    sound = read(path, start=(frames - 1000) / RATE)
    assert sound.samples.shape[1] == pytest.approx(1000, abs=1)
    assert sound.samples.min() == 0.25


@pytest.mark.parametrize(("kind", "chunk", "width"), [("AIFF", b"SSND", 4), ("CAF", b"data", 8), ("AU", b".snd", 4)])
@pytest.mark.parametrize("share", [0, 0.25, 3, None])
def test_nor_is_the_length_in_other_headers(tmp_path, tone, kind, chunk, width, share):
    data = wav(tone, "PCM_16", kind)
    place = data.find(chunk) + (8 if kind == "AU" else 4)
    true = int.from_bytes(data[place : place + width], "big")
    stated = 256**width - 1 if share is None else round(share * true) // 2 * 2
    data[place : place + width] = stated.to_bytes(width, "big")
    sound = read(saved(tmp_path, data))
    assert sound.samples.shape[1] == pytest.approx(RATE, abs=4)
    np.testing.assert_allclose(sound.samples[0, : RATE - 4], tone[:-4], atol=5e-5)


@pytest.mark.parametrize("total", [0, 100, 2**36 - 1])
def test_the_number_of_samples_in_a_flac_file_is_not_believed(tmp_path, tone, total):
    data = wav(tone, "PCM_16", "FLAC")
    kept = int.from_bytes(data[21:26], "big") >> 36 << 36
    data[21:26] = (kept | total).to_bytes(5, "big")
    sound = read(saved(tmp_path, data, "a.flac"))
    assert sound.samples.shape == (1, RATE)
    assert len(sound.notices) == (total != 0)
    part = read(tmp_path / "a.flac", start=0.4, seconds=0.1)
    np.testing.assert_allclose(part.samples[0], tone[round(0.4 * RATE) :][: round(0.1 * RATE)], atol=5e-5)


@pytest.mark.parametrize(
    ("kind", "subtype"), [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("WAV", "FLOAT"), ("AIFF", "PCM_24")]
)
def test_of_a_file_that_was_cut_the_part_that_is_there_is_read(tmp_path, random, kind, subtype):
    noise = random.uniform(-0.5, 0.5, 4 * RATE).astype(np.float32)
    data = wav(noise, subtype, kind)
    sound = read(saved(tmp_path, data[: len(data) // 2]))
    assert 1.2 < sound.seconds <= 2.1
    assert abs(sound.samples).max() > 0.4


def test_of_a_damaged_flac_file_what_comes_before_is_read_and_one_line_says_so(tmp_path, random):
    data = wav(random.uniform(-0.5, 0.5, 4 * RATE), "PCM_16", "FLAC")
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    sound = read(saved(tmp_path, data, "a.flac"))
    assert 1.5 < sound.seconds < 2.1
    assert "a.flac: it is damaged at" in sound.notices[0]


@pytest.mark.parametrize("rate", [0, 1, MIN_RATE - 1, MAX_RATE + 1, 2**31 - 1])
def test_a_rate_that_no_recording_has_is_one_line(tmp_path, tone, rate):
    with pytest.raises(RecordingError, match=r"a\.wav") as error:
        read(saved(tmp_path, put(wav(tone), 24, rate)), 44_100)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("rate", [MIN_RATE, 8000, 96_000, MAX_RATE])
def test_every_other_rate_is_read(tmp_path, tone, rate):
    assert read(saved(tmp_path, put(wav(tone), 24, rate))).rate == rate


@pytest.mark.parametrize("bits", [8, 16, 24, 32, 64])
def test_integers_in_floats_are_scaled(tmp_path, tone, bits):
    scaled = (np.rint(tone.astype(float) * 2.0 ** (bits - 1) * 0.9)).astype(np.float32)
    sound = read(saved(tmp_path, wav(scaled, "FLOAT")))
    np.testing.assert_allclose(sound.samples[0], 0.9 * tone, atol=3e-5 + 2.0 ** (1 - bits))
    assert f"{bits} bits" in sound.notices[0]


def test_floats_above_full_scale_stay_as_they_are(tmp_path, tone):
    sound = read(saved(tmp_path, wav(10 * tone, "FLOAT")))
    np.testing.assert_array_equal(sound.samples[0], 10 * tone)
    assert sound.notices == ()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30, -4e6])
def test_samples_that_are_no_numbers_are_silence(tmp_path, tone, value):
    broken = tone.copy()
    broken[100:120] = value
    sound = read(saved(tmp_path, wav(broken, "FLOAT")))
    assert not sound.samples[0, 100:120].any()
    np.testing.assert_array_equal(sound.samples[0, 120:], tone[120:])
    assert "20 of its samples are no numbers" in sound.notices[0]


def test_a_file_of_nothing_but_such_samples_is_refused(tmp_path):
    with pytest.raises(RecordingError, match="damaged"):
        read(saved(tmp_path, wav(np.full(1000, np.nan), "FLOAT")))


def test_of_sides_in_opposite_phase_one_is_taken(tmp_path, tone, random):
    noise = 0.01 * random.standard_normal((2, RATE))
    opposite = np.stack([tone, -0.95 * tone]) + noise + np.array([[0.02], [0.02]])
    path = saved(tmp_path, wav(opposite.T, "FLOAT"))
    sound = read(path)
    np.testing.assert_array_equal(sound.samples, np.float32(opposite[:1]))
    assert "left" in sound.notices[0]
    assert len(read(path, is_mixed=False).samples) == 2
    for other in (np.stack([tone, tone]), np.stack([tone, 0 * tone]), random.standard_normal((2, RATE))):
        assert len(read(saved(tmp_path, wav(other.T, "FLOAT"))).samples) == 2


def test_sides_that_cancel_out_only_in_the_part_that_is_taken_are_judged_there(tmp_path, tone):
    sides = np.stack([np.concatenate([tone, tone]), np.concatenate([tone, -tone])])
    path = saved(tmp_path, wav(sides.T, "FLOAT"))
    assert len(read(path, seconds=1).samples) == 2
    assert len(read(path, start=1, seconds=1).samples) == 1


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


def test_a_written_file_that_was_never_closed_is_read(tmp_path, tone):
    writer = WavWriter(tmp_path / "a.wav", RATE)
    for part in np.array_split(np.stack([tone, tone]), 10, axis=1):
        writer.write(part)
    np.testing.assert_allclose(read(tmp_path / "a.wav").samples[0], tone, atol=2**-23)
    writer.close()
