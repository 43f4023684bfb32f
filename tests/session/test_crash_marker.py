"""The crash marker names the plugin that is being opened, and leaves out those that have ended the program."""

from pathlib import Path

import pytest

from engine.standard_chain import StandardChain
from session.crash_marker import LeftOutError, LoadingMarker
from session.patch import PLUGIN, Chain, Effect, Layer, Patch
from session.rack_loader import RackLoader
from tests.support.host_callback import RATE, render


class LoggedMarker(LoadingMarker):
    """A marker that remembers the plugins that it has named."""

    def __init__(self):
        super().__init__()
        self.log = []

    def set(self, path, plugins=()):
        super().set(path, plugins)
        self.log.append(self.plugins())


@pytest.fixture(autouse=True)
def config(tmp_path, monkeypatch):
    """A user who has never started the program."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.fixture
def names(probe_path):
    """The names of the probes, by the last word of their identifiers."""
    return {word: f"{probe_path}#probe.{word}" for word in ("instrument", "midi", "effect", "mono")}


def patch_of(names):
    """A patch with plugins at every place."""
    effects = (*Chain().effects, Effect(PLUGIN, names["effect"]), Effect(PLUGIN, names["mono"]))
    return Patch(Path(names["instrument"]), {}, Chain(effects, Layer(names["midi"])))


def test_it_names_each_plugin_while_it_is_opened_and_while_it_is_prepared(names):
    marker = LoggedMarker()
    loader = RackLoader(StandardChain(RATE), marker)
    patch = patch_of(names)
    assert loader.load(patch, False).problems == []
    order = [[names[word]] for word in ("instrument", "midi", "effect", "mono")]
    assert [each for each in marker.log if len(each) == 1] == [*order, *order]
    assert len(max(marker.log, key=len)) == len(order)  # all, when they begin to play
    assert marker.path() == ""
    marker.log.clear()
    second = Effect(PLUGIN, names["effect"], 2)
    chain = Chain((*patch.chain.effects, second), patch.chain.layer)
    assert loader.arrange(Patch(patch.path, {}, chain)).problems == []
    assert {*map(tuple, marker.log)} == {(), (names["effect"],)}  # what plays already is not opened
    assert marker.path() == ""


def test_a_new_rate_prepares_all_under_the_marker_and_leaves_none(names):
    marker, host = LoggedMarker(), StandardChain(RATE)
    RackLoader(host, marker).load(patch_of(names), False)
    marker.log.clear()
    host.prepare(2 * RATE)
    assert sorted(each[0] for each in marker.log if each) == sorted(names.values())
    assert (marker.path(), marker.plugins()) == ("", [])


def test_new_plugins_are_on_trial_until_they_have_played(names):
    marker, host = LoadingMarker(), StandardChain(RATE)
    host.running = lambda: True
    loader = RackLoader(host, marker)
    loader.load(patch_of(names), False)
    assert sorted(marker.plugins()) == sorted(names.values())
    render(host, RATE // 4)
    loader.poll()
    assert marker.plugins()
    render(host, RATE // 2)
    loader.poll()
    assert (marker.path(), marker.plugins()) == ("", [])


def test_what_is_left_out_keeps_its_place_until_it_is_allowed(names):
    patch = patch_of(names)
    LoadingMarker().leave_out([names["effect"], names["midi"]])
    marker = LoadingMarker()  # of the next start
    loader = RackLoader(StandardChain(RATE), marker)
    result = loader.load(patch, False)
    assert result.problems == []
    assert result.loaded.missing == {"plugin": "effect", "second": "midi"}
    assert result.loaded.chain == patch.chain
    assert marker.allow(names["effect"])
    assert not marker.allow(names["effect"])
    assert loader.arrange(patch).loaded.missing == {"second": "midi"}
    marker.leave_out([names["instrument"]])
    with pytest.raises(LeftOutError, match="instrument is left out: Luthier has ended while it was opened"):
        RackLoader(StandardChain(RATE), marker).load(patch, False)


@pytest.mark.parametrize("text", ["", "[]", '{"plugins": 3}', '{"path": 3, "plugins": [1]}'])
def test_a_damaged_marker_is_read_as_far_as_it_goes(tmp_path, text):
    for name in ("loading", "left_out"):
        (tmp_path / "luthier").mkdir(exist_ok=True)
        (tmp_path / "luthier" / f"{name}.json").write_text(text)
    marker = LoadingMarker()
    assert all(isinstance(each, str) for each in (marker.path(), *marker.plugins()))
    assert not marker.is_left_out("lv2:urn:nothing")
