"""LV2 bundles: those that lie about their plugins, were installed just now, or make none."""

import shutil

import numpy as np
import pytest

from engine.foreign import load
from engine.plugin.external import PluginError
from tests.support.foreign.probe import LATENCY
from tests.support.foreign.probe_bundle import LIARS, URI
from tests.support.host_callback import render
from tests.support.simple_plugins import Signal
from tests.support.thread_switches import run_at_once


@pytest.mark.parametrize("lie", [lie for lie in LIARS if lie not in ("no ports", "a gap")])
def test_a_plugin_that_lies_about_its_ports_plays(make, host, noise, lie):
    plugin = make(f"liar{list(LIARS).index(lie)}")
    assert all(np.isfinite([each.low, each.default, each.high]).all() for each in plugin.params)
    assert all(each.low <= each.default <= each.high for each in plugin.params)
    host.play([Signal(noise), plugin])
    heard = render(host, 4000)
    if lie != "ranges that are none":
        np.testing.assert_array_equal(heard[:, LATENCY:], noise[:, :-LATENCY])
    state = plugin.save_state()
    plugin.load_state(state)
    assert plugin.save_state() == state


@pytest.mark.parametrize("lie", ["no ports", "a gap"])
def test_a_plugin_whose_ports_are_not_known_is_refused_in_one_line(bundle, lie, capfd):
    with pytest.raises(PluginError, match="describes no ports, or not all of them") as refused:
        load(f"lv2:{URI}liar{list(LIARS).index(lie)}")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""


def test_a_bundle_that_was_installed_a_moment_ago_is_found(bundle, make, tmp_path, monkeypatch):
    make("effect")  # what is installed has been read
    shutil.copytree(bundle, tmp_path / "new.lv2")
    for path in (tmp_path / "new.lv2").glob("*.ttl"):
        path.write_text(path.read_text().replace(URI, "urn:new:"))
    with pytest.raises(PluginError, match="no LV2 plugin"):
        load("lv2:urn:new:effect")
    monkeypatch.setenv("LV2_PATH", str(tmp_path))
    with pytest.raises(PluginError, match="urn:new:effect: it refuses to start"):  # its library knows the old name
        load("lv2:urn:new:effect")
    make("effect")


@pytest.mark.parametrize("fault", ["create", "descriptor"])
def test_what_cannot_be_made_is_refused_in_one_line(bundle, monkeypatch, fault, capfd):
    monkeypatch.setenv("PROBE_FAULT", fault)
    with pytest.raises(PluginError, match="refuses to start") as refused:
        load(f"lv2:{URI}effect")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""
    monkeypatch.delenv("PROBE_FAULT")
    load(f"lv2:{URI}effect").close()  # it is not remembered


def test_threads_may_open_plugins_and_ask_them_for_their_state_at_once(make, bundle):
    expected, found = make("effect").save_state(), []

    def work():
        for _ in range(10):
            plugin = load(f"lv2:{URI}effect")
            plugin.prepare(44_100.0)
            found.append((plugin.save_state(), plugin.find_presets()))
            plugin.close()

    run_at_once(4 * [work])
    assert found == 40 * [(expected, {f"{URI}preset": "Loud"})]
