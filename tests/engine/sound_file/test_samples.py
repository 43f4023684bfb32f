"""Rates and samples as they come: odd rates, integers in floats, no numbers, opposite sides."""

import numpy as np
import pytest

from engine.sound_file.reader import MAX_RATE, MIN_RATE, RecordingError, read
from tests.support.sound_bytes import RATE, put, saved, wav


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
