"""Every change in the window can be undone."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from tests.gui.conftest import play, until
from tests.gui.test_browser import act, entry
from tests.gui.test_score_playback import score

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def undo(window):
    """By the shortcut."""
    QTest.keyClick(window.window, Qt.Key.Key_Z, CONTROL)


def redo(window):
    """By the shortcut."""
    QTest.keyClick(window.window, Qt.Key.Key_Z, CONTROL | SHIFT)


def test_a_change_of_volume_is_undone_in_one_step_also_in_the_engine(window):
    slider, before = window.window.top_bar.volume_slider, window.preferences.volume
    slider.setSliderDown(True)
    for tenths in (-200, -250, -300):
        slider.setValue(tenths)
    slider.setSliderDown(False)
    slider.setValue(-100)
    gain = window.engine.host.volume.state
    until(lambda: gain["target"][0] == pytest.approx(10 ** (-10 / 20)))
    undo(window)
    until(lambda: gain["target"][0] == pytest.approx(10 ** (-30 / 20)))
    undo(window)
    until(lambda: gain["target"][0] == pytest.approx(10 ** (before / 20)))
    assert slider.value() == round(10 * before)
    assert not window.parameters.undo_stack.canUndo()
    redo(window)
    assert (slider.value(), window.preferences.volume) == (-300, -30)


def test_tuning_and_channel_are_undone_also_in_the_dialog(window):
    window.devices.show()
    dialog = window.devices.dialog
    dialog.a4_box.selectAll()
    QTest.keyClicks(dialog.a4_box, "432")
    QTest.keyClick(dialog.a4_box, Qt.Key.Key_Tab)
    dialog.channel_box.setFocus()
    QTest.keyClick(dialog.channel_box, Qt.Key.Key_Down)
    assert (window.preferences.a4, window.preferences.channel) == (432, 1)
    assert window.parameters.undo_stack.undoText() == "change of the MIDI channel"
    QTest.mouseClick(window.window.top_bar.undo, Qt.MouseButton.LeftButton)
    assert (dialog.channel_box.currentIndex(), window.bridge.live_input.channel) == (0, 0)
    QTest.mouseClick(window.window.top_bar.undo, Qt.MouseButton.LeftButton)
    assert (dialog.a4_box.value(), window.preferences.a4) == (440, 440)
    assert not window.parameters.undo_stack.canUndo()
    dialog.accept()


def test_a_favourite_is_undone_and_redone(window):
    QTest.keyClick(window.window, Qt.Key.Key_D, CONTROL)
    assert window.entry_files.favourites == {window.bridge.now.digest}
    undo(window)
    assert window.entry_files.favourites == set()
    redo(window)
    assert window.entry_files.favourites == {window.bridge.now.digest}


def test_duplicating_renaming_and_deleting_are_undone_in_order(window):
    def names():
        return {path.stem for path in library.user_folder().glob("*.luthier")}

    before = names()
    act(window, "gong", "Duplicate")
    window.entry_files.rename(entry(window, "gong 2"), "tam-tam")
    act(window, "tam-tam", "Move to the bin")
    until(lambda: all(each.name != "tam-tam" for each in window.entry_files.entries))
    seen = []
    for _ in range(3):
        undo(window)
        seen.append(names() - before)
    assert seen == [{"tam-tam"}, {"gong 2"}, set()]
    redo(window)
    redo(window)
    assert entry(window, "tam-tam").kind == "resonance"


def test_undoing_a_saved_patch_moves_it_to_the_bin_and_keeps_the_sound(window):
    window.parameters.set_value("decay", 2.0)
    window.entry_files.write_patch("long guitar", window.bridge.now, window.parameters.patch.values)
    mine = entry(window, "long guitar").path
    until(lambda: window.bridge.now.path == mine)
    undo(window)
    until(lambda: window.bridge.now.path == library.find("guitar"))
    assert not mine.exists()
    assert window.parameters.value("decay") == 2
    redo(window)
    until(lambda: window.bridge.now.path == mine and mine.exists())


def test_a_learned_controller_is_undone_and_redone(window, ear):
    width = next(knob for knob in window.window.knobs.knobs.values() if knob.spec.name == "width")
    width.menu().actions()[0].trigger()
    ear.send(0xB0, 23, 0)
    until(lambda: "CC 23" in width.toolTip())
    undo(window)
    assert "CC 23" not in width.toolTip()
    until(lambda: ("resonance", "width") not in window.engine.host.midi_map)
    redo(window)
    assert "CC 23" in width.toolTip()


def test_a_change_of_theme_is_undone(window, app):
    ground = app.palette().window().color()
    QTest.keyClick(window.window, Qt.Key.Key_T, CONTROL)
    assert app.palette().window().color() != ground
    undo(window)
    assert app.palette().window().color() == ground
    assert window.preferences.theme == "dark"


def test_tempo_and_loop_of_a_score_are_undone_while_it_plays(window, tmp_path):
    bar = window.window.score_bar
    window.opener.open([score(tmp_path / "tune.mid", *[57, 60, 64, 69] * 8)])
    until(lambda: window.engine.transport.score is not None and (window.engine.transport.score.position or 0) > 0.6)
    playing = window.engine.transport.score
    bar.tempo_slider.setSliderDown(True)
    for percent in (120, 160, 200):
        bar.tempo_slider.setValue(percent)
    bar.tempo_slider.setSliderDown(False)
    until(lambda: playing.tempo == 2)
    assert playing.position > 0.5
    QTest.mouseClick(bar.loop, Qt.MouseButton.LeftButton)
    assert playing.loop
    undo(window)
    assert (playing.loop, bar.loop.isChecked()) == (False, False)
    undo(window)
    until(lambda: playing.tempo == 1)
    assert bar.tempo_slider.value() == 100
    assert playing.position > 0.5
    assert not window.parameters.undo_stack.canUndo()
    redo(window)
    until(lambda: playing.tempo == 2)
    window.score.close()
    until(lambda: window.engine.transport.score is None)
    window.bridge.panic()


def test_switching_to_the_voice_is_undone(window):
    play(window, "violin")
    voice = window.window.views.voice
    window.window.views.show_view(VOICE)
    QTest.mouseClick(voice.sing, Qt.MouseButton.LeftButton)
    until(lambda: window.bridge.now.follows_voice)
    undo(window)
    until(lambda: not window.bridge.now.follows_voice)
    assert not voice.sing.isChecked()
    redo(window)
    until(lambda: window.bridge.now.follows_voice)
    assert voice.sing.isChecked()
    undo(window)
    until(lambda: not window.bridge.now.follows_voice)
    window.window.views.show_view(INSTRUMENT)


def test_a_choice_of_devices_is_undone_with_the_sound(window):
    window.devices.show()
    dialog = window.devices.dialog
    until(lambda: dialog.output_box.itemData(1) == ("jack", None))
    dialog.output_box.setFocus()
    QTest.keyClick(dialog.output_box, Qt.Key.Key_Down)
    assert window.preferences.device["backend"] == "jack"
    QTest.mouseClick(window.window.top_bar.undo, Qt.MouseButton.LeftButton)
    assert (dialog.output_box.currentIndex(), window.preferences.device["backend"]) == (0, None)
    dialog.accept()
    until(lambda: window.bridge.status.state == "playing")


def test_a_choice_of_pad_axes_is_undone_but_not_an_instruments_defaults(window):
    stage, axes = window.window.views, window.touch._axes
    assert not window.parameters.undo_stack.canUndo()
    first = axes.now
    stage.show_view(PAD)
    stage.x_axis.setFocus()
    QTest.keyClick(stage.x_axis, Qt.Key.Key_Down)
    chosen = axes.now
    assert chosen[0] != first[0]
    assert window.parameters.undo_stack.undoText() == "choice of the pad's axes"
    undo(window)
    assert axes.now == first
    assert stage.x_axis.currentData() == first[0]
    redo(window)
    assert axes.now == chosen
