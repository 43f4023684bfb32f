"""A plugin that ends the window while it is opened: the next start asks, and begins without it."""

import json
import os
import signal
import struct
import subprocess
import sys

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.effects import ROOM
from engine.foreign.plugin_entry import PluginEntry
from engine.foreign.scan.catalog import CATALOG_NAME, CATALOG_VERSION
from engine.preset import library
from gui import preferences
from gui.preferences import Preferences
from session.crash_marker import LoadingMarker
from session.patch import PLUGIN, Chain, Effect, Layer
from tests.gui.conftest import end, start, until
from tests.support.foreign.probe_bundle import URI, build_bundle

LEFT = Qt.MouseButton.LeftButton
GAIN = 0.5
STATE = b"PROBE 1\0" + struct.pack("<5d", GAIN, 0.0, 0.25, 0.0, 0.0)
PROGRAM = "from gui import app; app.run()"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Folders of a user."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


def sessions(path):
    """A session with a plugin of the probe at each place: its name, and what was stored."""
    guitar, effect, instrument = str(library.find("guitar")), f"{path}#probe.effect", f"{path}#probe.instrument"
    room = Effect(ROOM)
    chain = Chain((room, Effect("chorus"), Effect(PLUGIN, effect, state=STATE)))
    return {
        "effect": (effect, Preferences(preset=guitar, chain=chain.plain())),
        "second": (
            instrument,
            Preferences(preset=guitar, chain=Chain((room,), Layer(instrument, state=STATE)).plain()),
        ),
        "": (instrument, Preferences(preset=instrument, chain=Chain((room,), state=STATE).plain())),
    }


def crash(server, fault, **environment):
    """Start the program as a user does, with a fault of the probe, and wait until it has ended; its status."""
    found = {**os.environ, "JACK_DEFAULT_SERVER": server.name, "PROBE_FAULT": fault, **environment}
    found["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    return subprocess.run([sys.executable, "-c", PROGRAM], env=found, capture_output=True, check=False).returncode


def faults(controller):
    """The marked slots of the chain bar."""
    return [slot.name for slot in controller.window.chain_bar.slots if slot.fault]


@pytest.mark.verify
@pytest.mark.parametrize("place", ["effect", "second", ""])
def test_the_next_start_begins_without_the_plugin_and_asks(app, ear, server, home, probe_path, place):
    name, stored = sessions(probe_path)[place]
    preferences.save(stored)
    assert crash(server, "abort") == -signal.SIGABRT
    assert LoadingMarker().plugins() == [name]
    first = start(app, ear)
    until(lambda: first.window.notice.buttons)
    assert [button.text() for button in first.window.notice.buttons] == ["Open it again", "Go on without it"]
    assert ("instrument" if place != "effect" else "effect") in first.window.notice.text
    assert first.bridge.now.title == "guitar"
    assert faults(first) == {"effect": ["plugin"], "second": ["second"], "": []}[place]
    QTest.mouseClick(first.window.notice.buttons[1], LEFT)
    end(first)
    kept = preferences.load()
    assert (kept.preset, kept.chain) == (stored.preset, stored.chain)
    again = start(app, ear)  # it is left out until somebody wants it
    until(lambda: again.window.notice.buttons)
    QTest.mouseClick(again.window.notice.buttons[0], LEFT)
    title = "Probe effect" if place == "effect" else "Probe"
    gain = {"effect": "Probe effect Gain", "second": "second Gain", "": "Gain"}[place]
    until(lambda: gain in again.parameters and not again.parameters.is_loading)
    until(lambda: again.parameters.value(gain) == GAIN)  # as its state says
    assert title in [slot.title for slot in again.window.chain_bar.slots]
    assert faults(again) == []
    end(again)
    assert LoadingMarker().plugins() == []
    assert not LoadingMarker().is_left_out(name)
    assert preferences.load().preset == stored.preset


@pytest.mark.verify
def test_the_question_stays_where_something_else_is_missing(app, ear, home, probe_path):
    name, gone = f"{probe_path}#probe.effect", str(home / "gone.clap")
    chain = Chain((Effect(ROOM), Effect(PLUGIN, name), Effect(PLUGIN, gone, 2)))
    preferences.save(Preferences(preset=str(library.find("guitar")), chain=chain.plain()))
    LoadingMarker().set(library.find("guitar"), [name])
    entry = PluginEntry(name, "CLAP", "Probe effect", path=str(probe_path)).as_dict()
    catalog = {"version": CATALOG_VERSION, "files": {str(probe_path): {"stamp": "", "plugins": [entry]}}}
    (home / "cache" / "luthier").mkdir(parents=True)
    (home / "cache" / "luthier" / CATALOG_NAME).write_text(json.dumps(catalog))
    controller = start(app, ear)
    notice = controller.window.notice
    until(lambda: notice.buttons and f"no such plugin: {gone}" in notice.text)
    assert "Luthier has ended while Probe effect was opened" in notice.text
    assert faults(controller) == ["plugin", "plugin2"]
    QTest.mouseClick(notice.buttons[0], LEFT)
    until(lambda: faults(controller) == ["plugin2"])
    until(lambda: not notice.buttons and f"no such plugin: {gone}" in notice.text)
    end(controller)


@pytest.mark.verify
def test_a_plugin_that_ends_the_window_when_it_begins_to_play_is_named_too(app, server, home):
    bundle = build_bundle(home / "lv2")
    effect = Effect(PLUGIN, f"lv2:{URI}effect")
    preferences.save(Preferences(preset=str(library.find("guitar")), chain=Chain((Effect(ROOM), effect)).plain()))
    assert crash(server, "run", LV2_PATH=str(bundle.parent)) == -signal.SIGABRT
    assert LoadingMarker().plugins() == [effect.source]
