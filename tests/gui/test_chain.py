"""What stands beside and behind an instrument: effects, rooms, a second instrument."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.effects.convolution_reverb import Room
from engine.effects.tilt_eq import Tone
from engine.preset import library
from session import patch, patch_file
from session.patch import LAYERED, OWN, ROOM, Chain, Effect, Second
from tests.gui.conftest import advance, play, quiet, until
from tests.gui.jack_probe import level, pitch

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar):
    """The window with the guitar in it, and nothing beside it."""
    yield guitar
    guitar.tuning.arrange("", Chain())
    until(lambda: guitar.player.now.chain == Chain())


def add(window, words):
    """Choose something from the menu of the chain, wherever in it."""
    menu = window.window.chain.menu()
    actions = [
        *menu.actions(),
        *(action for each in menu.actions() if each.menu() for action in each.menu().actions()),
    ]
    next(action for action in actions if action.text() == words).trigger()


def shown(window):
    """The names of the links, in order."""
    return [link.name for link in window.window.chain.links]


def steps(sound):
    return float(np.abs(np.diff(sound)).max())


def bright(sound):
    """dB above 2 kHz, against all of it."""
    power = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(sound.shape[1]))) ** 2
    edge = round(2000 * sound.shape[1] / 48_000)
    return 10 * np.log10(power[edge:].sum() / power.sum())


def test_an_effect_is_added_turned_switched_and_taken_away_while_a_note_rings_without_a_click(window, ear):
    window.player.press(45, 0.9)
    ear.listen(0.5, QTest.qWait)
    plain = ear.listen(0.2, QTest.qWait)
    add(window, "Tone")
    until(lambda: shown(window) == ["", "tone"])
    heard = [ear.listen(0.2, QTest.qWait)]
    window.tuning.turn("tone tilt", 12.0)
    heard.append(ear.listen(0.3, QTest.qWait))
    QTest.mouseClick(window.window.chain.power, LEFT)
    assert window.window.chain.buttons["tone"].text() == "○ Tone"
    heard.append(ear.listen(0.3, QTest.qWait))
    assert bright(heard[-1][:, 4800:]) < bright(heard[-2][:, 4800:]) - 8
    QTest.mouseClick(window.window.chain.remove, LEFT)
    until(lambda: shown(window) == [""])
    heard.append(ear.listen(0.2, QTest.qWait))
    assert level(heard[-1]) > -60
    for part in heard:
        assert steps(part) < 4 * 4 * steps(plain)  # 12 dB brighter
    window.player.release(45)


def test_effects_change_their_places_by_mouse_and_keys_and_all_of_it_is_taken_back(window):
    for words in ("Tone", "Chorus", "Compressor"):
        add(window, words)
    until(lambda: window.player.now.chain.kinds == ["room", "tone", "chorus", "compressor"])
    bar, row = window.window.chain, lambda: [plugin.name for plugin in window.player.now.row]
    QTest.mouseClick(bar.buttons["chorus"], LEFT)
    QTest.mouseClick(bar.before, LEFT)
    until(lambda: row() == ["resonance", "chorus", "tone", "compressor"])
    bar.buttons["compressor"].setFocus()
    QTest.keyClick(bar.buttons["compressor"], Qt.Key.Key_Space)
    QTest.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    until(lambda: row() == ["resonance", "chorus", "compressor", "tone"])
    QTest.keyClick(bar, Qt.Key.Key_Delete)
    until(lambda: row() == ["resonance", "chorus", "tone"])
    for _ in range(3):
        window.tuning.history.undo()
    until(lambda: row() == ["resonance", "tone", "chorus", "compressor"])
    window.tuning.history.redo()
    until(lambda: row() == ["resonance", "chorus", "tone", "compressor"])


def test_only_the_knobs_of_the_chosen_link_are_shown(window):
    add(window, "Compressor")
    until(lambda: window.tuning.link == "compressor" and "compressor" in shown(window))
    names = [knob.spec.words for knob in window.window.knobs.knobs.values() if knob.isVisible()]
    assert names == ["Threshold", "Ratio", "Attack", "Release", "Gain"]
    QTest.mouseClick(window.window.chain.buttons[""], LEFT)
    assert "Decay" in [knob.spec.words for knob in window.window.knobs.knobs.values() if knob.isVisible()]
    assert not window.window.chain.power.isVisible()


def test_a_room_is_taken_from_a_sound_file_and_from_another_instrument(window, ear, tmp_path):
    echo = np.zeros(24_000, np.float32)
    echo[12_000] = 1
    soundfile.write(tmp_path / "cave.wav", echo, 48_000)
    window.racking.add_room(str(tmp_path / "cave.wav"))
    until(lambda: shown(window) == ["", "room"])
    assert window.window.chain.buttons["room"].text() == "● Room: Cave"
    quiet(window)
    window.player.press(64, 0.9)
    window.player.release(64)
    heard = np.abs(ear.listen(0.6, QTest.qWait)).max(axis=0)
    first = int(np.flatnonzero(heard > 0.2 * heard.max())[0])
    assert heard[first + 12_000 : first + 13_000].max() > 0.3 * heard[first : first + 1000].max()
    add(window, "Violin")
    until(lambda: window.tuning.chain.effects == (Effect(ROOM, "violin"),))
    until(lambda: isinstance(window.deck.rig.row[-1], Room) and len(window.deck.rig.row) == 2)
    window.racking.add_room(str(tmp_path / "none.wav"))
    until(lambda: "none.wav" in window.window.notice.text)
    until(lambda: shown(window) == [""])


def test_an_instrument_brings_its_own_room_and_the_effects_stay(window):
    add(window, "Tone")
    until(lambda: "tone" in window.tuning.links)
    window.tuning.turn("tone tilt", 5.0)
    window.tuning.choose(library.find("violin"))
    until(lambda: window.player.now.path.stem == "violin")
    assert shown(window) == ["", "room", "tone"]
    assert window.tuning.value("tone tilt") == 5
    assert window.tuning.value("room level") == 0
    play(window, "guitar")


def test_a_second_instrument_plays_on_all_keys_or_on_its_part_of_them(window, ear):
    add(window, "Vibraphone")
    until(lambda: shown(window) == ["", "second"])
    zones = window.window.zones
    until(lambda: zones.isVisible() and window.player.now.chain.second is not None)
    window.player.press(69, 0.9)
    until(lambda: window.player.reading.voices == 2)
    window.player.release(69)
    quiet(window)
    zones.share.setCurrentIndex(2)
    zones.share.activated.emit(2)
    until(lambda: window.player.now.chain.second.split == 60)
    for key, voices in ((57, (1, 0)), (69, (0, 1))):
        window.player.press(key, 0.9)
        advance(window)
        lineup = window.player.now.lineup
        assert (lineup.instrument.voices, lineup.second.voices) == voices
        heard = ear.listen(0.4, QTest.qWait)
        assert pitch(heard[:, 4800:]) == pytest.approx(440 * 2 ** ((key - 69) / 12), rel=0.01)
        window.player.release(key)
        window.player.panic()
        quiet(window)
    assert "second decay" in [knob.name for knob in window.player.now.knobs]
    QTest.mouseClick(window.window.chain.remove, LEFT)
    until(lambda: shown(window) == [""])
    assert not zones.isVisible()


def test_a_second_instrument_leaves_without_a_click(window, ear):
    window.racking.stand_beside(library.find("vibraphone"))
    until(lambda: window.player.now.chain.second is not None)
    window.player.press(60, 0.9)
    ear.listen(0.5, QTest.qWait)
    steady = steps(ear.listen(0.2, QTest.qWait))
    window.tuning.arrange("", replace(window.tuning.chain, second=None))
    heard = ear.listen(0.4, QTest.qWait)
    until(lambda: shown(window) == [""])
    assert steps(heard) < 2 * steady
    assert level(ear.listen(0.1, QTest.qWait)) > -60
    window.player.release(60)


def test_the_chain_is_kept_with_a_setting_and_with_the_evening(window, tmp_path):
    window.racking.stand_beside(library.find("gong"))
    add(window, "Chorus")
    until(lambda: window.player.now.chain.kinds == ["room", "chorus"])
    window.tuning.turn("chorus mix", 0.8)
    remembered = window.evening.remembered()
    assert patch.from_plain(remembered.chain) == window.tuning.chain
    now = window.player.now
    patch_file.write(
        tmp_path / "wide.json", patch_file.Saved(now.digest, now.path, window.tuning.setting.values, now.chain)
    )
    window.tuning.arrange("", Chain())
    until(lambda: shown(window) == [""])
    window.tuning.choose(tmp_path / "wide.json")
    until(lambda: shown(window) == ["", "second", "chorus"])
    assert window.tuning.value("chorus mix") == pytest.approx(0.8)
    play(window, "guitar")


def test_a_chain_that_cannot_be_read_is_none():
    for plain in (None, [], {"effects": 3}, {"effects": [{"kind": "laser"}, 7]}, {"second": {"path": 1}}):
        assert patch.from_plain(plain) == Chain()
    for second in ({"path": "a", "split": 300}, {"path": "a", "channels": [0, 99]}, {"path": "a", "above": 1}):
        assert patch.from_plain({"second": second}).second is None
    full = Chain((Effect("tone"), Effect(ROOM, "violin"), Effect("chorus")), Second("gong", 60, True, (0, 2)))
    assert patch.from_plain(full.plain()) == full
    assert full.without(ROOM).with_effect(ROOM, OWN).effects[1] == Effect(ROOM)
    assert full.ordered(["chorus", "tone"]).kinds == ["chorus", ROOM, "tone"]
    assert Second("gong", LAYERED).keys == ((0, 127), (0, 127))
    assert Second("gong", 60, True).keys == ((0, 59), (60, 127))
    assert Tone().params[-1].name == "on"
