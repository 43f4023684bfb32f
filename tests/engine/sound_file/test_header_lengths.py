"""Recordings whose headers say another length than theirs, and those that break off or go on otherwise."""

import struct

import numpy as np
import pytest

from engine.sound_file import wav_layout
from engine.sound_file.reader import read
from engine.sound_file.wav_writer import WavWriter
from tests.support.sound_bytes import HEADER_BYTES, RATE, put, saved, wav


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


@pytest.mark.parametrize("subtype", ["PCM_24", "ULAW", "IMA_ADPCM"])
@pytest.mark.parametrize("stated", [0, 24, 5000, 2**63 - 1, 2**64 - 1])
def test_nor_is_the_length_in_a_wave64_file(tmp_path, tone, subtype, stated):
    data = wav(tone, subtype, "W64")
    right = read(saved(tmp_path, data, "a.w64"))
    wrong = read(saved(tmp_path, put(data, data.find(b"data") + 16, stated, 8), "a.w64"))
    np.testing.assert_array_equal(wrong.samples[:, :RATE], right.samples[:, :RATE])
    assert (len(right.notices), len(wrong.notices)) == (0, 1)


@pytest.mark.parametrize(("kind", "subtype"), [("W64", "PCM_16"), ("OGG", "VORBIS")])
def test_a_file_that_was_cut_says_so(tmp_path, random, kind, subtype):
    data = wav(random.uniform(-0.5, 0.5, 5 * RATE), subtype, kind)
    sound = read(saved(tmp_path, data[: len(data) // 2], "a"))
    assert sound.seconds == pytest.approx(2.5, abs=0.5)
    assert len(sound.notices) == 1


def test_the_younger_name_of_rf64_is_read(tmp_path, tone):
    data = wav(tone, "PCM_16", "RF64").replace(b"RF64", b"BW64", 1)
    sound = read(saved(tmp_path, data))
    np.testing.assert_allclose(sound.samples[0], tone, atol=5e-5)
    assert sound.notices == ()


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


def test_a_written_file_that_was_never_closed_is_read(tmp_path, tone):
    writer = WavWriter(tmp_path / "a.wav", RATE)
    for part in np.array_split(np.stack([tone, tone]), 10, axis=1):
        writer.write(part)
    np.testing.assert_allclose(read(tmp_path / "a.wav").samples[0], tone, atol=2**-23)
    writer.close()
