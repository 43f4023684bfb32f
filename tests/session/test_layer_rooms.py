"""Two layered instruments: each is convolved with its own room."""

import numpy as np
import pytest

from engine.host import Host
from engine.instrument_chain import make_chain
from engine.midi.interpreter import Interpreter
from engine.preset import library
from session import rack
from session.patch import NO_ROOM, ROOM, Chain, Effect, Layer
from session.rack import ON
from tests.support.host_callback import RATE
from tests.support.host_callback import render as call

SECONDS = 0.5
CHORD = (62, 69)


def played(plugins, block=128):
    """The sound of a chord: (2, T)."""
    host = Host(RATE, head=[Interpreter()])
    host.play(plugins)
    for key in CHORD:
        host.midi(0x90, key, 100)
    return call(host, round(SECONDS * RATE), block)


def beside(first, second, *effects):
    """The row of two instruments, as the window builds it."""
    chain = Chain(effects or (Effect(ROOM),), Layer(str(library.find(second))))
    made, problems = rack.build(library.find(first), chain, follow_voice=False)
    assert problems == []
    return made


@pytest.mark.parametrize(("first", "second"), [("violin", "cello"), ("guitar", "flute")])
def test_two_instruments_sound_as_each_does_in_its_own_room(first, second):
    together = played(beside(first, second).plugins)
    alone = played(make_chain(first)) + played(make_chain(second))
    assert np.abs(alone).max() > 0.01
    np.testing.assert_allclose(together, alone, atol=2e-6)


def test_the_output_does_not_depend_on_the_block_size():
    np.testing.assert_allclose(
        played(beside("violin", "cello").plugins, [1, 7, 500, 4096]),
        played(beside("violin", "cello").plugins),
        atol=2e-6,
    )


def test_an_instrument_without_a_room_uses_that_of_the_first_one():
    violin, room = make_chain("violin")
    (gong,) = make_chain("gong")
    np.testing.assert_allclose(played(beside("violin", "gong").plugins), played([violin, gong, room]), atol=2e-6)


def test_a_chosen_room_is_for_both_and_no_room_for_neither():
    assert beside("violin", "cello", Effect(ROOM, "flute")).layer_room is None
    dry = [make_chain(name, room=NO_ROOM) for name in ("violin", "cello")]
    together = played(beside("violin", "cello", Effect(ROOM, NO_ROOM)).plugins)
    np.testing.assert_allclose(together, played(dry[0]) + played(dry[1]), atol=2e-6)


def test_effects_process_both_instruments_after_the_rooms():
    made = beside("violin", "cello", Effect("tone"), Effect(ROOM))
    assert [plugin.name for plugin in made.plugins] == [
        "zones", "ddsp", ROOM, "aside", "ddsp", ROOM, "back", "tone",
    ]  # fmt: skip
    assert [plugin.name for plugin in made.switchable] == [ROOM, ROOM, "tone"]
    assert {knob.name for knob in made.parameters if knob.name.endswith(ON)} == {
        "second room on",
        "tone on",
        "room on",
    }


def test_plugins_that_stay_keep_playing_when_the_chain_changes():
    before = beside("violin", "cello")
    after, _ = rack.rebuild(before, Chain((Effect(ROOM), Effect("tone")), Layer(str(library.find("cello")))))
    assert after.layer_room is before.layer_room
    assert rack.find_displaced_effects(before, after) == []
    alone, _ = rack.rebuild(after, Chain((Effect(ROOM), Effect("tone"))))
    assert alone.layer_room is None
    assert after.bus is before.bus
    assert alone.bus is None
    assert rack.find_displaced_effects(after, alone) == [after.layer_room]
