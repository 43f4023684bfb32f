"""The view of a ddsp instrument: it shows the sounding harmonics and is played by mouse and keys."""

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from engine.preset.preset_file import read
from engine.snapshots import harmonics as decoded
from gui.views.view_stack import INSTRUMENT
from tests.gui.conftest import play, quiet, until
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def violin(guitar):
    """The window with the violin in it."""
    play(guitar, "violin")
    guitar.window.views.show_view(INSTRUMENT)
    return guitar


def test_a_press_plays_the_key_of_its_frequency_and_the_bars_are_at_its_harmonics(violin, ear):
    bars = violin.window.views.harmonics.bars
    assert bars.isVisible()
    place = QPoint(round(bars.x_of(440)), bars.height() // 4)
    assert bars.key_at(place.x()) == 69
    QTest.mousePress(bars, LEFT, pos=place)
    until(lambda: len(bars.shown.frequency) > 10)
    ear.listen(0.3, QTest.qWait)
    assert pitch(ear.listen(0.4, QTest.qWait)) == pytest.approx(440, rel=0.01)
    until(lambda: bars.shown.loudness > -40)
    numbers = bars.shown.frequency / 440
    np.testing.assert_allclose(numbers, np.round(numbers), rtol=0.01)
    assert bars.shown.frequency[bars.shown.level.argmax()] < 2000
    QTest.mouseRelease(bars, LEFT, pos=place)
    quiet(violin)
    assert level(ear.listen(0.2, QTest.qWait)) < -50  # the room
    until(lambda: len(bars.shown.frequency) == 0)


def test_the_bars_are_played_by_keys(violin):
    bars, played = violin.window.views.harmonics.bars, []
    bars.struck.connect(lambda key, force: played.append(key))
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Space)
    assert len(played) == 1
    assert "Space plays" in bars.accessibleDescription()


def test_a_room_decays_from_its_maximum():
    shape = decoded.room_envelope(read(library.find("violin")))
    assert shape.level.max() == 0
    assert shape.level[-20:].mean() < shape.level[:20].mean() - 20
    assert 0.3 < shape.seconds < 10
    assert decoded.room_envelope(read(library.find("gong"))) is None
