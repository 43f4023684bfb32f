"""The level meter and the counts of the status bar."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.events import Kind
from gui import theme
from gui.panels.status_bar import StatusBar
from session.status import Status
from tests.gui.conftest import advance, quiet, until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def indicator(meter):
    """The colour of the clip indicator, near its corner."""
    image = meter.grab().toImage()
    return image.pixelColor(round((meter.width() - 4) * image.devicePixelRatio()), image.height() // 2).name()


def test_the_clip_indicator_lights_once_the_limiter_acts_describes_it_and_is_cleared_by_a_click(window):
    meter, warning = window.window.top_bar.meter, theme.colour(theme.WARNING).name()
    meter.clear()
    until(lambda: indicator(meter) != warning)
    assert meter.toolTip() == "Output level"
    window.parameters.set_value("level", 24.0)
    for key in (40, 45, 52, 57):
        window.bridge.note_on(key, 1.0)
    until(lambda: meter.clipped > 0)
    for key in (40, 45, 52, 57):
        window.bridge.note_off(key)
    window.bridge.panic()
    quiet(window)
    assert indicator(meter) == warning
    assert "the limiter turned" in meter.toolTip()
    assert "clipped" in meter.accessibleDescription()
    until(lambda: meter.clipped == window.engine.host.meters().clipped - meter.cleared_samples)
    QTest.mouseClick(meter, LEFT, pos=QPoint(meter.width() - 5, 5))
    assert meter.clipped == 0
    assert indicator(meter) != warning
    QTest.mouseClick(window.window.status_bar.load_button, LEFT)  # counted anew
    until(lambda: window.engine.host.meters().clipped == 0)
    advance(window)
    assert meter.clipped == 0


def test_lost_events_are_counted_in_the_tip_of_the_load(window):
    before = window.engine.host.meters().lost
    window.bridge.live_input._events.push(Kind.MIDI, 0x00, note=-1)  # no message that there is
    until(lambda: window.engine.host.meters().lost == before + 1)
    until(
        lambda: f"Lost notes and movements of knobs: {before + 1}" in window.window.status_bar.load_button.toolTip()
    )


def test_nothing_is_missing_while_the_engine_starts(app):
    bar = StatusBar()
    assert bar.device_button.text() == "Starting…"
    assert bar.load_button.isHidden()
    assert bar.midi_button.isHidden()
    bar.show_status(Status(time=1.0))
    assert "⚠" not in bar.device_button.text()
    bar.show_status(Status(time=1.0, problem="there is no sound card"))
    assert bar.device_button.text() == "⚠ No audio device"
    assert not bar.load_button.isHidden()


def test_under_runs_are_counted_anew_by_themselves_and_the_clip_indicator_stays(window, monkeypatch):
    monkeypatch.setattr("session.status.RESET_SECONDS", 0.5)
    host = window.engine.host
    host._record["clipped"] = 1

    def is_counted():
        host._record["xruns"] = 3  # again: the count may be reset just when it is set
        return "under-runs 3" in window.window.status_bar.load_button.text()

    until(is_counted)
    until(lambda: host.meters().xruns == 0)
    assert host._record["clipped"] == 1
    host.reset_meters()
