"""MIDI files, against the messages that were written into them."""

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Kind, midi
from engine.midi.midi_score import ScoreError, loudness_phrase, make_score, read, without_drums


def save(path, *tracks, division=480, kind=1):
    file = mido.MidiFile(type=kind, ticks_per_beat=division)
    for messages in tracks:
        file.tracks.append(mido.MidiTrack(messages))
    file.save(path)
    return path


def note(key, ticks, kind="note_on"):
    return mido.Message(kind, note=key, velocity=90, time=ticks)


def test_a_quarter_note_lasts_half_a_second_unless_the_file_sets_a_tempo(tmp_path):
    path = save(tmp_path / "a.mid", [note(60, 0), note(60, 480, "note_off"), note(62, 240)])
    np.testing.assert_allclose(read(path).times, [0, 0.5, 0.75])
    assert read(path).messages.tolist() == [midi(0x90, 60, 90), midi(0x80, 60, 90), midi(0x90, 62, 90)]


def test_a_tempo_applies_to_all_tracks_from_its_time_on(tmp_path):
    tempos = [
        mido.MetaMessage("set_tempo", tempo=1_000_000, time=480),
        mido.MetaMessage("set_tempo", tempo=250_000, time=480),
    ]
    path = save(tmp_path / "a.mid", tempos, [note(60, 240), note(61, 480), note(62, 480), note(63, 480)])
    np.testing.assert_allclose(read(path).times, [0.25, 1.0, 1.5 + 0.125, 1.875])


def test_tracks_are_merged_in_time(tmp_path):
    path = save(tmp_path / "a.mid", [note(60, 0), note(61, 960)], [note(62, 480)])
    assert [int(key) >> 8 & 0x7F for key in read(path).messages] == [60, 62, 61]


def test_texts_and_system_exclusive_messages_are_ignored(tmp_path):
    path = save(
        tmp_path / "a.mid", [mido.MetaMessage("text", text="x"), mido.Message("sysex", data=[1, 2]), note(60, 48)]
    )
    np.testing.assert_allclose(read(path).times, [0.05])


@pytest.mark.parametrize(("fps", "seconds"), [(25, 0.04), (24, 1 / 24), (29, 1001 / 30000)])
def test_film_time_is_counted_in_frames(tmp_path, fps, seconds):
    path = save(tmp_path / "a.mid", [note(60, 80)])
    data = bytearray(path.read_bytes())
    data[12:14] = bytes([256 - fps, 80])
    path.write_bytes(data)
    np.testing.assert_allclose(read(path).times, [seconds])


def test_events_fall_on_the_nearest_frame():
    events = make_score([(0.5, (0x90, 60, 1)), (0.25, (0xC0, 5))]).events(44100)
    assert events["frame"].tolist() == [11025, 22050]
    assert events["key"].tolist() == [midi(0xC0, 5), midi(0x90, 60, 1)]
    assert (events["kind"] == Kind.MIDI).all()


def test_the_drums_of_a_score_are_left_out_unless_their_channel_is_one_of_an_mpe_zone():
    drum, note = (0x99, 36, 100), (0x90, 60, 100)
    assert without_drums(make_score([(0.0, drum), (0.0, note), (1.0, (0xFF,))])).messages.tolist() == [
        midi(*note), midi(0xFF),
    ]  # fmt: skip
    for master, members, kept in ((0, 9, 1), (0, 8, 0), (15, 6, 1), (15, 5, 0), (3, 15, 0)):
        zone = [(0.0, (0xB0 | master, controller, value)) for controller, value in ((101, 0), (100, 6), (6, members))]
        score = without_drums(make_score([*zone, (1.0, drum)]))
        assert np.count_nonzero(score.messages == midi(*drum)) == kept


def test_a_missing_file_is_named():
    with pytest.raises(ScoreError, match=r"^no such score: /nowhere/a\.mid$"):
        read("/nowhere/a.mid")


@settings(max_examples=200)
@given(data=st.data())
def test_a_damaged_file_is_refused_in_one_line_or_read(tmp_path_factory, data):
    path = save(tmp_path_factory.mktemp("damaged") / "a.mid", [note(60, 0), note(60, 480, "note_off"), note(62, 240)])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    error, events = _try(path)
    assert "\n" not in error
    assert (np.diff(events["frame"]) >= 0).all()


def _try(path):
    """The error, if any, and the events, if any."""
    try:
        return "", read(path).events(48000)
    except ScoreError as error:
        return str(error), make_score([]).events(48000)


def test_the_phrase_is_four_notes_and_two_seconds():
    events = loudness_phrase().events(1000)
    assert events["key"][[0, 2, 4, 6]].tolist() == [midi(0x90, key, 90) for key in (60, 64, 67, 72)]
    assert events["frame"].tolist() == [0, 500, 500, 1000, 1000, 1500, 1500, 2000, 4000]


def test_the_phrase_moves_to_the_nearest_keys():
    keys = [int(key) >> 8 & 0x7F for key in loudness_phrase(62, 70).messages if key & 0xF0 == 0x90]
    assert keys == [62, 64, 67, 70]


def test_a_key_that_two_hands_share_is_released_before_its_next_note():
    on, off, other = (0x90, 60, 64), (0x80, 60, 0), (0x90, 64, 64)
    told = make_score([(0.0, on), (1.0, other), (1.0, on), (1.0, off), (2.0, off)])
    assert told.messages.tolist() == [midi(*message) for message in (on, other, off, on, off)]
    short = make_score([(0.0, on), (0.0, off), (0.0, (0xB0, 64, 127))])
    assert short.messages.tolist() == [midi(*message) for message in (on, off, (0xB0, 64, 127))]
