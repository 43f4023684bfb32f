"""The pitch of single notes is in the octave of their names, as far as the sound agrees."""

import numpy as np
import pytest

from engine.pitch_and_frequency import frequency_of, pitch_of
from train.ddsp.features import Features
from train.ddsp.octave_correction import correct_octaves

RATE, HOP, FRAMES = 16_000, 160, 100


def _tone(key):
    """A second of a tone with ten falling harmonics."""
    time, harmonic = np.arange(FRAMES * HOP) / RATE, np.arange(1, 11)[:, None]
    return (np.sin(2 * np.pi * harmonic * frequency_of(key) * time) / harmonic).sum(axis=0).astype(np.float32)


def _tracked(key):
    """What a tracker finds of it."""
    frames = FRAMES + 1
    return Features(np.full(frames, frequency_of(key)), np.ones(frames, bool), np.full(frames, -20.0), 1.0)


def _keys(features):
    return [float(np.median(pitch_of(one.pitch))) for one in features]


def test_a_set_named_an_octave_low_keeps_the_pitch_that_is_heard_and_is_told_once():
    keys = [60, 62, 64, 65]
    names = [f"cello_{letter}3_forte.wav" for letter in "CDEF"]
    found, messages = correct_octaves(names, [_tone(key) for key in keys], [_tracked(key) for key in keys], RATE)
    assert _keys(found) == pytest.approx(keys)
    assert len(messages) == 1
    assert "an octave lower" in messages[0]


def test_one_name_an_octave_off_is_told_and_the_sound_believed():
    keys = [60, 62, 64, 77]
    names = [f"cello_{letter}4_forte.wav" for letter in "CDEF"]
    found, messages = correct_octaves(names, [_tone(key) for key in keys], [_tracked(key) for key in keys], RATE)
    assert _keys(found) == pytest.approx(keys)
    assert [message.split(" sounds")[0] for message in messages] == ["cello_F4_forte.wav"]


def test_an_octave_that_only_the_tracker_hears_is_corrected_by_the_name():
    sounds, tracked = [_tone(60), _tone(62)], [_tracked(72), _tracked(62)]
    found, messages = correct_octaves(["cello_C4.wav", "cello_D4.wav"], sounds, tracked, RATE)
    assert _keys(found) == pytest.approx([60, 62])
    assert "its name is believed" in messages[0]


def test_a_phrase_keeps_its_pitch():
    phrase = _tracked(60)
    phrase.pitch[50:] = frequency_of(65)
    found, messages = correct_octaves(["cello_C3_phrase.wav"], [_tone(60)], [phrase], RATE)
    assert (found, messages) == ([phrase], [])
