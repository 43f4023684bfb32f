"""The main window as a player uses it: mouse and keys in, sound at the JACK ports out."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.views.view_stack import INSTRUMENT, PAD
from tests.gui.conftest import quiet, until
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton
SILENT = -80.0  # dB


@pytest.fixture
def window(guitar):
    """The window with the guitar and its modes view."""
    guitar.window.views.show_view(INSTRUMENT)
    return guitar


def key_place(keyboard, key, height):
    """A point of a white key, at a height of 0 (back) to 1."""
    x, _, width, _ = keyboard.key_layout.rect(key)
    return QPoint(round((x + width / 2) * keyboard.width()), round(height * keyboard.height()))


def test_a_key_pressed_at_its_front_is_louder_than_at_its_back_and_both_are_in_tune(window, ear):
    keyboard, heard = window.window.keyboard, {}
    for height in (0.68, 0.9):
        QTest.mousePress(keyboard, LEFT, pos=key_place(keyboard, 57, height))
        heard[height] = ear.listen(0.5, QTest.qWait)
        QTest.mouseRelease(keyboard, LEFT, pos=key_place(keyboard, 57, height))
        quiet(window)
    assert level(heard[0.9]) > level(heard[0.68]) + 1
    for sound in heard.values():
        assert pitch(sound[:, 4800:]) == pytest.approx(220, rel=0.01)


def test_a_computer_key_plays_a_note_unless_locked(window, ear):
    QTest.keyPress(window.window, Qt.Key.Key_Q)
    sound = ear.listen(0.4, QTest.qWait)
    assert pitch(sound[:, 4800:]) == pytest.approx(261.6, rel=0.01)
    QTest.keyRelease(window.window, Qt.Key.Key_Q)
    quiet(window)
    QTest.keyClick(window.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyPress(window.window, Qt.Key.Key_Q)
    assert level(ear.listen(0.2, QTest.qWait)) < SILENT
    QTest.keyRelease(window.window, Qt.Key.Key_Q)
    QTest.keyClick(window.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert not window.computer_keyboard.locked


def test_the_octave_of_the_computer_keyboard_moves_with_its_letters(window, ear):
    QTest.mouseClick(window.window.octave_up, LEFT)
    assert window.window.keyboard.letters[72] == "Q"
    QTest.keyPress(window.window, Qt.Key.Key_Q)
    sound = ear.listen(0.4, QTest.qWait)
    QTest.keyRelease(window.window, Qt.Key.Key_Q)
    QTest.keyClick(window.window, Qt.Key.Key_PageDown)
    assert window.window.keyboard.letters[60] == "Q"
    assert pitch(sound[:, 4800:]) == pytest.approx(523.3, rel=0.01)


def test_computer_keys_play_by_position_and_show_their_labels(window):
    played, keyboard = [], window.window.keyboard
    window.computer_keyboard.pressed.connect(lambda key, velocity: played.append(key))

    def strike(typed, scan):  # as a German keyboard sends it
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, typed, Qt.KeyboardModifier.NoModifier, scan + 8, 0, 0, chr(typed).lower())
            QApplication.sendEvent(window.window, event)

    assert (keyboard.letters[48], keyboard.letters[69]) == ("Z", "Y")
    strike(Qt.Key.Key_Y, 44)
    assert (keyboard.letters[48], keyboard.letters[69]) == ("Y", "Z")
    strike(Qt.Key.Key_Z, 21)
    strike(Qt.Key.Key_Odiaeresis, 39)
    assert played == [48, 69]
    strike(Qt.Key.Key_Z, 44)
    strike(Qt.Key.Key_Y, 21)
    assert (keyboard.letters[48], keyboard.letters[69]) == ("Z", "Y")


def test_text_typed_into_the_search_plays_no_notes(window, ear):
    QTest.keyClick(window.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = window.window.browser.filters.search
    QTest.keyClicks(search, "cow")
    assert [entry.name for entry in window.window.browser.shown] == ["cowbell"]
    assert level(ear.listen(0.2, QTest.qWait)) < SILENT
    search.clear()
    window.window.keyboard.setFocus()


def test_sounding_keys_are_lit_and_panic_silences_them_within_a_tenth_of_a_second(window, ear):
    ear.send(0x90, 52, 100)
    until(lambda: 52 in window.window.keyboard.lit)
    assert level(ear.listen(0.1, QTest.qWait)) > -50
    QTest.keyClick(window.window, Qt.Key.Key_Escape)
    ear.listen(0.1, QTest.qWait)
    assert level(ear.listen(0.1, QTest.qWait)) < SILENT
    until(lambda: window.window.keyboard.lit == {})
    ear.send(0x80, 52, 0)


def test_a_pressed_dot_is_struck(window, ear):
    modes = window.window.views.modes
    resonance = 20
    QTest.mousePress(modes, LEFT, pos=modes.point_of(resonance).toPoint())
    struck = modes.pressed_item
    sound = ear.listen(0.4, QTest.qWait)
    until(lambda: modes.ringing is not None)
    QTest.mouseRelease(modes, LEFT)
    wanted = window.bridge.now.tensors["pitch"][struck]
    assert pitch(sound[:, 4800:]) == pytest.approx(float(wanted), rel=0.03)


def test_the_pad_strikes_where_it_is_pressed_and_distant_positions_sound_different(window, ear):
    window.window.views.show_view(PAD)
    pad = window.window.views.pad
    places = {"dull": (0.1, 0.3), "dull too": (0.12, 0.3), "bright": (0.9, 0.3)}
    spectra = {}
    for name, place in places.items():
        point = pad.area.point(*place).toPoint()
        QTest.mousePress(pad, LEFT, pos=point)
        sound = ear.listen(0.35, QTest.qWait)
        QTest.mouseRelease(pad, LEFT, pos=point)
        quiet(window)
        spectra[name] = bands(sound)
    near = np.abs(spectra["dull"] - spectra["dull too"]).mean()
    far = np.abs(spectra["dull"] - spectra["bright"]).mean()
    assert far > 2 * near + 1


def bands(sound):
    """dB in octaves from 100 Hz to 12.8 kHz."""
    power = np.abs(np.fft.rfft(sound.mean(axis=0))) ** 2
    edges = np.round(100 * 2.0 ** np.arange(8) * sound.shape[1] / 48_000).astype(int)
    return np.array([10 * np.log10(power[a:b].sum() + 1e-12) for a, b in pairwise(edges)])


def test_the_pad_is_played_by_keys(window, ear):
    window.window.views.show_view(PAD)
    pad = window.window.views.pad
    pad.setFocus()
    before = pad.cursor_position
    QTest.keyClick(pad, Qt.Key.Key_Right)
    assert pad.cursor_position[0] == pytest.approx(before[0] + 0.02)
    QTest.keyPress(pad, Qt.Key.Key_Space)
    assert level(ear.listen(0.2, QTest.qWait)) > -50
    QTest.keyRelease(pad, Qt.Key.Key_Space)
    assert "Space strikes" in pad.accessibleDescription()


def test_every_control_has_an_accessible_name(window):
    nameless = [
        widget
        for widget in window.window.findChildren(object)
        if hasattr(widget, "focusPolicy")
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
    ]
    assert [type(widget).__name__ for widget in nameless] == []


def test_gliding_over_the_keys_plays_them_one_after_the_other(window):
    keyboard, played = window.window.keyboard, []
    keyboard.pressed.connect(lambda key, _: played.append(key))
    QTest.mousePress(keyboard, LEFT, pos=key_place(keyboard, 60, 0.9))
    for key in (62, 64):
        QTest.mouseMove(keyboard, key_place(keyboard, key, 0.9))
    QTest.mouseRelease(keyboard, LEFT)
    assert played == [60, 62, 64]
    assert keyboard.key_at(QPointF(-5, 5)) is None
