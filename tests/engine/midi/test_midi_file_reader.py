"""MIDI files as programs write them and disks damage them, against the messages that are in them."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import midi
from engine.midi.midi_file_reader import MidiFileError, read_midi_file
from engine.midi.midi_score import ScoreError, read

ON, OFF, END = bytes([0x90, 60, 90]), bytes([0x80, 60, 0]), b"\x00\xff\x2f\x00"
NOTE = b"\x00" + ON + b"\x83\x60" + OFF  # of 480 ticks
MESSAGES = [midi(0x90, 60, 90), midi(0x80, 60, 0)]


def header(kind=0, tracks=1, division=480, length=6):
    fields = [number.to_bytes(2, "big", signed=number < 0) for number in (kind, tracks, division)]
    return b"MThd" + length.to_bytes(4, "big") + b"".join(fields) + bytes(max(length - 6, 0))


def chunk(content, tag=b"MTrk", length=None):
    return tag + (len(content) if length is None else length).to_bytes(4, "big") + content


def messages(data):
    return [message for track in read_midi_file(data).tracks for _, message in track.messages]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(b"\xff\x59\x02\xee\x01", id="a key of 18 flats"),
        pytest.param(b"\xff\x59\x02\x00\xff", id="a mode that is neither major nor minor"),
        pytest.param(b"\xff\x59\x00", id="an empty key"),
        pytest.param(b"\xff\x00\x01\x05", id="a sequence number of one byte"),
        pytest.param(b"\xff\x58\x02\x04\x02", id="half a time signature"),
        pytest.param(b"\xff\x20\x00", id="a prefix without its channel"),
        pytest.param(b"\xff\x54\x01\x00", id="a short SMPTE offset"),
        pytest.param(b"\xff\x03\x04\xff\xfe\x80\x81", id="a text in no encoding"),
        pytest.param(b"\xff\x51\x02\x01\x02", id="a tempo of two bytes"),
        pytest.param(b"\xff\x51\x03\x00\x00\x00", id="a tempo of zero"),
        pytest.param(b"\xff\x7f\x81\x00" + bytes(128), id="what a sequencer keeps for itself"),
        pytest.param(b"\xf0\x03\x7e\x09\xf7", id="a system exclusive message"),
        pytest.param(b"\xf7\x01\x55", id="an escape"),
        pytest.param(b"\xfe", id="active sensing"),
        pytest.param(b"\xf8", id="a clock"),
        pytest.param(b"\xf2\x01\x02", id="a song position"),
        pytest.param(b"\xf6", id="a tune request"),
    ],
)
def test_what_playing_never_uses_stops_nothing(event):
    track = read_midi_file(header() + chunk(b"\x00" + event + NOTE + END)).tracks[0]
    assert [message for _, message in track.messages] == MESSAGES
    assert (track.fault, track.tempos) == ("", [])


def test_running_status_goes_on_across_meta_exclusive_and_real_time_events():
    between = b"\x00\xff\x01\x01x" + b"\x00\xf0\x02\x7e\xf7" + b"\x00\xfe"
    data = header() + chunk(
        b"\x00" + ON + between + b"\x78" + bytes([60, 0]) + between + b"\x00" + bytes([62, 1]) + END
    )
    assert messages(data) == [midi(0x90, 60, 90), midi(0x90, 60, 0), midi(0x90, 62, 1)]


def test_a_real_time_byte_within_a_message_is_passed_over_and_a_high_data_byte_counts_as_127():
    assert messages(header() + chunk(b"\x00\x90\x3c\xfe\x5a" + b"\x00\x90\x3c\xc8" + END)) == [
        midi(0x90, 60, 90), midi(0x90, 60, 127),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(header() + chunk(b"abcd", b"XFIH") + chunk(NOTE + END), id="a foreign chunk first"),
        pytest.param(header() + chunk(NOTE + END) + chunk(b"abcd", b"XFKM"), id="a foreign chunk last"),
        pytest.param(header(length=10) + chunk(NOTE + END), id="a longer header"),
        pytest.param(bytes(128) + header() + chunk(NOTE + END), id="another program's header"),
        pytest.param(header(tracks=9) + chunk(NOTE + END), id="more tracks announced"),
        pytest.param(header(tracks=0) + chunk(NOTE + END), id="no tracks announced"),
        pytest.param(header() + chunk(NOTE + END, length=3), id="too short a length"),
        pytest.param(header() + chunk(NOTE + END, length=1 << 31), id="too long a length"),
        pytest.param(header() + chunk(NOTE), id="no end of the track"),
        pytest.param(header() + chunk(NOTE + END) + b"\x1a" * 40, id="bytes behind the end"),
        pytest.param(header() + chunk(b"abcd", b"XFIH", length=1 << 30) + chunk(NOTE + END), id="a foreign length"),
        pytest.param(
            b"RIFF" + (99).to_bytes(4, "little") + b"RMIDLIST" + (4).to_bytes(4, "little") + b"INFO"
            + b"data" + (9).to_bytes(4, "little") + header() + chunk(NOTE + END), id="RIFF",
        ),
        pytest.param(
            b"RIFF" + (99).to_bytes(4, "little") + b"RMIDDISP" + (8).to_bytes(4, "little") + bytes(4) + b"MThd"
            + b"data" + (9).to_bytes(4, "little") + header() + chunk(NOTE + END), id="RIFF with a title",
        ),
    ],
)  # fmt: skip
def test_chunks_are_found_whatever_lengths_and_counts_say(data):
    assert messages(data) == MESSAGES
    assert not any(track.fault for track in read_midi_file(data).tracks)


@pytest.mark.parametrize("announced", [0, 1, 2, 7])
@pytest.mark.parametrize("length", [None, 0, 5, 1 << 30])
def test_every_track_is_read_however_many_are_announced_and_however_long(announced, length):
    tracks = [chunk(NOTE + END, length=length), chunk(NOTE.replace(b"\x3c", b"\x3e") + END)]
    assert messages(header(1, announced) + b"".join(tracks)) == [
        *MESSAGES, *(message + (2 << 8) for message in MESSAGES)
    ]  # fmt: skip


def test_patterns_play_one_after_the_other_each_at_its_own_tempo(tmp_path):
    fast = b"\x00\xff\x51\x03" + (250_000).to_bytes(3, "big")
    (tmp_path / "a.mid").write_bytes(header(2, 3) + chunk(NOTE + END) + chunk(fast + NOTE + END) + chunk(NOTE + END))
    np.testing.assert_allclose(read(tmp_path / "a.mid").times, [0, 0.5, 0.5, 0.75, 0.75, 1.25])


@pytest.mark.parametrize(("cut", "kept"), [(1, 2), (3, 2), (5, 1), (10, 0)])
def test_the_part_before_the_damage_plays_and_a_line_says_where_it_ends(tmp_path, cut, kept):
    whole = header() + chunk(b"\x81\x70" + ON + b"\x83\x60" + OFF + END)
    (tmp_path / "a.mid").write_bytes(whole[:-cut])
    if not kept:
        with pytest.raises(
            ScoreError, match=r"a\.mid \(track 1 can be read up to 0:00\.\d only: the file ends within"
        ):
            read(tmp_path / "a.mid")
        return
    score = read(tmp_path / "a.mid")
    assert score.messages.tolist() == MESSAGES[:kept]
    assert score.faults[0].startswith("track 1 can be read up to 0:00.")
    assert "the file ends within it" in score.faults[0]


def test_a_damaged_track_does_not_take_the_others_with_it():
    data = header(1, 2) + chunk(b"\x00" + ON + b"\xff\xff\xff\xff\x7f" + OFF + END) + chunk(NOTE + END)
    first, second = read_midi_file(data).tracks
    assert "too long" in first.fault
    assert [message for _, message in second.messages] == MESSAGES


def test_what_comes_after_a_pause_of_hours_is_left_out(tmp_path):
    (tmp_path / "a.mid").write_bytes(header() + chunk(NOTE + b"\xff\xff\xff\x7f" + ON + END))
    score = read(tmp_path / "a.mid")
    assert score.messages.tolist() == MESSAGES
    assert score.faults == ("it ends at 0:00.5: a pause of 77.7 hours follows, as in damaged files",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"not a midi file", "it does not begin as MIDI files do"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "it is a recording"),
        (b"SMF2CLIP" + bytes(40), "it is a clip of MIDI 2.0"),
        (b"<?xml version=", "it is notation in XML"),
        (b"MThd\x00\x00\x00\x06\x00\x00", "it ends within its header"),
        (header(), "it has no tracks"),
        (header(division=0) + chunk(NOTE + END), "a quarter note has no ticks"),
        (header(division=-0x7F00) + chunk(NOTE + END), "film frames that do not exist"),
        (header() + chunk(bytes([0, 60, 90])), "it begins with what is not a message"),
    ],
)
def test_what_cannot_be_played_is_refused_in_a_players_words(tmp_path, data, reason):
    (tmp_path / "a.mid").write_bytes(data)
    with pytest.raises(ScoreError, match=reason) as error:
        read(tmp_path / "a.mid")
    assert "\n" not in str(error.value)


@given(st.binary(max_size=400))
def test_any_bytes_after_a_header_are_read_or_refused(content):
    for start in (header(), header() + b"MTrk" + (400).to_bytes(4, "big")):
        with suppress(MidiFileError):
            tracks = read_midi_file(start + content).tracks
            assert all(0x80 <= message & 0xFF <= 0xF0 for track in tracks for _, message in track.messages)


def test_the_master_tuning_of_a_score_is_among_its_messages():
    data = header() + chunk(b"\x00\xf0\x07\x7f\x7f\x04\x04\x00\x46\xf7" + NOTE + END)
    assert messages(data) == [midi(0xF0, 0, 70) | 4 << 24, *MESSAGES]
