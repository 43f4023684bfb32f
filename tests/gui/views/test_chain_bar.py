"""The slots of a chain keep their titles, however little room there is."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, QRect

from gui.panels.chain_bar import ChainBar, ChainSlot
from tests.gui.conftest import until

SLOTS = [
    ChainSlot("", "Guitar"),
    ChainSlot("second", "Violin", None, False, True),
    *(ChainSlot(name, name.capitalize(), True, False, True) for name in ("room", "tone", "chorus", "compressor")),
]


@pytest.fixture
def bar(app):
    """A bar with a full chain, in less room than it needs."""
    made = ChainBar()
    made.resize(500, 60)
    made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.mark.parametrize("selected", ["", "tone", "compressor"])
def test_no_title_is_cut_and_the_selected_slot_is_in_sight(bar, selected):
    bar.set_slots(SLOTS, selected)
    until(lambda: all(button.width() >= button.sizeHint().width() for button in bar.buttons.values()))
    assert bar.area.is_scrolled
    button, viewport = bar.buttons[selected], bar.area.viewport()
    until(lambda: viewport.rect().contains(QRect(button.mapTo(viewport, QPoint(0, 0)), button.size())))
    assert bar.area.height() >= button.height() + bar.area.horizontalScrollBar().height()


def test_a_slot_says_what_goes_wrong_in_it_beside_its_switch(bar):
    slots = [SLOTS[0], ChainSlot("plugin", "Delay", True, False, True, warning="Silenced: 3"), SLOTS[2]]
    bar.set_slots(slots, "plugin")
    assert [button.text() for button in bar.buttons.values()] == ["Guitar", "● ⚠ Delay", "● Room"]
    assert bar.buttons["plugin"].toolTip().splitlines() == ["Show the knobs of: Delay (on)", "Silenced: 3"]
    bar.set_slots([SLOTS[0], replace(slots[1], warning=""), SLOTS[2]], "plugin")
    assert bar.buttons["plugin"].text() == "● Delay"


def test_before_an_instrument_plays_there_is_nothing_to_take_away(bar):
    assert not bar.new.isEnabled()
    bar.set_clearable(True)
    assert bar.new.isEnabled()


def test_a_chain_with_room_has_no_scroll_bar(bar):
    bar.set_slots(SLOTS, "")
    bar.resize(1100, 60)
    until(lambda: not bar.area.is_scrolled and bar.area.horizontalScrollBar().maximum() == 0)
    until(lambda: bar.area.height() == bar.buttons[""].height())


def test_many_presets_are_in_menus_of_their_own(bar):
    presets = tuple((f"Preset {number} & more", f"urn:{number}") for number in range(70))
    bar.set_slots([SLOTS[0], ChainSlot("plugin", "Piano", True, presets=presets)], "plugin")
    assert bar.presets.isVisible()
    chosen = []
    bar.preset_chosen.connect(lambda *each: chosen.append(each))
    menus = [action.menu() for action in bar.preset_menu("plugin").actions()]
    assert [len(menu.actions()) for menu in menus] == [35, 35]
    assert menus[1].title() == "Preset 35 && more – Preset 69 && more"
    assert menus[1].actions()[0].text() == "Preset 35 && more"
    menus[1].actions()[-1].trigger()
    assert chosen == [("plugin", "urn:69")]
    assert bar.preset_menu("").isEmpty()


def test_the_selected_slot_stays_in_sight_in_less_room(bar):
    bar.set_slots(SLOTS, "compressor")
    bar.resize(1600, 60)
    until(lambda: not bar.area.is_scrolled)
    bar.resize(500, 60)
    button, viewport = bar.buttons["compressor"], bar.area.viewport()
    until(lambda: bar.area.is_scrolled)
    until(lambda: viewport.rect().contains(QRect(button.mapTo(viewport, QPoint(0, 0)), button.size())))
