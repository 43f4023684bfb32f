"""Foreign effects in the window: their knobs, what they turn themselves, and their states at the next start."""

from pathlib import Path

import pytest
from PyQt6.QtTest import QTest

from engine.foreign import calls
from engine.preset import library
from gui import preferences
from gui.preferences import Preferences
from session.patch import PLUGIN, Chain, Effect, chain_from_json
from tests.gui.conftest import end, start, until
from tests.support.foreign.probe import HANG, PLAIN, RESTART, TURN, build_clap_probe, release
from tests.support.level_and_pitch import level


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Folders of a user for each test."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


def with_probe(controller, source):
    """Append the probe to the chain that plays."""
    until(lambda: controller.bridge.now is not None)
    chain = Chain((*controller.parameters.chain.effects, Effect(PLUGIN, source)))
    controller.parameters.set_chain("one more effect", chain)
    until(lambda: "Probe effect Knob" in controller.bridge.model)


def test_what_a_plugin_turns_itself_is_shown_and_its_state_comes_back_at_the_next_start(app, ear, home, probe_path):
    source = f"{probe_path}#probe.effect"
    first = start(app, ear)
    with_probe(first, source)
    model = first.bridge.model
    first.parameters.set_value("Probe effect Mode", TURN)
    until(lambda: model.value("Probe effect Knob") == 0.5)  # turned by the plugin
    first.parameters.set_value("Probe effect Mode", PLAIN)
    first.parameters.set_value("Probe effect Gain", 1.5)
    until(lambda: model.chain.states[-1])
    saved = len(model.chain.states[-1])
    end(first)
    second = start(app, ear)
    until(lambda: "Probe effect Knob" in second.bridge.model)
    assert second.bridge.model.value("Probe effect Knob") == 0.5
    assert second.bridge.model.value("Probe effect Gain") == 1.5
    assert second.parameters.chain.effects[-1] == Effect(PLUGIN, source)
    assert len(second.parameters.chain.effects[-1].state) == saved
    end(second)


def test_a_plugin_that_is_gone_is_named_and_its_place_and_state_are_kept(app, ear, home, tmp_path):
    gone = Effect(PLUGIN, str(tmp_path / "gone.clap"), state=b"what it kept")
    chain = Chain((*Chain().effects, gone, Effect("chorus")))
    preferences.save(Preferences(preset=str(library.find("gong")), chain=chain.plain()))
    opened = start(app, ear)
    until(lambda: opened.window.notice.text)
    assert f"no such plugin: {gone.source}" in opened.window.notice.text
    assert opened.bridge.now.path.stem == "gong"
    assert opened.parameters.chain == chain
    end(opened)
    assert preferences.load().chain == chain.plain()


def test_a_plugin_that_stops_while_it_plays_is_told_once_and_passed_over(app, ear, home, probe_path, monkeypatch):
    opened = start(app, ear)
    with_probe(opened, f"{probe_path}#probe.effect")
    told = []
    opened.bridge.failed.connect(told.append)
    monkeypatch.setenv("PROBE_FAULT", "activate")
    opened.parameters.set_value("Probe effect Mode", RESTART)
    until(lambda: told)
    seen = opened.bridge.status
    until(lambda: opened.bridge.status is not seen)
    assert told == ["Probe effect cannot play at 48000 Hz"]
    monkeypatch.delenv("PROBE_FAULT")
    end(opened)


@pytest.fixture
def hanging(tmp_path):
    """The file of a probe that hangs where its parameter Mode says so, and comes back at the end of the test."""
    path = build_clap_probe(tmp_path / "hanging.clap")
    yield path
    release(path)
    for word in ("effect", "instrument"):
        calls.accept(f"{path}#probe.{word}")


def test_an_effect_that_hangs_is_left_out_and_the_music_goes_on(app, ear, home, hanging):
    preferences.save(Preferences(preset=str(library.find("gong"))))
    opened = start(app, ear)
    source = f"{hanging}#probe.effect"
    with_probe(opened, source)
    opened.parameters.set_value("Probe effect Gain", 1.5)
    opened.parameters.set_chain("a chorus", Chain((*opened.parameters.chain.effects, Effect("chorus"))))
    until(lambda: not opened.parameters.is_loading)
    chain, host = opened.parameters.chain, opened.engine.host
    opened.parameters.set_value("Probe effect Mode", HANG)
    until(lambda: "Probe effect does not come back" in opened.window.notice.text)
    until(lambda: opened.bridge.now is not None and opened.bridge.now.missing)
    saved = chain_from_json(preferences.load().chain)
    assert [effect.source for effect in saved.effects] == [effect.source for effect in chain.effects]
    assert opened.engine.host is not host
    assert opened.bridge.now.path.stem == "gong"
    assert [effect.source for effect in opened.parameters.chain.effects] == [each.source for each in chain.effects]
    until(lambda: opened.bridge.status.state == "playing")
    ear.connect(opened.bridge.status.name)
    opened.bridge.note_on(60, 0.9)
    assert level(ear.listen(0.3, QTest.qWait)) > -50
    opened.parameters.set_chain("no chorus", Chain(opened.parameters.chain.effects[:-1]))
    until(lambda: not opened.parameters.is_loading)
    end(opened)


@pytest.mark.verify
def test_an_instrument_that_hangs_is_replaced(app, ear, home, hanging):
    source = f"{hanging}#probe.instrument"
    preferences.save(Preferences(preset=source))
    opened = start(app, ear)
    until(lambda: opened.bridge.now is not None and opened.bridge.now.title == "Probe")
    opened.parameters.set_value("Mode", HANG)
    until(lambda: "Probe does not come back" in opened.window.notice.text)
    until(lambda: opened.bridge.now is not None and opened.bridge.now.title == "guitar")
    end(opened)
    assert preferences.load().preset == source  # the next start tries it again


@pytest.mark.verify
def test_a_plugin_that_does_not_open_is_given_up(app, ear, home, hanging, monkeypatch):
    monkeypatch.setattr("session.hang_watch.SLOW_SECONDS", 0.1)
    monkeypatch.setattr("session.hang_watch.MAX_CALL_SECONDS", 1.0)
    preferences.save(Preferences(preset=str(library.find("gong"))))
    opened = start(app, ear)
    until(lambda: opened.bridge.now is not None)
    chain = Chain((*Chain().effects, Effect(PLUGIN, f"{hanging}#probe.effect")))
    monkeypatch.setenv("PROBE_FAULT", "hang")
    opened.parameters.set_chain("one more effect", chain)
    until(lambda: "effect takes long" in opened.window.notice.text)
    until(lambda: opened.bridge.now is not None and opened.bridge.now.missing)
    monkeypatch.delenv("PROBE_FAULT")
    assert opened.bridge.now.path.stem == "gong"
    assert opened.parameters.chain == chain
    end(opened)
