"""What events are measured with: a pursuit finds what was put in, onsets are counted once, kept seconds are apart."""

import numpy as np
import torch

from benchmarks.events import SEGMENTS, matched, mixture, onsets, unseen
from benchmarks.pursuit import pursue
from engine.instruments.events.score import Event, Score
from train.events.corpus import Corpus


def test_a_pursuit_finds_the_sounds_that_a_target_was_made_of():
    generator = torch.Generator().manual_seed(0)
    sounds = torch.randn(6, 2048, generator=generator) * torch.linspace(1, 0, 2048)
    target = torch.zeros(2048)
    target[768:] += 0.7 * sounds[2, :1280]
    target[256:] -= 0.4 * sounds[5, :1792]
    left = [float((target - pursue(sounds, target, count)).square().sum()) for count in (1, 2, 8)]
    assert left[0] > left[1] > left[2]
    assert left[1] < 0.05 * float(target.square().sum())
    assert left[2] < 0.002 * float(target.square().sum())


def test_events_close_together_are_one_onset_and_each_is_matched_once():
    events = [Event(time, 0, strength) for time, strength in ((0.5, 1), (0.51, 0.5), (0.9, 0.01), (1.0, 0.4))]
    found = onsets(Score(events, 2.0, np.zeros(1), np.zeros(1)))
    np.testing.assert_allclose(found, [0.5, 1.0])
    assert matched(found, np.array([0.46, 0.54, 1.04])) == 2
    assert matched(found, np.array([0.44, 1.2])) == 0


def test_a_mixture_is_the_sum_of_its_notes_one_in_each_eighth():
    notes = [np.ones(100, np.float32), np.linspace(0, 1, 200, dtype=np.float32)]
    sound, times, alone = mixture(notes, 8000, np.random.default_rng(1))
    assert (np.floor(times * 8) == np.arange(64)).all()
    total = np.zeros_like(sound)
    for when, part in zip(times, alone, strict=True):
        total[round(when * 8000) :][: len(part)] += part
    np.testing.assert_allclose(sound, total, atol=1e-6)


def test_what_is_measured_on_was_not_chosen_by():
    kept = torch.rand(100 * 512, generator=torch.Generator().manual_seed(0)) - 0.5
    corpus = Corpus([kept], [kept], 22050, [])
    chosen, others = corpus.tests(512), unseen(corpus, 512)
    assert len(others) == SEGMENTS
    assert not (others[:, None] == chosen).all(2).any()
