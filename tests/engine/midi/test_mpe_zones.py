"""MPE zones and master tuning, by the bends that an instrument receives."""

import pytest

from engine.events import Kind
from tests.engine.midi.midi_rig import BEND, CC, ON

FULL = (0x7F, 0x7F)  # of a pitch wheel


def bends(keyboard, *messages):
    """The last bend of each channel, in semitones."""
    heard = keyboard.play(*messages)
    chosen = heard[heard["kind"] == Kind.BEND]
    return {int(event["channel"]): pytest.approx(float(event["value"]), abs=1e-4) for event in chosen}


def configure(master, members):
    return [(CC | master, 101, 0), (CC | master, 100, 6), (CC | master, 6, members)]


@pytest.mark.parametrize(("master", "member", "other"), [(0, 1, 6), (0, 5, 6), (15, 14, 9), (15, 10, 9)])
def test_members_of_a_zone_bend_by_48_semitones_and_others_by_two(keyboard, master, member, other):
    heard = bends(
        keyboard, *configure(master, 5), (BEND | member, *FULL), (BEND | other, *FULL), (BEND | master, *FULL)
    )
    assert heard[member] == 48 + 2  # its own wheel and the master's
    assert heard[other] == 2
    assert heard[master] == 2


def test_a_zone_without_members_is_none(keyboard):
    heard = bends(keyboard, *configure(0, 15), *configure(0, 0), (BEND | 3, *FULL), (BEND, *FULL))
    assert (heard[3], heard[0]) == (2, 2)


def test_the_range_of_a_member_is_that_of_all_members(keyboard):
    range_24 = [(CC | 2, 101, 0), (CC | 2, 100, 0), (CC | 2, 6, 24)]
    heard = bends(keyboard, *configure(0, 3), *range_24, (BEND | 3, *FULL), (BEND | 4, *FULL))
    assert (heard[3], heard[4]) == (24, 2)


def test_the_zone_configured_last_takes_members_from_the_other(keyboard):
    heard = bends(
        keyboard, *configure(0, 14), *configure(15, 10), (BEND | 4, *FULL), (BEND | 5, *FULL), (BEND | 15, *FULL)
    )
    assert (heard[4], heard[5]) == (48, 48 + 2)


def test_the_pedal_of_the_master_holds_the_notes_of_its_members(keyboard):
    keyboard.play(*configure(0, 3), (CC, 64, 127), (ON | 2, 60, 127), (ON | 5, 62, 127))
    heard = keyboard.play((0x82, 60, 0), (0x85, 62, 0))
    offs = heard[heard["kind"] == Kind.NOTE_OFF]
    assert {int(event["key"]): float(event["value"]) for event in offs} == {60: 0.0, 62: 1.0}


def test_a_master_tuning_moves_every_channel_and_a_system_reset_takes_it_back(keyboard):
    coarse, fine = 0xF0 | 70 << 16 | 4 << 24, 0xF0 | 0x60 << 16 | 3 << 24
    keyboard.host.events.push(Kind.MIDI, coarse)
    keyboard.host.events.push(Kind.MIDI, fine)
    heard = bends(keyboard)
    assert set(heard) == {*range(16)}
    assert heard[0] == heard[15] == 6.5
    assert bends(keyboard, (0xFF, 0, 0))[3] == 0
