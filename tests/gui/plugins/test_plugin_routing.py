"""What a side chain hears and which outputs are heard is chosen in the chain bar, undone, and kept."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu

from engine.foreign import USUAL_ROUTING, Outputs, Routing, SideChain
from session.patch import PLUGIN, Effect
from tests.gui.conftest import activate, end, start, until


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Folders of a user for each test."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


def choose(controller, words):
    """Choose in the menu that the button opens."""
    QTest.mouseClick(controller.window.chain_bar.route, Qt.MouseButton.LeftButton)
    until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    action = next(each for each in menu.actions() if each.text() == words)
    assert not action.isChecked()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    until(lambda: not controller.parameters.is_loading)


def routings(controller):
    """How the plugins that play are connected, by slot."""
    return controller.bridge.now.rack.routings


@pytest.mark.verify
def test_a_routing_is_chosen_undone_and_there_at_the_next_start(app, ear, home, probe_path):
    window = start(app, ear)
    until(lambda: window.bridge.now is not None)
    activate(window)
    bar = window.window.chain_bar
    assert not bar.route.isVisible()
    assert bar.routing_menu("").isEmpty()
    source = f"{probe_path}#probe.wide"
    window.chain.add_plugin(source)
    until(lambda: "plugin" in window.parameters.routable and bar.route.isVisible())
    plugin = window.bridge.now.rack.effects[Effect(PLUGIN, source)]
    choose(window, "The microphone")
    until(lambda: plugin.routing == Routing(SideChain.MICROPHONE))
    until(lambda: window.bridge.status.microphone)
    choose(window, "The first pair alone")
    until(lambda: plugin.routing == Routing(SideChain.MICROPHONE, Outputs.FIRST))
    choose(window, "Silence")
    until(lambda: plugin.routing == Routing(SideChain.SILENCE, Outputs.FIRST))
    until(lambda: not window.bridge.status.microphone)
    for _ in range(3):
        window.undo_stack.undo()
    until(lambda: routings(window) == {"plugin": USUAL_ROUTING})
    window.undo_stack.redo()
    window.undo_stack.redo()
    chosen = {"plugin": Routing(SideChain.MICROPHONE, Outputs.FIRST)}
    until(lambda: routings(window) == chosen)
    end(window)
    again = start(app, ear)
    until(lambda: again.bridge.now is not None)
    assert again.parameters.chain.effects[-1].routing == Routing(SideChain.MICROPHONE, Outputs.FIRST)
    assert routings(again) == chosen
    end(again)
