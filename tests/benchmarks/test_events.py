"""Tools of the event benchmarks: onset matching, mixtures, held-out segments."""

import numpy as np
import soundfile
import torch

from benchmarks.learning.event_quality import count_matches, event_onsets, mix_notes
from benchmarks.learning.event_reconstruction import (
    DEVELOPMENT_SEGMENTS,
    SEGMENTS_PER_PATTERN,
    UNKNOWN_RECORDINGS,
    development_segments,
    unseen_segments,
)
from engine.instruments.events.event_score import Event, EventScore
from train.events.config import Sizes
from train.events.dataset import Dataset

TINY = Sizes(channels=8, keys=40, events=4, embedding=16, width=4, pitches=6, impulse=512, samples=2048, rooms=2)
EARLIER_ONLY = 4  # segments that only the earlier selection took


def test_events_close_together_are_one_onset_and_each_is_matched_once():
    events = [Event(time, 0, strength) for time, strength in ((0.5, 1), (0.51, 0.5), (0.9, 0.01), (1.0, 0.4))]
    detected = event_onsets(EventScore(events, 2.0, np.zeros(1), np.zeros(1)))
    np.testing.assert_allclose(detected, [0.5, 1.0])
    assert count_matches(detected, np.array([0.46, 0.54, 1.04])) == 2
    assert count_matches(detected, np.array([0.44, 1.2])) == 0


def test_a_mixture_is_the_sum_of_its_notes_one_in_each_eighth():
    notes = [np.ones(100, np.float32), np.linspace(0, 1, 200, dtype=np.float32)]
    sound, times, stems = mix_notes(notes, 8000, np.random.default_rng(1))
    assert (np.floor(times * 8) == np.arange(64)).all()
    total = np.zeros_like(sound)
    for time, stem in zip(times, stems, strict=True):
        total[round(time * 8000) :][: len(stem)] += stem
    np.testing.assert_allclose(sound, total, atol=1e-6)


def test_the_measured_segments_were_not_used_to_choose_the_model(tmp_path, monkeypatch):
    monkeypatch.setenv("LUTHIER_DATA", str(tmp_path))
    random = np.random.default_rng(0)
    for pattern in UNKNOWN_RECORDINGS:
        path = tmp_path / pattern.replace("*", "A4").replace(".mp3", ".wav")
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, 0.5 * random.uniform(-1, 1, TINY.samples * 3), TINY.rate)
    monkeypatch.setattr(
        "benchmarks.learning.event_reconstruction.UNKNOWN_RECORDINGS",
        [one.replace(".mp3", ".wav") for one in UNKNOWN_RECORDINGS],
    )
    kept = torch.rand(100 * TINY.samples, generator=torch.Generator().manual_seed(0)) - 0.5
    dataset = Dataset([kept], [kept], TINY.rate, [], validation_sources=["somewhere/violin/one.wav"])
    development, unseen = development_segments(dataset, TINY.samples), unseen_segments(dataset, TINY)
    assert len(development) == DEVELOPMENT_SEGMENTS
    assert [one.kind for one in unseen].count("violin") == 100 - 16 - len(development) - EARLIER_ONLY
    assert len(unseen) == [one.kind for one in unseen].count("violin") + SEGMENTS_PER_PATTERN * len(
        UNKNOWN_RECORDINGS
    )
    chosen = dataset.validation_segments(TINY.samples)
    for segment in unseen:
        assert not (segment.sound == chosen).all(1).any()
        assert not any((segment.sound == other.sound).all() for other in development)
    again = unseen_segments(dataset, TINY)
    assert all((one.sound == other.sound).all() for one, other in zip(unseen, again, strict=True))
