"""The distance between sounds, and the verdict on an instrument."""

import numpy as np
import pytest

from export.events import make_preset
from export.likeness import Verdict, judge, mean, read_verdict
from export.likeness.distance import RATE, distance, gain_to_equal_loudness
from export.likeness.low_rate_codec import copy
from export.likeness.resynthesis import resynthesize
from tests.export.test_events import TINY, learned
from tests.support.resonance_preset import small_preset


@pytest.fixture
def stroke():
    """A struck tone of 220 Hz with five partials, two seconds of it."""
    time = np.arange(2 * RATE) / RATE
    partials = [np.exp(-(1 + n) * time) * np.sin(2 * np.pi * 220 * n * time) / n for n in range(1, 6)]
    return np.concatenate([np.zeros(RATE // 10), 0.4 * np.sum(partials, axis=0)])


def test_a_sound_has_no_distance_from_itself_at_any_loudness_or_moment(stroke):
    assert distance(stroke, stroke) == 0
    assert distance(stroke, 0.05 * stroke) == pytest.approx(0, abs=1e-6)
    assert distance(stroke, np.concatenate([np.zeros(1440), stroke])) < 0.2  # 30 ms late
    assert distance(stroke, stroke[1440:]) < 0.2


def test_the_distance_grows_with_what_differs(stroke):
    random = np.random.default_rng(0)
    hiss = 1e-3 * random.normal(size=len(stroke))
    time = np.arange(len(stroke)) / RATE
    other = np.sin(2 * np.pi * 311 * time)
    found = [distance(stroke, sound) for sound in (stroke, stroke + hiss, stroke + 10 * hiss)]
    assert found == sorted(found)
    assert 0 < distance(stroke, copy(stroke)[0]) < found[-1]
    assert (
        distance(stroke, stroke + 10 * hiss) < distance(stroke, other) < distance(stroke, np.zeros_like(stroke)) + 20
    )
    assert distance(stroke, np.zeros_like(stroke)) > 10


def test_both_sounds_are_compared_at_one_loudness(stroke):
    soft = 0.01 * stroke
    assert gain_to_equal_loudness(soft) == pytest.approx(100 * gain_to_equal_loudness(stroke))
    assert gain_to_equal_loudness(np.zeros(100)) == 1


def test_the_codec_takes_some_thirty_kilobits_a_second(stroke):
    coded, name = copy(stroke)
    assert abs(len(coded) - len(stroke)) < 0.1 * RATE
    kbps = float(name.split()[-2])
    assert 20 < kbps < 45


def test_a_verdict_says_in_words_and_figures_how_near_it_comes(stroke):
    sound = np.stack([stroke] * 2)
    same, silent = judge(sound, 0.3 * sound), judge(sound, np.zeros_like(sound))
    assert same.words == "hard to tell from the recording"
    assert silent.words == "not like the recording"
    assert silent.distance == pytest.approx(silent.silence)
    assert str(same).startswith("hard to tell from the recording: 0.0 dB from it; silence ")
    assert "kb/s" in str(same)
    between = mean([same, silent])
    assert between.distance == pytest.approx(silent.distance / 2, abs=0.06)
    assert same.nearness > between.nearness > silent.nearness == 0


def test_a_verdict_is_read_from_the_header_that_it_was_stored_in():
    verdict = Verdict(3.1, 20.5, 1.5, "Opus at 30 kb/s")
    assert read_verdict({"training": {"likeness": verdict.plain}}) == verdict
    for training in ({}, {"likeness": 3}, {"likeness": {"distance": "near"}}):
        assert read_verdict({"training": training}) is None


def test_an_instrument_that_was_learned_from_a_piece_answers_with_its_performance():
    preset, recording = small_preset(), np.random.default_rng(1).normal(0, 0.1, (2, RATE)).astype(np.float32)
    part, answer = resynthesize(preset, recording)
    assert np.abs(answer).max() > 0
    assert part.shape[0] == answer.shape[0] == 2


def test_an_event_instrument_answers_with_what_its_encoder_hears():
    preset = make_preset(learned(TINY), "0", name="events")
    recording = np.random.default_rng(1).normal(0, 0.1, (2, RATE // 2)).astype(np.float32)
    part, answer = resynthesize(preset, recording)
    assert part is recording
    assert answer.shape == recording.shape
    assert np.isfinite(answer).all()
