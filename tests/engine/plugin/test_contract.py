"""The contract of plugins: everything in the engine derives from the base class; defaults fill what others lack."""

import pytest

from engine.effects import EFFECTS, ROOM, make
from engine.instruments.instrument import Instrument
from engine.plugin import UNLIMITED, Plugin, state_address, with_defaults
from engine.rig import Rig
from tests.support.host_callback import Signal


def test_effects_instruments_head_and_tail_derive_from_the_base_class():
    rig = Rig(48_000)
    assert all(isinstance(make(name), Plugin) for name in EFFECTS if name != ROOM)
    assert all(isinstance(plugin, Plugin) for plugin in (*rig.head, *rig.tail))
    assert issubclass(Instrument, Plugin)


def test_an_object_with_the_required_members_becomes_a_plugin_in_place():
    class Bare:
        name, params, state = "bare", (), Signal(0.0).state
        voices = 3

        def prepare(self, rate): ...
        def reset(self): ...

    bare = Bare()
    plugin = with_defaults(bare)
    assert plugin is bare
    assert isinstance(plugin, Plugin)
    assert isinstance(plugin, Bare)
    assert (plugin.voices, plugin.listens, plugin.catch_up_frames, plugin.failure) == (3, False, UNLIMITED, "")
    assert state_address(plugin) == Bare.state.ctypes.data
    plugin.catch_up()


def test_a_missing_required_member_is_an_error():
    class Nothing:
        name, params = "nothing", ()

    with pytest.raises(TypeError, match="lacks one of name, params, state, prepare and reset"):
        with_defaults(Nothing())
