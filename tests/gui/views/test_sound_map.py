"""The sound map, played by mouse and keys."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.preset.preset_file import write
from gui.views.view_stack import INSTRUMENT
from tests.gui.conftest import play, quiet, until
from tests.support import events_preset, ssm_preset
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton


def load(guitar, preset, tmp_path):
    """Load a small instrument, and show its map."""
    path = tmp_path / "small.luthier"
    write(path, preset)
    guitar.parameters.choose(path)
    until(lambda: guitar.bridge.now.path == path)
    guitar.window.views.show_view(INSTRUMENT)
    until(guitar.window.views.sound_map.isVisible)
    return guitar.window.views.sound_map


@pytest.fixture
def window(guitar):
    """The window, with the guitar in it afterwards."""
    yield guitar
    play(guitar, "guitar")


def touch(view, spot):
    QTest.mousePress(view, LEFT, pos=view.point_of(spot).toPoint())


def lift(view, spot):
    QTest.mouseRelease(view, LEFT, pos=view.point_of(spot).toPoint())


def test_a_pressed_event_is_played_and_lit(window, ear, tmp_path):
    view = load(window, events_preset.preset(), tmp_path)
    found = window.touch._map
    spot = int(np.flatnonzero(found.note == 57)[0])
    assert view.points.names[spot] == "A3"
    assert view.item_at(view.point_of(spot)) == spot
    touch(view, spot)
    heard = ear.listen(0.3, QTest.qWait)
    until(lambda: spot in view.lit)
    lift(view, spot)
    assert pitch(heard, 100, 500) == pytest.approx(220, rel=0.03)
    quiet(window)
    noise = int(np.flatnonzero(found.note < 0)[0])
    touch(view, noise)
    assert window.parameters.value("play") == 0  # it has no pitch
    assert level(ear.listen(0.2, QTest.qWait)) > -70
    lift(view, noise)
    window.parameters.undo_stack.undo()
    quiet(window)


def test_a_pressed_dimension_is_excited_and_the_arrows_select_the_next_one(window, ear, tmp_path):
    view = load(window, ssm_preset.preset(), tmp_path)
    unpitched = int(np.flatnonzero(window.touch._map.note < 0)[0])
    touch(view, unpitched)
    assert level(ear.listen(0.2, QTest.qWait)) > -70
    lift(view, unpitched)
    window.bridge.panic()
    quiet(window)
    view.setFocus()
    before = view.selected_item
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    assert "sound" in view.accessibleDescription()
    assert 0 <= view.selected_item < len(view.points.x)
    assert before == unpitched
    QTest.keyPress(view, Qt.Key.Key_Space)
    assert level(ear.listen(0.2, QTest.qWait)) > -70
    QTest.keyRelease(view, Qt.Key.Key_Space)


def test_another_position_on_the_map_sounds_different(window, ear, tmp_path):
    view = load(window, ssm_preset.preset(), tmp_path)
    spectra = []
    for spot in range(3):
        touch(view, spot)
        heard = ear.listen(0.3, QTest.qWait)
        lift(view, spot)
        window.bridge.panic()
        quiet(window)
        spectra.append(np.log10(np.abs(np.fft.rfft(heard.mean(axis=0)))[:2000] + 1e-6))
    for other in spectra[1:]:
        assert np.abs(spectra[0] - other).mean() > 0.05
