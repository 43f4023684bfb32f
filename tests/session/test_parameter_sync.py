"""The parameter model beside a real host: its values, and which of the engine's it takes over."""

from pathlib import Path

import numpy as np
import pytest

from engine.effects.chorus import Chorus
from engine.effects.compressor import Compressor
from engine.events import Kind
from engine.preset.preset_file import write
from engine.ring import HEAD
from engine.standard_chain import StandardChain
from session.audio_thread_queue import Delivery, LiveInput
from session.crash_marker import LoadingMarker
from session.parameters import Origin, ParameterModel
from session.patch import Chain, Effect, Patch
from session.rack_loader import RackLoader
from tests.support.host_callback import RATE, render
from tests.support.resonance_preset import small_preset

BLOCK = 128
CHAIN = Chain((Effect("room"), Effect("chorus"), Effect("compressor")))


class Session:
    """A host with a model, as the window has them, and the changes that the model told of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.host = StandardChain(RATE)
        self.loader = RackLoader(self.host, LoadingMarker())
        self.model = ParameterModel()
        self.model.live_input = LiveInput(self.host)
        self.changes: list[tuple[str, float, Origin]] = []
        self.model.subscribe(
            lambda index, value, origin: self.changes.append((self.model.definitions[index].name, value, origin))
        )

    def load(self, **values: float) -> None:
        """Let the instrument play with these values, `chorus_mix` for "chorus mix"."""
        named = {name.replace("_", " "): value for name, value in values.items()}
        requested = self.model.request(Patch(self.path, named, CHAIN))
        assert self.model.load(self.loader.load(requested, False).loaded)

    def play(self, blocks: int = 1) -> None:
        """Play, and poll the model after every block, as the window's timer does."""
        for _ in range(blocks):
            render(self.host, BLOCK, BLOCK)
            self.model.poll()

    def set_by_engine(self, name: str, value: float) -> None:
        """Change a parameter as a controller does: in the engine, without the window."""
        parameter = self.model.definitions[self.model.index(name)]
        self.host.send(Kind.PARAM, parameter.index, value, target=parameter.plugin)

    def set_value(self, name: str, value: float) -> None:
        """Change a parameter as a knob does."""
        self.model.set_value(self.model.index(name), value)

    def actual(self, name: str) -> float:
        """The value that the engine has."""
        parameter = self.model.definitions[self.model.index(name)]
        return float(parameter.plugin.state["param"][0][parameter.index])


@pytest.fixture
def session(tmp_path, monkeypatch):
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    write(tmp_path / "small.luthier", small_preset())
    return Session(tmp_path / "small.luthier")


def test_every_parameter_of_the_rack_has_its_value_or_the_default(session):
    session.load(chorus_mix=0.7)
    values, definitions = session.model.values, session.model.definitions
    defaults = {each.name: each.param.default for each in definitions}
    assert set(values) == set(defaults)
    assert {"level", "chorus mix", "compressor ratio"} <= set(values)
    assert values == {**defaults, "chorus mix": 0.7}
    assert session.model.patch == Patch(session.path, values, CHAIN)


def test_values_of_a_rack_that_was_just_loaded_are_not_taken_for_changes_of_the_engine(session):
    session.load(chorus_mix=0.7, level=-6.0)
    session.model.poll()  # before any block has played
    session.play(3)
    assert session.changes == []
    assert session.actual("chorus mix") == np.float32(0.7)
    assert session.model.value("chorus mix") == 0.7


def test_a_value_that_is_set_reaches_the_engine_and_is_told_once(session):
    session.load()
    session.play(2)
    session.set_value("chorus mix", 0.3)
    assert session.changes == [("chorus mix", 0.3, Origin.PLAYER)]
    session.model.poll()  # the engine still has the old value
    session.play(3)
    assert session.actual("chorus mix") == np.float32(0.3)
    assert session.changes == [("chorus mix", 0.3, Origin.PLAYER)]
    assert session.model.value("chorus mix") == 0.3


def test_what_a_controller_changes_is_taken_over_at_the_next_poll(session):
    session.load()
    session.play(2)
    session.set_by_engine("compressor ratio", 5.0)
    session.play(1)
    assert session.changes == [("compressor ratio", 5.0, Origin.ENGINE)]
    assert session.model.value("compressor ratio") == 5.0
    session.play(2)
    assert len(session.changes) == 1


def test_a_change_on_its_way_is_not_overwritten_however_late_the_engine_plays_it(session):
    session.load()
    session.play(2)
    for value in (0.1, 0.2, 0.3):
        session.set_value("chorus mix", value)
        session.model.poll()
    for _ in range(100):  # no block is played meanwhile
        session.model.poll()
    assert session.model.value("chorus mix") == 0.3
    assert all(origin is Origin.PLAYER for _, _, origin in session.changes)


def test_a_value_counts_only_after_the_block_that_took_the_change_has_ended(session):
    session.load()
    session.play(2)
    session.set_value("chorus mix", 0.3)
    ring = session.model.live_input._events
    ring.cursors[HEAD] += 1  # the audio thread has read it, and is still in the block
    session.model.poll()
    assert session.model.value("chorus mix") == 0.3
    ring.cursors[HEAD] -= 1
    session.play(2)
    assert session.actual("chorus mix") == np.float32(0.3)
    assert session.changes == [("chorus mix", 0.3, Origin.PLAYER)]


def test_the_engine_has_the_last_word_once_the_change_was_played(session):
    session.load()
    session.play(2)
    session.set_value("chorus mix", 0.3)
    session.play(2)
    session.set_by_engine("chorus mix", 0.9)
    session.play(2)
    assert session.changes[-1] == ("chorus mix", pytest.approx(0.9), Origin.ENGINE)
    assert session.model.value("chorus mix") == pytest.approx(0.9)


def test_a_change_that_found_the_queue_full_is_taken_back_to_what_the_engine_has(session):
    session.load()
    session.play(2)
    live_input = session.model.live_input
    while live_input._events.push(Kind.MIDI, 0xFE, note=-1):
        pass
    before = session.model.value("chorus mix")
    session.set_value("chorus mix", 0.9)
    session.play(60)
    assert session.model.value("chorus mix") == pytest.approx(before)
    assert session.changes[-1][2] is Origin.ENGINE


def test_a_delivery_is_applied_after_a_whole_block(session):
    session.load()
    live_input, plugin = session.model.live_input, session.model.definitions[0].plugin
    delivery = live_input.set_param(plugin, 0, session.model.definitions[0].param.default)
    assert isinstance(delivery, Delivery)
    assert not delivery.is_applied()
    render(session.host, BLOCK, BLOCK)
    assert not delivery.is_applied()  # as far as one can tell that block may not have ended
    render(session.host, BLOCK, BLOCK)
    assert delivery.is_applied()


def test_a_requested_patch_counts_as_what_plays_until_it_does(session):
    session.load(chorus_mix=0.7)
    wanted = Patch(session.path, {"chorus mix": 0.2}, Chain())
    requested = session.model.request(wanted)
    assert session.model.patch == wanted
    assert session.model.chain == Chain()
    requested.values["chorus mix"] = 0.4  # set while it is loaded
    assert wanted.values == {"chorus mix": 0.2}
    older = session.loader.load(Patch(session.path, {}, CHAIN), False).loaded
    assert not session.model.load(older)
    session.model.cancel(Patch(session.path, {}, CHAIN))  # an older request failed
    session.model.cancel(None)  # as did something else
    assert session.model.requested == requested
    session.model.cancel(requested)
    assert session.model.chain == CHAIN
    assert session.model.patch is not None


def test_names_and_ranges_are_those_of_the_plugins(session):
    session.load()
    assert "chorus mix" in session.model
    assert "chorus width of nothing" not in session.model
    mix = next(param for param in Chorus.params if param.name == "mix")
    assert session.model.range("chorus mix") == (mix.low, mix.high)
    names = [each.name for each in session.model.definitions if each.slot == "compressor"]
    assert names == [f"compressor {param.name}" for param in Compressor.params]
    with pytest.raises(KeyError):
        session.model.value("nothing")
