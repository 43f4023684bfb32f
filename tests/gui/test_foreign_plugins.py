"""Foreign effects in the window: their knobs, what they turn themselves, and their states at the next start."""

from pathlib import Path

import pytest

from engine.preset import library
from gui import preferences
from gui.preferences import Preferences
from session.patch import PLUGIN, Chain, Effect
from tests.gui.conftest import end, start, until
from tests.support.foreign.probe import PLAIN, TURN


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
