"""Pitch of the DDSP instrument: bends, vibrato and legato."""

import numpy as np
import pytest

from engine.events import Kind
from engine.instruments.shared.voice_allocation import HELD
from tests.engine.instruments.resonance_player import cents_from
from tests.support.ddsp_instrument import PLAIN, note_off, note_on, playing
from tests.support.host_callback import render


@pytest.mark.parametrize("semitones", [2.0, -1.37])
def test_a_bend_moves_the_pitch(semitones):
    host, _ = playing(**PLAIN)
    note_on(host, 57)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, 48_000)[0, 12_000:]
    assert abs(cents_from(heard, 48_000, 220 * 2 ** (semitones / 12))) < 1


def test_the_modulation_wheel_adds_vibrato():
    host, instrument = playing(vibrato=100, speed=2, **PLAIN)
    host.send(Kind.MODULATION, value=1.0)
    note_on(host, 57)
    pitches = []
    for _ in range(200):
        render(host, 240)
        pitches.append(float(instrument.state["voices"][0, 0]["pitch_to"]) * 48_000)
    cents = 1200 * np.log2(np.array(pitches) / 220)
    assert cents.max() == pytest.approx(100, abs=3)
    assert cents.min() == pytest.approx(-100, abs=3)
    assert (np.diff(np.sign(cents)) != 0).sum() in (3, 4, 5)


def test_sway_adds_vibrato_to_a_held_note_that_stays_in_tune():
    host, instrument = playing(sway=40, speed=5, **PLAIN)
    note_on(host, 57)
    cents = []
    for _ in range(100):
        render(host, 480)
        cents.append(1200 * np.log2(float(instrument.state["voices"][0, 0]["pitch_to"]) * 48_000 / 220))
    assert np.abs(cents[:20]).max() < 1e-3
    assert 35 < np.max(cents) < 41
    assert abs(np.mean(cents)) < 3


def test_legato_glides_from_key_to_key_in_tune_and_without_clicks():
    host, instrument = playing(legato=1, portamento=0.05, **PLAIN)
    keys = (57, 64, 60, 72)
    for i, key in enumerate(keys):
        note_on(host, key, frame=24_000 * i)
        if i:
            note_off(host, keys[i - 1], frame=24_000 * i + 500)
    heard = render(host, 24_000 * len(keys))[0]
    for i, key in enumerate(keys):
        assert abs(cents_from(heard[24_000 * i + 8000 :], 32_000 * 3 // 2, 440 * 2 ** ((key - 69) / 12))) < 10
    steps = np.abs(np.diff(heard))
    for i in range(1, len(keys)):
        around = steps[24_000 * i - 480 : 24_000 * i + 4800].max()
        steady = max(steps[24_000 * i - 6000 : 24_000 * i - 480].max(), steps[24_000 * i + 12_000 :][:6000].max())
        assert around < 1.2 * steady
    assert (instrument.state["voices"]["stage"] == HELD).sum() == 1


def test_legato_continues_a_note_held_by_a_pedal():
    host, instrument = playing(legato=1)
    note_on(host, 60)
    render(host, 4800)
    host.send(Kind.NOTE_OFF, 60, 0.0, note=60)
    note_on(host, 64)
    render(host, 4800)
    assert instrument.voices == 1


def test_legato_returns_to_a_key_that_is_still_held():
    host, instrument = playing(legato=1)
    note_on(host, 57)
    note_on(host, 64, frame=4800)
    note_off(host, 64, frame=9600)
    render(host, 24_000)
    voices = instrument.state["voices"][0]
    assert voices["key"][voices["stage"] == HELD].tolist() == [57]
    note_off(host, 57)
    render(host, 96_000)
    assert instrument.voices == 0
