"""What goes wrong in a plugin is shown at its slot, and counted anew with the load."""

import pytest
from PyQt6.QtTest import QTest

from tests.gui.conftest import until
from tests.gui.plugins.page_gestures import LEFT, click, slots
from tests.support.foreign.probe import FAIL, NOT_A_NUMBER, PLAIN


@pytest.mark.verify
def test_broken_sound_is_marked_at_the_slot_until_a_click_on_the_load(window):
    click(window, "Probe effect")
    until(lambda: slots(window) == [("plugin", "Probe effect")] and not window.parameters.is_loading)
    button = window.window.chain_bar.buttons["plugin"]
    assert button.text() == "● Probe effect"
    for mode, words in ((NOT_A_NUMBER, "Silenced samples, no numbers or far too loud: "), (FAIL, "gave up: ")):
        window.parameters.set_value("Probe effect Mode", mode)
        until(lambda words=words: words in button.toolTip())
        assert button.text() == "● ⚠ Probe effect"
        assert words in button.accessibleDescription()
        window.parameters.set_value("Probe effect Mode", PLAIN)
        until(lambda: _cleared(window, button))


def _cleared(window, button):
    """Whether the slot shows no faults after a click on the load."""
    QTest.mouseClick(window.window.status_bar.load_button, LEFT)
    return button.text() == "● Probe effect" and button.toolTip() == "Show the knobs of: Probe effect (on)"
