"""Whatever a player changes in the window can be taken back."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from gui.views.view_stack import PAD, PICTURE, VOICE
from tests.gui.conftest import play, until
from tests.gui.test_browser import act, entry
from tests.gui.test_recording import score

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def undo(window):
    """As the keys do it."""
    QTest.keyClick(window.window, Qt.Key.Key_Z, CONTROL)


def redo(window):
    """As the keys do it."""
    QTest.keyClick(window.window, Qt.Key.Key_Z, CONTROL | SHIFT)


def test_the_volume_goes_back_in_one_step_and_the_engine_with_it(window):
    slider, before = window.window.header._slider, window.memory.volume
    slider.setSliderDown(True)
    for tenths in (-200, -250, -300):
        slider.setValue(tenths)
    slider.setSliderDown(False)
    slider.setValue(-100)
    gain = window.deck.rig.volume.state
    until(lambda: gain["target"][0] == pytest.approx(10 ** (-10 / 20)))
    undo(window)
    until(lambda: gain["target"][0] == pytest.approx(10 ** (-30 / 20)))
    undo(window)
    until(lambda: gain["target"][0] == pytest.approx(10 ** (before / 20)))
    assert slider.value() == round(10 * before)
    assert not window.tuning.history.canUndo()
    redo(window)
    assert (slider.value(), window.memory.volume) == (-300, -30)


def test_tuning_and_channel_go_back_in_the_dialogue_as_well(window):
    window.plugging.show()
    dialogue = window.plugging.dialogue
    dialogue._a4.selectAll()
    QTest.keyClicks(dialogue._a4, "432")
    QTest.keyClick(dialogue._a4, Qt.Key.Key_Tab)
    dialogue._channel.setFocus()
    QTest.keyClick(dialogue._channel, Qt.Key.Key_Down)
    assert (window.memory.a4, window.memory.channel) == (432, 1)
    assert window.tuning.history.undoText() == "change of the MIDI channel"
    QTest.mouseClick(window.window.header.undo, Qt.MouseButton.LeftButton)
    assert (dialogue._channel.currentIndex(), window.player.hands.channel) == (0, 0)
    QTest.mouseClick(window.window.header.undo, Qt.MouseButton.LeftButton)
    assert (dialogue._a4.value(), window.memory.a4) == (440, 440)
    assert not window.tuning.history.canUndo()
    dialogue.accept()


def test_a_star_goes_and_comes_back(window):
    QTest.keyClick(window.window, Qt.Key.Key_D, CONTROL)
    assert window.house.favourites == {window.player.now.digest}
    undo(window)
    assert window.house.favourites == set()
    redo(window)
    assert window.house.favourites == {window.player.now.digest}


def test_copies_new_names_and_what_lies_in_the_bin_come_back_in_order(window):
    def names():
        return {path.stem for path in library.user_folder().glob("*.luthier")}

    before = names()
    act(window, "gong", "Duplicate")
    window.house.rename(entry(window, "gong 2"), "tam-tam")
    act(window, "tam-tam", "Move to the bin")
    until(lambda: all(each.name != "tam-tam" for each in window.house.entries))
    seen = []
    for _ in range(3):
        undo(window)
        seen.append(names() - before)
    assert seen == [{"tam-tam"}, {"gong 2"}, set()]
    redo(window)
    redo(window)
    assert entry(window, "tam-tam").kind == "resonance"


def test_a_setting_that_was_saved_goes_to_the_bin_and_what_plays_goes_on_as_before(window):
    window.tuning.turn("decay", 2.0)
    window.house.keep("long guitar", window.player.now, window.tuning.setting.values)
    mine = entry(window, "long guitar").path
    until(lambda: window.player.now.path == mine)
    undo(window)
    until(lambda: window.player.now.path == library.find("guitar"))
    assert not mine.exists()
    assert window.tuning.value("decay") == 2
    redo(window)
    until(lambda: window.player.now.path == mine and mine.exists())


def test_a_learned_controller_is_forgotten_and_remembered(window, ear):
    width = next(knob for knob in window.window.knobs.knobs.values() if knob.spec.name == "width")
    width.menu().actions()[0].trigger()
    ear.send(0xB0, 23, 0)
    until(lambda: "CC 23" in width.toolTip())
    undo(window)
    assert "CC 23" not in width.toolTip()
    until(lambda: ("resonance", "width") not in window.deck.rig.learned)
    redo(window)
    assert "CC 23" in width.toolTip()


def test_the_light_goes_back(window, app):
    ground = app.palette().window().color()
    QTest.keyClick(window.window, Qt.Key.Key_T, CONTROL)
    assert app.palette().window().color() != ground
    undo(window)
    assert app.palette().window().color() == ground
    assert window.memory.theme == "dark"


def test_tempo_and_repetition_of_a_score_go_back_while_it_plays_on(window, tmp_path):
    bar = window.window.transport
    window.doors.open([score(tmp_path / "tune.mid", *[57, 60, 64, 69] * 8)])
    until(lambda: window.deck.reels.score is not None and (window.deck.reels.score.position or 0) > 0.6)
    playing = window.deck.reels.score
    bar._speed.setSliderDown(True)
    for percent in (120, 160, 200):
        bar._speed.setValue(percent)
    bar._speed.setSliderDown(False)
    until(lambda: playing.tempo == 2)
    assert playing.position > 0.5
    QTest.mouseClick(bar.loop, Qt.MouseButton.LeftButton)
    assert playing.loop
    undo(window)
    assert (playing.loop, bar.loop.isChecked()) == (False, False)
    undo(window)
    until(lambda: playing.tempo == 1)
    assert bar._speed.value() == 100
    assert playing.position > 0.5
    assert not window.tuning.history.canUndo()
    redo(window)
    until(lambda: playing.tempo == 2)
    window.conducting._close()
    until(lambda: window.deck.reels.score is None)
    window.player.panic()


def test_singing_goes_back_to_playing(window):
    play(window, "violin")
    voice = window.window.stage.voice
    window.window.stage.show_view(VOICE)
    QTest.mouseClick(voice.sing, Qt.MouseButton.LeftButton)
    until(lambda: window.player.now.sung)
    undo(window)
    until(lambda: not window.player.now.sung)
    assert not voice.sing.isChecked()
    redo(window)
    until(lambda: window.player.now.sung)
    assert voice.sing.isChecked()
    undo(window)
    until(lambda: not window.player.now.sung)
    window.window.stage.show_view(PICTURE)


def test_a_choice_of_devices_goes_back_and_the_sound_with_it(window):
    window.plugging.show()
    dialogue = window.plugging.dialogue
    until(lambda: dialogue._output.itemData(1) == ("jack", None))
    dialogue._output.setFocus()
    QTest.keyClick(dialogue._output, Qt.Key.Key_Down)
    assert window.memory.device["backend"] == "jack"
    QTest.mouseClick(window.window.header.undo, Qt.MouseButton.LeftButton)
    assert (dialogue._output.currentIndex(), window.memory.device["backend"]) == (0, None)
    dialogue.accept()
    until(lambda: window.player.reading.state == "playing")


def test_the_axes_of_the_pad_go_back_but_not_those_that_an_instrument_begins_with(window):
    stage, axes = window.window.stage, window.touching._axes
    assert not window.tuning.history.canUndo()
    first = axes.now
    stage.show_view(PAD)
    stage._across.setFocus()
    QTest.keyClick(stage._across, Qt.Key.Key_Down)
    chosen = axes.now
    assert chosen[0] != first[0]
    assert window.tuning.history.undoText() == "choice of the pad's axes"
    undo(window)
    assert axes.now == first
    assert stage._across.currentData() == first[0]
    redo(window)
    assert axes.now == chosen
