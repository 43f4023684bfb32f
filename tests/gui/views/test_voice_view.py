"""Voice input: a synthetic voice at the microphone, and the violin that follows it."""

import jack
import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.controllers import voice as singing
from gui.views.pitch_trace import PitchTrace
from gui.views.view_stack import INSTRUMENT, VOICE
from tests.gui.conftest import play, quiet, until
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton
RATE = 48_000


def song(frequency, seconds, loudness=-20.0):
    """A steady voice (T,): harmonics that fall as 1/k; loudness: dB, root mean square."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = np.sum([np.sin(2 * np.pi * k * frequency * time) / k for k in range(1, 13)], axis=0)
    wave *= np.minimum(1, np.minimum(time, seconds - time) / 0.03)
    return (10 ** (loudness / 20) * wave / np.sqrt((wave**2).mean())).astype(np.float32)


@pytest.fixture
def window(guitar):
    """The window with the voice view."""
    guitar.window.views.show_view(VOICE)
    yield guitar
    if guitar.engine.follows_voice:
        guitar.voice.set_follows_voice(False)
        until(lambda: not guitar.bridge.now.follows_voice)
    guitar.window.views.show_view(INSTRUMENT)


@pytest.fixture
def singer(window):
    """The window with a violin that follows the voice."""
    play(window, "violin")
    QTest.mouseClick(window.window.views.voice.sing, LEFT)
    until(lambda: window.bridge.now.follows_voice)
    until(lambda: "tracker" in window.window.views.voice.latency_label.text())
    return window


def test_an_instrument_that_follows_no_voice_says_so_and_offers_one_that_does(window):
    view = window.window.views.voice
    assert not view.sing.isEnabled()
    assert "does not follow a voice" in view.message_label.text()
    QTest.mouseClick(view.find_instrument, LEFT)
    until(lambda: window.bridge.now.header["kind"] == "ddsp")
    assert view.sing.isEnabled()
    assert not view.find_instrument.isVisible()
    assert "headphones" in view.message_label.text()


def test_the_pitch_of_the_voice_is_shown_and_the_violin_follows_it(singer, ear):
    view, name = singer.window.views.voice, singer.bridge.status.name
    assert "○" in view.voiced_label.text()
    ear.sing(name, song(330, 11))
    until(lambda: "●" in view.voiced_label.text())
    assert view.note_label.text() == "E4"
    ear.listen(0.3, QTest.qWait)
    until(lambda: view.gauge.level == pytest.approx(-20, abs=3))
    assert pitch(ear.listen(0.5, QTest.qWait)) == pytest.approx(330, rel=0.01)
    assert np.nanmedian([answer for _, _, answer in view.trace.points]) == pytest.approx(64.02, abs=0.2)
    singer.parameters.set_value("voice transpose", 12.0)
    ear.listen(0.3, QTest.qWait)
    assert pitch(ear.listen(0.5, QTest.qWait)) == pytest.approx(660, rel=0.01)
    ear.sing(name, np.zeros(0, np.float32))
    until(lambda: "○" in view.voiced_label.text())
    quiet(singer)
    assert level(ear.listen(0.2, QTest.qWait)) < -60


@pytest.mark.verify
def test_ten_seconds_of_singing_set_range_and_transposition(singer, ear, monkeypatch):
    monkeypatch.setattr("gui.controllers.voice.MEASURE_SECONDS", 4.0)
    view, name = singer.window.views.voice, singer.bridge.status.name
    QTest.mouseClick(view.measure, LEFT)
    shown = [view.measure.text()]  # before any frame is counted
    ear.sing(name, np.tile(np.concatenate([song(110, 0.6), song(165, 0.6), np.zeros(RATE // 4, np.float32)]), 5))
    until(lambda: shown.append(view.measure.text()) or "From" in view.message_label.text())
    counted = [words for words in dict.fromkeys(shown) if "to go" in words]
    assert counted == sorted(counted, reverse=True)
    assert counted[0] == "4 s to go"
    assert len(counted) >= 2  # a busy window may skip one
    assert set(counted) <= {f"{left} s to go" for left in (4, 3, 2, 1)}
    assert shown[-1] == "Find my range"
    assert singer.parameters.value("voice low") == pytest.approx(110 * 2 ** (-4 / 12), rel=0.03)
    assert singer.parameters.value("voice high") == pytest.approx(165 * 2 ** (4 / 12), rel=0.03)
    assert singer.parameters.value("voice transpose") == 24
    assert (
        -75 < singer.parameters.value("voice gate") < -50
    )  # the pauses are silent: no noise tells where it should be
    ear.sing(name, np.zeros(0, np.float32))
    until(lambda: "○" in view.voiced_label.text())
    QTest.mouseClick(view.measure, LEFT)
    until(lambda: "Too little" in view.message_label.text())


def test_the_microphone_is_closed_when_the_voice_is_off(singer, server):
    microphone = f"{singer.bridge.status.name}:in_1"
    client = server.client("looker")

    def has_microphone():
        try:
            return bool(client.get_ports(microphone))
        except jack.JackError:  # it goes while it is asked for
            return None

    try:
        until(has_microphone)
        QTest.mouseClick(singer.window.views.voice.sing, LEFT)
        until(lambda: not singer.bridge.now.follows_voice)
        until(lambda: has_microphone() is False)
    finally:
        client.close()


def test_the_gate_is_between_room_noise_and_the_softest_tone():
    noise, soft, loud = ([(pitch, level)] * 20 for pitch, level in ((0, -70), (200, -50), (200, -20)))
    assert singing._gate(np.array([*noise, *soft, *loud])) == -62
    assert singing._gate(np.array([*soft, *loud])) == -80
    assert singing._gate(np.array([*loud, *[(0, -18)] * 9])) == -23  # a room that is louder than the voice


def test_the_line_of_the_voice_ends_where_the_voice_ends_and_where_nothing_was_shown(app):
    trace = PitchTrace()
    for now, voice in (
        (0.0, 220.0),
        (0.1, 220.0),
        (0.2, 0.0),
        (0.3, 220.0),
        (0.4, 220.0),
        (2.0, 220.0),
        (2.1, 220.0),
    ):
        trace.add(now, voice, 0.0)
    assert [line.count() for line in trace._lines(1)] == [2, 2, 2]
    assert trace._lines(2) == []


def test_the_lamp_says_that_a_chord_is_not_one_voice_and_that_the_next_tone_is(singer, ear):
    view, name = singer.window.views.voice, singer.bridge.status.name
    ear.sing(name, song(233, 6, -26) + song(330, 6, -26))
    until(lambda: "◐" in view.voiced_label.text())
    ear.sing(name, song(330, 10))
    until(lambda: "●" in view.voiced_label.text())
