"""Offline rendering: scores of any density through the callback, and whole files."""

import numpy as np
import pytest
import soundfile

from engine.events import EVENT, Kind
from engine.midi.midi_score import loudness_phrase, make_score
from engine.render import MAX_TAIL_SECONDS, render, render_file
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE
from tests.support.simple_plugins import Listener, Organ

SIZES = (1, 7, 64, 128, 4096, (64, 1, 300, 4096, 17))


def host(plugin):
    made = StandardChain(RATE)
    made.play([plugin])
    return made


def dense(count, seconds, random):
    """Many messages, those for one key in turn on and off."""
    times = np.sort(random.uniform(0, seconds, count))
    return make_score((time, (0x90, 21 + i // 2 % 88, 90 * (1 - i % 2))) for i, time in enumerate(times))


def test_a_score_is_rendered_to_its_end_and_until_it_is_silent():
    audio = render(host(Organ()), loudness_phrase())
    ends = 4 * RATE
    assert np.abs(audio[:, : 2 * RATE]).max() > 0.003
    assert np.abs(audio[:, -RATE // 2 :]).max() < 1e-4
    assert ends + RATE // 2 < audio.shape[1] < ends + RATE


def test_a_note_that_never_ends_is_cut_after_the_maximum_tail():
    audio = render(host(Organ()), make_score([(0.0, (0x90, 60, 100))]), tail=2.0, block=480)
    assert audio.shape[1] == 2 * RATE + 480
    assert MAX_TAIL_SECONDS > 2


def test_seconds_are_exact():
    assert render(host(Organ()), loudness_phrase(), seconds=0.1234).shape == (2, round(0.1234 * RATE))
    assert render(host(Organ()), seconds=0).shape == (2, 0)


@pytest.mark.parametrize("block", SIZES)
def test_no_message_of_a_dense_score_is_lost_or_late(block, random):
    listener = Listener()
    music = dense(12_000, 1.0, random)
    render(host(listener), music, seconds=1.1, block=block)
    heard = listener.heard(Kind.MIDI)
    np.testing.assert_array_equal(heard["key"], music.messages)
    np.testing.assert_array_equal(heard["frame"], music.events(RATE)["frame"])
    assert len(listener.heard(Kind.NOTE_ON)) == 6000


def test_more_messages_at_one_time_than_a_block_takes_are_all_played():
    listener = Listener()
    music = make_score((0.0, (0x90 | channel, key, 1)) for key in range(128) for channel in range(9))
    render(host(listener), music, seconds=0.1, block=4096)
    heard = listener.heard(Kind.NOTE_ON)
    assert len(heard) == 9 * 128
    assert heard["frame"].max() < 8


def test_a_second_score_starts_where_the_first_ended():
    listener = Listener()
    made = host(listener)
    render(made, seconds=0.5)
    events = np.zeros(1, EVENT)
    events["kind"], events["frame"], events["key"] = Kind.NOTE_ON, 100, 60
    render(made, events, seconds=0.1)
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == [RATE // 2 + 100]


def test_a_rendered_file_equals_a_rendered_array(tmp_path):
    seconds, peak = render_file(tmp_path / "a.wav", host(Organ()), loudness_phrase(), block=64, float32=True)
    audio = render(host(Organ()), loudness_phrase(), block=64)
    back, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    np.testing.assert_array_equal(back.T, audio)
    assert seconds == audio.shape[1] / RATE
    assert peak == np.abs(audio).max()
