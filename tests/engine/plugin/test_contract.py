"""The contract of plugins: everything in the engine derives from the base class; defaults fill what others lack."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from numba import njit

from engine.effects import EFFECTS, ROOM, make
from engine.instruments.instrument import Instrument
from engine.plugin import UNLIMITED, Plugin, state_address, with_defaults
from engine.render import render
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE
from tests.support.simple_plugins import Signal

HALF = np.dtype([("frames", "i8")])
STEP, BLOCK = 64, 256  # frames
OPTIONAL = {"voices": 3, "catch_up_frames": STEP, "late": 7, "failure": "stopped"}


@njit(cache=True, error_model="numpy")
def ignore(state, event):
    """[audio thread] Ignore all events."""


@njit(cache=True, error_model="numpy")
def halve(state, audio):
    """[audio thread] Halve audio (2, T)."""
    state.frames += audio.shape[1]
    for t in range(audio.shape[1]):
        audio[0, t] *= np.float32(0.5)
        audio[1, t] *= np.float32(0.5)


class Foreign:
    """The verbs of a plugin that derives from nothing, and counts how often the offline driver waits for it."""

    __slots__ = ()

    def prepare(self, rate):
        """Nothing to do."""

    def reset(self):
        """Nothing to do."""

    def catch_up(self):
        """Log how many frames were processed before."""
        self.log.append(int(self.state["frames"][0]))


def fill(plugin, **more):
    """Set the members of a plugin on its instance."""
    members = {
        "name": "half",
        "params": (),
        "state": np.zeros(1, HALF),
        "handle": ignore,
        "process": halve,
        "log": [],
    }
    for name, value in {**members, **more}.items():
        setattr(plugin, name, value)


class OnInstance(Foreign):
    def __init__(self):
        fill(self, **OPTIONAL)


class InSlots(Foreign):
    __slots__ = ("handle", "log", "name", "params", "process", "state", *OPTIONAL)

    def __init__(self):
        fill(self, **OPTIONAL)


class Derived(Plugin):
    catch_up = Foreign.catch_up
    prepare = reset = Foreign.prepare

    def __init__(self):
        fill(self, **OPTIONAL)


class Computed(Foreign):
    def __init__(self):
        fill(self)

    voices = property(lambda self: 3 if self.state["frames"][0] else 0)
    late = property(lambda self: 7)
    catch_up_frames = property(lambda self: STEP)
    failure = property(lambda self: "stopped")


@dataclass(frozen=True)
class Frozen(Foreign):
    name: str = "half"
    params: tuple = ()
    state: np.ndarray = field(default_factory=lambda: np.zeros(1, HALF))
    handle: object = ignore
    process: object = halve
    log: list = field(default_factory=list)
    voices: int = 3
    catch_up_frames: int = STEP
    late: int = 7
    failure: str = "stopped"


@dataclass(frozen=True, slots=True)
class FrozenInSlots(Foreign):
    state: np.ndarray = field(default_factory=lambda: np.zeros(1, HALF))
    handle: object = ignore
    process: object = halve
    log: list = field(default_factory=list)
    name: str = "half"
    params: tuple = ()
    voices: int = 3
    catch_up_frames: int = STEP
    late: int = 7
    failure: str = "stopped"


FOREIGN = [OnInstance, InSlots, Derived, Computed, Frozen, FrozenInSlots]


@pytest.mark.parametrize("kind", FOREIGN)
def test_the_host_uses_the_members_of_a_plugin_wherever_its_class_keeps_them(kind):
    made = kind()
    plugin, dry, wet = with_defaults(made), StandardChain(RATE), StandardChain(RATE)
    assert plugin is made
    assert isinstance(plugin, kind)
    assert isinstance(plugin, Plugin)
    audio = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 4 * BLOCK)).astype(np.float32)
    dry.play([Signal(audio / 2)])
    wet.play([Signal(audio), plugin])
    seconds = 4 * BLOCK / RATE
    sound = render(wet, seconds=seconds, block=BLOCK)
    np.testing.assert_array_equal(sound, render(dry, seconds=seconds, block=BLOCK))
    assert np.abs(sound).max() > 0.1
    assert made.log == [*range(STEP, 4 * BLOCK + 1, STEP)]
    assert wet.meters().voices == 3
    assert {name: getattr(plugin, name) for name in OPTIONAL} == OPTIONAL


@pytest.mark.parametrize("kind", FOREIGN)
def test_two_plugins_of_a_class_play_one_after_the_other(kind):
    host, first, second = StandardChain(RATE), with_defaults(kind()), with_defaults(kind())
    host.play([Signal(0.4), first, second])
    render(host, seconds=0.1)
    np.testing.assert_array_equal(render(host, seconds=BLOCK / RATE), np.full((2, BLOCK), np.float32(0.1)))
    host.edit_chain([host.chain[0], second])
    np.testing.assert_array_equal(render(host, seconds=BLOCK / RATE), np.full((2, BLOCK), np.float32(0.2)))
    assert host.meters().voices == 3


def test_effects_instruments_head_and_tail_derive_from_the_base_class():
    host = StandardChain(48_000)
    assert all(isinstance(make(name), Plugin) for name in EFFECTS if name != ROOM)
    assert all(isinstance(plugin, Plugin) for plugin in (*host.head, *host.tail))
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
