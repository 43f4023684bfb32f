"""Files of event scores: rendered like the model, changed, damaged."""

from dataclasses import replace

import numpy as np
import pytest

from engine.instruments.events import event_score
from engine.instruments.events.decoder import EventDecoder
from export.events import load_model
from tests.export.test_events import error_db, few_steps, made, plucked
from train.events.decompose import decompose, reconstruct

__all__ = ["few_steps", "made"]


def test_a_score_is_rendered_like_the_model_reconstructs_it(made, tmp_path):
    model = load_model(made)
    sound = plucked(model.sizes.samples / 22050)
    score = decompose(model, sound, rounds=1)
    event_score.write(tmp_path / "score.json", score)
    heard = event_score.render(EventDecoder(made), event_score.read(tmp_path / "score.json"))[: len(sound)]
    assert len(score.events) > 2
    assert error_db(heard, reconstruct(model, sound, rounds=1)) < -60


def test_scores_are_thinned_permuted_randomized_and_moved_to_other_rooms(made):
    score = decompose(load_model(made), plucked(0.7), rounds=0)
    strengths = sorted((event.strength for event in score.events), reverse=True)
    assert [event.strength for event in sorted(score.strongest(3).events, key=lambda e: -e.strength)] == strengths[:3]
    other = score.permuted(88, 5)
    assert [event.time for event in other.events] == [event.time for event in score.events]
    assert len({event.key for event in other.events}) == len({event.key for event in score.events})
    assert other.events == score.permuted(88, 5).events != score.permuted(88, 6).events
    drawn = score.randomized(88, 1)
    assert sorted(event.strength for event in drawn.events) == sorted(strengths)
    gains = np.array([0.2, 0.0, 0.0, 0.8], np.float32)
    moved = score.in_context_of(replace(score, gains=gains, context=score.context + 1))
    assert moved.events == score.events
    np.testing.assert_array_equal(moved.gains, gains)
    decoder = EventDecoder(made)
    assert len(event_score.render(decoder, moved)) == len(event_score.render(decoder, score))


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda text: text[:-4], "no JSON"),
        (lambda text: text.replace("events 1", "events 9"), "format"),
        (lambda text: text.replace('"key": ', '"key": -'), "a key is -"),
        (lambda text: text.replace('"seconds"', '"minutes"'), "'seconds' is missing"),
        (lambda text: text.replace('"time": 0', '"time": "soon", "x": 0'), "a time is 'soon'"),
    ],
)
def test_a_damaged_score_is_refused_with_a_reason(made, tmp_path, change, hint):
    score = event_score.EventScore(
        [event_score.Event(0.1, 3, 1.0)], 0.5, made.tensors["context"], made.tensors["gains"]
    )
    event_score.write(tmp_path / "score.json", score)
    (tmp_path / "score.json").write_text(change((tmp_path / "score.json").read_text()))
    with pytest.raises(ValueError, match=hint):
        event_score.read(tmp_path / "score.json")
    with pytest.raises(ValueError, match="has not"):
        event_score.render(EventDecoder(made), replace(score, events=[event_score.Event(0.1, 88, 1.0)]))
