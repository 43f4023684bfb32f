"""Pitch detection on synthetic and real notes."""

import numpy as np
import pytest

from engine.pitch_and_frequency import frequency_of, pitch_of
from train.note_names.name_reader import key_in_name
from train.notes.pitch import detect, harmonicity

RATE = 44100


def _string(frequency, stretch=0.0, weak=(), seconds=1.2):
    t = np.arange(int(seconds * RATE)) / RATE
    k = np.arange(1, min(30, int(10000 / frequency)) + 1)
    places = k * frequency * np.sqrt((1 + stretch * k**2) / (1 + stretch))
    heights = np.where(np.isin(k, weak), 0.02, 1) / k
    falls = np.exp(-(1 + 0.3 * k)[:, None] * t)
    return (heights[:, None] * falls * np.sin(2 * np.pi * places[:, None] * t)).sum(axis=0)


@pytest.mark.parametrize("key", [40, 45, 52, 60, 69, 76, 84, 91])
def test_a_string_has_its_pitch_within_two_cents(key):
    assert abs(pitch_of(detect(_string(frequency_of(key)), RATE).frequency) - key) < 0.02


def test_a_weak_first_partial_does_not_hide_the_pitch():
    assert abs(pitch_of(detect(_string(82.41, weak=(1, 2)), RATE).frequency) - 40) < 0.05


@pytest.mark.parametrize("frequency", [220.0, 659.3, 880.0])
def test_a_faint_mode_of_the_body_an_octave_below_is_not_the_pitch(frequency):
    t = np.arange(RATE) / RATE
    levels = [0, -7, -15, -22, -37, -36, -35, -58, -64, -68, -73, -78]  # dB, of a guitar high up the neck
    string = sum(10 ** (level / 20) * np.sin(2 * np.pi * k * frequency * t) for k, level in enumerate(levels, 1))
    sound = (string + 10 ** (-33 / 20) * np.sin(np.pi * frequency * t)) * np.exp(-3 * t)
    assert abs(1200 * np.log2(detect(sound, RATE).frequency / frequency)) < 2


def test_stretched_partials_do_not_sharpen_the_pitch():
    found = detect(_string(110.0, stretch=2e-4), RATE)
    assert abs(1200 * np.log2(found.frequency / 110.0)) < 3
    assert found.stretch == pytest.approx(2e-4, rel=0.3)


def test_a_neighbouring_key_explains_a_string_worse_than_its_own():
    string = _string(220.0)
    assert harmonicity(string, RATE, 220.0) > 2 * harmonicity(string, RATE, frequency_of(58))


def test_a_key_above_the_band_of_a_recording_explains_nothing():
    assert harmonicity(_string(440.0)[::4], RATE / 4, frequency_of(125)) == 0


def test_real_notes_have_the_pitch_of_their_names(data):
    from train import recording
    from train.notes import note_span

    for name in ("guitar/guitar_E2_very-long_forte_normal.mp3", "banjo/banjo_C5_very-long_forte_normal.mp3"):
        samples, rate = recording.load(data / name)
        span = note_span.find_span(samples[0], rate)
        found = detect(samples[0, span.onset : span.end].astype(float), rate)
        assert abs(pitch_of(found.frequency) - key_in_name(name.split("/")[1])) < 0.3
