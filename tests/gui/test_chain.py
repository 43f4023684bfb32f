"""The chain: effects, rooms and a second instrument."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.effects.convolution_reverb import ConvolutionReverb
from engine.effects.tilt_eq import TiltEq
from engine.preset import library
from session import patch, patch_file
from session.patch import NO_SPLIT, OWN_ROOM, ROOM, Chain, Effect, Layer
from tests.gui.conftest import advance, play, quiet, until
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar):
    """The window with the guitar and an empty chain."""
    yield guitar
    guitar.parameters.set_chain("", Chain())
    until(lambda: guitar.bridge.now.chain == Chain())


def add(window, words):
    """Trigger an action of the chain bar's menu or a submenu."""
    menu = window.window.chain_bar.menu()
    actions = [
        *menu.actions(),
        *(action for each in menu.actions() if each.menu() for action in each.menu().actions()),
    ]
    next(action for action in actions if action.text() == words).trigger()


def shown(window):
    """Names of the slots, in order."""
    return [link.name for link in window.window.chain_bar.slots]


def steps(sound):
    return float(np.abs(np.diff(sound)).max())


def bright(sound):
    """Level above 2 kHz in dB, relative to the whole."""
    power = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(sound.shape[1]))) ** 2
    edge = round(2000 * sound.shape[1] / 48_000)
    return 10 * np.log10(power[edge:].sum() / power.sum())


def test_an_effect_is_added_set_switched_and_removed_while_a_note_sounds_without_a_click(window, ear):
    window.bridge.note_on(45, 0.9)
    ear.listen(0.5, QTest.qWait)
    plain = ear.listen(0.2, QTest.qWait)
    add(window, "Tone")
    until(lambda: shown(window) == ["", "tone"] and "tone" in window.bridge.now.chain.kinds)
    heard = [ear.listen(0.2, QTest.qWait)]
    window.parameters.set_value("tone tilt", 12.0)
    heard.append(ear.listen(0.3, QTest.qWait))
    QTest.mouseClick(window.window.chain_bar.power, LEFT)
    assert window.window.chain_bar.buttons["tone"].text() == "○ Tone"
    heard.append(ear.listen(0.3, QTest.qWait))
    assert bright(heard[-1][:, 4800:]) < bright(heard[-2][:, 4800:]) - 8
    QTest.mouseClick(window.window.chain_bar.remove, LEFT)
    until(lambda: shown(window) == [""])
    heard.append(ear.listen(0.2, QTest.qWait))
    assert level(heard[-1]) > -60
    for part in heard:
        assert steps(part) < 4 * 4 * steps(plain)  # 12 dB brighter
    window.bridge.note_off(45)


def test_effects_are_reordered_by_mouse_and_keys_and_all_of_it_is_undone(window):
    for words in ("Tone", "Chorus", "Compressor"):
        add(window, words)
    until(lambda: window.bridge.now.chain.kinds == ["room", "tone", "chorus", "compressor"])
    bar, row = window.window.chain_bar, lambda: [plugin.name for plugin in window.bridge.now.rack.plugins]
    QTest.mouseClick(bar.buttons["chorus"], LEFT)
    QTest.mouseClick(bar.earlier, LEFT)
    until(lambda: row() == ["resonance", "chorus", "tone", "compressor"])
    bar.buttons["compressor"].setFocus()
    QTest.keyClick(bar.buttons["compressor"], Qt.Key.Key_Space)
    QTest.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    until(lambda: row() == ["resonance", "chorus", "compressor", "tone"])
    QTest.keyClick(bar, Qt.Key.Key_Delete)
    until(lambda: row() == ["resonance", "chorus", "tone"])
    for _ in range(3):
        window.parameters.undo_stack.undo()
    until(lambda: row() == ["resonance", "tone", "chorus", "compressor"])
    window.parameters.undo_stack.redo()
    until(lambda: row() == ["resonance", "chorus", "tone", "compressor"])


def test_only_the_knobs_of_the_selected_slot_are_shown(window):
    add(window, "Compressor")
    until(lambda: window.parameters.slot == "compressor" and "compressor" in shown(window))
    names = [knob.spec.label for knob in window.window.knobs.knobs.values() if knob.isVisible()]
    assert names == ["Threshold", "Ratio", "Attack", "Release", "Gain"]
    QTest.mouseClick(window.window.chain_bar.buttons[""], LEFT)
    assert "Decay" in [knob.spec.label for knob in window.window.knobs.knobs.values() if knob.isVisible()]
    assert not window.window.chain_bar.power.isVisible()


def test_a_room_is_loaded_from_a_sound_file_and_from_another_instrument(window, ear, tmp_path):
    echo = np.zeros(24_000, np.float32)
    echo[12_000] = 1
    soundfile.write(tmp_path / "cave.wav", echo, 48_000)
    window.chain.add_room(str(tmp_path / "cave.wav"))
    until(lambda: shown(window) == ["", "room"])
    assert window.window.chain_bar.buttons["room"].text() == "● Room: Cave"
    quiet(window)
    window.bridge.note_on(64, 0.9)
    window.bridge.note_off(64)
    heard = np.abs(ear.listen(0.6, QTest.qWait)).max(axis=0)
    first = int(np.flatnonzero(heard > 0.2 * heard.max())[0])
    assert heard[first + 12_000 : first + 13_000].max() > 0.3 * heard[first : first + 1000].max()
    add(window, "Violin")
    until(lambda: window.parameters.chain.effects == (Effect(ROOM, "violin"),))
    until(lambda: isinstance(window.engine.host.chain[-1], ConvolutionReverb) and len(window.engine.host.chain) == 2)
    window.chain.add_room(str(tmp_path / "none.wav"))
    until(lambda: "none.wav" in window.window.notice.text)
    until(lambda: shown(window) == [""])


def test_another_instrument_has_its_own_room_and_keeps_the_effects(window):
    add(window, "Tone")
    until(lambda: "tone" in window.parameters.slots)
    window.parameters.set_value("tone tilt", 5.0)
    window.parameters.choose(library.find("violin"))
    until(lambda: window.bridge.now.path.stem == "violin")
    assert shown(window) == ["", "room", "tone"]
    assert window.parameters.value("tone tilt") == 5
    assert window.parameters.value("room level") == 0
    play(window, "guitar")


def test_a_second_instrument_plays_on_all_keys_or_on_its_side_of_the_split(window, ear):
    add(window, "Vibraphone")
    until(lambda: shown(window) == ["", "second"])
    split_bar = window.window.split_bar
    until(lambda: split_bar.isVisible() and window.bridge.now.chain.layer is not None)
    window.bridge.note_on(69, 0.9)
    until(lambda: window.bridge.status.voices == 2)
    window.bridge.note_off(69)
    quiet(window)
    split_bar.key_range.setCurrentIndex(2)
    split_bar.key_range.activated.emit(2)
    until(lambda: window.bridge.now.chain.layer.split == 60)
    for key, voices in ((57, (1, 0)), (69, (0, 1))):
        window.bridge.note_on(key, 0.9)
        advance(window)
        lineup = window.bridge.now.rack
        assert (lineup.instrument.voices, lineup.layer.voices) == voices
        heard = ear.listen(0.4, QTest.qWait)
        assert pitch(heard[:, 4800:]) == pytest.approx(440 * 2 ** ((key - 69) / 12), rel=0.01)
        window.bridge.note_off(key)
        window.bridge.panic()
        quiet(window)
    assert "second decay" in [knob.name for knob in window.bridge.now.parameters]
    QTest.mouseClick(window.window.chain_bar.remove, LEFT)
    until(lambda: shown(window) == [""])
    assert not split_bar.isVisible()


def test_a_second_instrument_is_removed_without_a_click(window, ear):
    window.chain.add_layer(library.find("vibraphone"))
    until(lambda: window.bridge.now.chain.layer is not None)
    window.bridge.note_on(60, 0.9)
    ear.listen(0.5, QTest.qWait)
    steady = steps(ear.listen(0.2, QTest.qWait))
    began = ear.recorded
    window.parameters.set_chain("", replace(window.parameters.chain, layer=None))
    until(lambda: shown(window) == [""] and window.bridge.now.chain.layer is None)
    ear.listen(0.3, QTest.qWait)
    heard = ear.since(began)
    assert steps(heard) < 2 * steady
    assert level(ear.listen(0.1, QTest.qWait)) > -60
    window.bridge.note_off(60)


def test_new_leaves_the_instrument_alone_and_is_undone(window):
    bar = window.window.chain_bar
    assert not bar.new.isEnabled()
    window.chain.add_layer(library.find("gong"))
    add(window, "Chorus")
    until(lambda: shown(window) == ["", "second", "chorus"] and window.bridge.now.chain.kinds == ["room", "chorus"])
    QTest.mouseClick(bar.new, LEFT)
    until(lambda: shown(window) == [""] and window.bridge.now.chain == Chain())
    assert not bar.new.isEnabled()
    window.parameters.undo_stack.undo()
    until(lambda: shown(window) == ["", "second", "chorus"])


def test_a_full_chain_fits_into_a_small_window_and_a_smaller_one_scrolls(window):
    size, area = window.window.size(), window.window.centralWidget()
    chain = Chain((Effect("tone"), Effect("chorus"), Effect("compressor"), Effect("room", "violin")))
    window.parameters.set_chain("", replace(chain, layer=Layer(str(library.find("gong")), 60, True)))
    until(lambda: len(shown(window)) == 6)
    window.parameters.show_slot("compressor")  # which has more buttons beside the chain
    bars = (area.horizontalScrollBar(), area.verticalScrollBar())
    window.window.notice.hide()
    window.window.resize(1024, 640)
    until(lambda: window.window.width() == 1024 and [bar.maximum() for bar in bars] == [0, 0])
    window.parameters.show_slot("second")
    until(lambda: window.window.split_bar.isVisible() and [bar.maximum() for bar in bars] == [0, 0])
    window.window.resize(600, 400)
    until(lambda: all(bar.maximum() > 0 for bar in bars))
    window.window.resize(size)
    until(lambda: [bar.maximum() for bar in bars] == [0, 0])


def test_another_instrument_says_what_stays_beside_it_and_drops_it_by_one_click(window):
    notice = window.window.notice
    window.chain.add_layer(library.find("gong"))
    add(window, "Chorus")
    until(lambda: shown(window) == ["", "second", "chorus"])
    window.parameters.choose(library.find("vibraphone"))
    assert notice.text == "The second instrument and what follows it stay: Gong; Chorus"
    until(lambda: window.bridge.now.path.stem == "vibraphone")
    assert shown(window) == ["", "second", "chorus"]
    assert [button.text() for button in notice.buttons] == ["Drop them"]
    QTest.mouseClick(notice.buttons[0], LEFT)
    until(lambda: shown(window) == [""] and window.bridge.now.chain == Chain())
    assert notice.text == ""
    window.chain.add_layer(library.find("gong"))
    until(lambda: shown(window) == ["", "second"])
    window.parameters.choose(library.find("guitar"), alone=True)
    until(lambda: window.bridge.now.path.stem == "guitar")
    assert window.bridge.now.chain == Chain()
    assert notice.text == ""


def test_the_chain_is_saved_with_a_patch_and_with_the_session(window, tmp_path):
    window.chain.add_layer(library.find("gong"))
    add(window, "Chorus")
    until(lambda: window.bridge.now.chain.kinds == ["room", "chorus"])
    window.parameters.set_value("chorus mix", 0.8)
    remembered = window.session_restore.current()
    assert patch.chain_from_json(remembered.chain) == window.parameters.chain
    now = window.bridge.now
    patch_file.write(
        tmp_path / "wide.json",
        patch_file.SavedPatch(now.digest, now.path, window.parameters.patch.values, now.chain),
    )
    window.parameters.set_chain("", Chain())
    until(lambda: shown(window) == [""])
    window.parameters.choose(tmp_path / "wide.json")
    until(lambda: shown(window) == ["", "second", "chorus"])
    assert window.parameters.value("chorus mix") == pytest.approx(0.8)
    play(window, "guitar")


def test_several_effects_of_a_kind_have_knobs_values_and_controllers_of_their_own(window):
    for _ in range(2):
        add(window, "Delay")
    until(lambda: shown(window) == ["", "delay", "delay2"] and window.parameters.slot == "delay2")
    bar, parameters, learned = window.window.chain_bar, window.parameters, window.midi_learn.learned
    assert [bar.buttons[name].text() for name in ("delay", "delay2")] == ["● Delay", "● Delay 2"]
    knobs = {knob.spec.name: knob for knob in window.window.knobs.knobs.values() if knob.isVisible()}
    assert [knob.spec.label for knob in knobs.values()][:3] == ["Time", "Tempo", "Note"]
    assert knobs["delay2 note"].spec.full_name == "delay 2 note"
    assert knobs["delay2 note"].value_text == "1/4"
    window.midi_learn.learn(parameters._model.index("delay2 feedback"))
    window.bridge.controller_moved.emit(21)
    assert window.midi_learn.learned == {**learned, ("delay2", "feedback"): 21}
    parameters.set_value("delay2 mix", 0.75)
    parameters.set_value("delay mix", 0.5)
    QTest.mouseClick(bar.buttons["delay"], LEFT)
    QTest.mouseClick(bar.remove, LEFT)
    until(lambda: shown(window) == ["", "delay2"] and "delay mix" not in parameters)
    assert parameters.value("delay2 mix") == pytest.approx(0.75)
    remembered = patch.chain_from_json(window.session_restore.current().chain)
    assert remembered.slots == ["room", "delay2"]
    add(window, "Delay")
    until(lambda: shown(window) == ["", "delay2", "delay"])
    parameters.undo_stack.undo()
    parameters.undo_stack.undo()
    until(lambda: shown(window) == ["", "delay", "delay2"] and not parameters.is_loading)
    assert parameters.value("delay mix") == pytest.approx(0.5)
    assert parameters.value("delay2 mix") == pytest.approx(0.75)
    window.midi_learn.set_learned(learned)


def test_one_more_room_follows_the_first(window):
    assert "One more room" not in [action.text() for action in window.window.chain_bar.menu().actions()]
    add(window, "Violin")
    until(lambda: shown(window) == ["", "room"])
    menus = {action.text(): action.menu() for action in window.window.chain_bar.menu().actions()}
    next(action for action in menus["One more room"].actions() if action.text() == "Flute").trigger()
    until(lambda: shown(window) == ["", "room", "room2"])
    assert window.window.chain_bar.buttons["room2"].text() == "● Room 2: Flute"
    assert window.parameters.chain.effects == (Effect(ROOM, "violin"), Effect(ROOM, "flute", 2))
    window.parameters.set_value("room2 level", -6.0)
    QTest.mouseClick(window.window.chain_bar.remove, LEFT)
    until(lambda: shown(window) == ["", "room"])


def test_an_unreadable_chain_is_an_empty_one():
    for plain in (None, [], {"effects": 3}, {"effects": [{"kind": "laser"}, 7]}, {"second": {"path": 1}}):
        assert patch.chain_from_json(plain) == Chain()
    for second in ({"path": "a", "split": 300}, {"path": "a", "channels": [0, 99]}, {"path": "a", "above": 1}):
        assert patch.chain_from_json({"second": second}).layer is None
    full = Chain((Effect("tone"), Effect(ROOM, "violin"), Effect("chorus")), Layer("gong", 60, True, (0, 2)))
    assert patch.chain_from_json(full.plain()) == full
    assert full.without(ROOM).with_effect(ROOM, OWN_ROOM).effects[1] == Effect(ROOM)
    assert full.ordered(["chorus", "tone"]).kinds == ["chorus", ROOM, "tone"]
    assert Layer("gong", NO_SPLIT).keys == ((0, 127), (0, 127))
    assert Layer("gong", 60, True).keys == ((0, 59), (60, 127))
    assert TiltEq().params[-1].name == "on"
