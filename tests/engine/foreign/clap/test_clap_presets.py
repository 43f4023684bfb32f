"""Presets of CLAP plugins: listed by another process, loaded while they play."""

import pytest

from engine.foreign.scan import preset_scan
from engine.plugin.external import PluginError
from tests.support.host_callback import render


@pytest.fixture(autouse=True)
def _nothing_listed(monkeypatch):
    """Nothing has been listed before, and the user has no presets."""
    preset_scan._find.cache_clear()
    monkeypatch.delenv("PROBE_PRESETS", raising=False)


def test_the_presets_of_a_file_are_those_of_the_plugins_that_they_name(make):
    assert make("effect").find_presets() == make("mono").find_presets() == {"#loud": "Loud", "#soft": "Soft"}
    assert make("instrument").find_presets() == {}


def test_presets_in_folders_are_found_by_their_suffix_and_loaded(make, tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    for name, text in (("Mine.probe", "0.25"), ("below/Yours.PROBE", "0.75"), ("other.txt", "1"), ("b.probe", "no")):
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("PROBE_PRESETS", str(tmp_path))
    plugin = make("instrument")
    found = plugin.find_presets()
    assert found == {str(tmp_path / name): name.partition(".")[0] for name in ("b.probe", "Mine.probe")} | {
        str(tmp_path / "below" / "Yours.PROBE"): "Yours"
    }
    plugin.load_preset(str(tmp_path / "below" / "Yours.PROBE"))
    assert plugin.values()[0] == 0.75
    with pytest.raises(PluginError, match="could not load the preset 'b'"):
        plugin.load_preset(str(tmp_path / "b.probe"))


@pytest.mark.parametrize("name", ["effect", "mono"])
def test_a_preset_is_loaded_while_it_plays_and_its_values_are_told(make, host, name):
    plugin = make(name)
    host.play([plugin])
    render(host, 200)
    plugin.load_preset("#loud")
    assert dict(plugin.drain_changes())[0] == 1.5
    assert plugin.live_values[0] == 1.5
    render(host, 200)
    assert plugin.values()[0] == 1.5
    with pytest.raises(PluginError, match="no preset '#nothing'"):
        plugin.load_preset("#nothing")


def test_a_listing_that_ends_its_process_is_told_in_one_line(make, monkeypatch):
    monkeypatch.setenv("PROBE_FAULT", "discovery")
    with pytest.raises(PluginError, match="cannot be listed: the process that lists them was ended by SIGABRT"):
        make("effect").find_presets()
