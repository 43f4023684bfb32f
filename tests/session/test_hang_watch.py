"""Plugins that hang are seen: in a block, and while they are opened."""

import os
import threading
import time

import pytest

from engine.foreign import calls, load
from engine.foreign.lv2.plugin import Lv2Plugin
from engine.foreign.plugin_files import lv2_folders
from engine.plugin.external import PluginError
from engine.standard_chain import StandardChain
from session.hang_watch import MAX_LOOKS, WATCH_SECONDS, Hang, HangWatch
from tests.support.foreign.probe import HANG, hold, release
from tests.support.foreign.probe_bundle import URI, binary_of, build_bundle
from tests.support.host_callback import RATE, render
from tests.support.wait_limit import MAX_WAIT_SECONDS


@pytest.fixture(params=["clap", "lv2"])
def source(request, probe_path, tmp_path, monkeypatch):
    """The name of a probe effect."""
    if request.param == "clap":
        return f"{probe_path}#probe.effect"
    build_bundle(tmp_path)
    monkeypatch.setenv("LV2_PATH", os.pathsep.join([str(tmp_path), *map(str, lv2_folders())]))
    return f"lv2:{URI}effect"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Looks that follow one another at once."""
    monkeypatch.setattr("session.hang_watch.WATCH_SECONDS", 0.0)


def look_until_it_hangs(watch, host, thread=None):
    """What hangs, and how often was looked until that was seen."""
    end, looks = time.monotonic() + MAX_WAIT_SECONDS, 0
    while time.monotonic() < end:
        looks += 1
        hang = watch.look(host, thread)
        if hang is not None:
            return hang, looks
    raise TimeoutError


def test_a_plugin_that_does_not_come_back_from_a_block_is_seen_and_not_opened_again(source, probe_path):
    host, plugin = StandardChain(RATE), load(source)
    host.play([plugin])
    render(host, 1000)
    watch = HangWatch()
    assert all(watch.look(host, None) is None for _ in range(3 * MAX_LOOKS))
    host.set_param(plugin, "Mode", HANG)
    playing = threading.Thread(target=render, args=(host, 256))
    playing.start()
    try:
        hang, looks = look_until_it_hangs(watch, host)
        assert hang == Hang(source, plugin.name)
        assert looks > MAX_LOOKS
        calls.refuse(hang.source, hang.title)
        with pytest.raises(PluginError, match=r"^Probe effect does not come back .* start Luthier anew"):
            load(source)
    finally:
        binary = binary_of(plugin) if isinstance(plugin, Lv2Plugin) else probe_path
        release(binary)
        playing.join()
        hold(binary)
        calls.accept(source)
    load(source).close()


def test_a_plugin_that_does_not_come_back_from_being_opened_is_told_and_then_given_up(source, monkeypatch):
    monkeypatch.setattr("session.hang_watch.SLOW_SECONDS", 0.0)
    monkeypatch.setattr("session.hang_watch.MAX_CALL_SECONDS", 0.2)
    monkeypatch.setenv("PROBE_FAULT", "hang")
    opening = threading.Thread(target=load, args=(source,))
    opening.start()
    watch = HangWatch()
    try:
        hang, _ = look_until_it_hangs(watch, None, opening.ident)
        assert hang == Hang(source, "effect")
        assert watch.slow_call(opening.ident) == "effect"
        assert watch.slow_call(opening.ident) == ""  # it is told once
    finally:
        monkeypatch.delenv("PROBE_FAULT")
        opening.join()
    assert calls.current(opening.ident) is None


def test_a_hang_is_seen_within_two_seconds():
    assert (MAX_LOOKS + 2) * WATCH_SECONDS < 2
