"""Notes of the DDSP instrument: attack, release, pedals, choke and panic."""

import numpy as np
import pytest

from engine.events import Kind
from engine.midi.midi_score import make_score
from engine.render import render as rendered
from engine.standard_chain import StandardChain
from tests.engine.instruments.resonance_player import cents_from, level
from tests.support.ddsp_instrument import PLAIN, note_off, note_on, playing, send_voice
from tests.support.host_callback import render


@pytest.mark.parametrize("key", [48, 60, 76, 96])
@pytest.mark.parametrize("velocity", [0.2, 1.0])
def test_without_an_attack_a_note_sounds_within_15_ms(key, velocity):
    host, _ = playing(attack=0.0, sustain=0.0)
    note_on(host, key, velocity)
    heard = render(host, 48_000)[0]
    assert abs(level(heard[720:1680]) - level(heard[24_000:])) < 6


def test_velocity_sets_the_loudness():
    def play(velocity):
        host, instrument = playing(attack=0.0, sustain=0.0)
        note_on(host, velocity=velocity)
        render(host, 480)
        return float(instrument.state["voices"][0, 0]["loudness"])

    assert play(0.8) == pytest.approx(-35.0)
    assert play(1.0) - play(0.2) == pytest.approx(24.0, abs=0.1)


@pytest.mark.parametrize(("damping", "fall"), [(1.0, 60.0), (0.5, 30.0), (0.0, 0.0)])
def test_a_released_note_decays_at_the_rate_of_its_release(damping, fall):
    def after(released):
        host, instrument = playing(release=0.5, **PLAIN)
        instrument.state["deviation"] = 0.01  # so that the feature is constant, and the rest is gain
        note_on(host)
        if released:
            note_off(host, damping=damping, frame=4800)
        return level(render(host, 48_000)[0, 28_800 - 960 : 28_800])

    assert after(False) - after(True) == pytest.approx(fall, abs=2.0)


def test_a_pedal_holds_released_notes():
    host, _ = playing()
    note_on(host)
    note_off(host, damping=0.0, frame=4800)
    heard = render(host, 96_000)[0]
    assert level(heard[90_000:]) > level(heard[24_000:30_000]) - 1


def test_a_choke_ends_everything_within_fifty_milliseconds_without_a_click():
    host, instrument = playing()
    note_on(host)
    send_voice(host, 330.0)
    host.send(Kind.CHOKE, frame=9600)
    heard = render(host, 14_400)[0]
    assert not heard[9600 + 2400 :].any()
    assert np.abs(np.diff(heard[9500:])).max() < 1.2 * np.abs(np.diff(heard[6000:9500])).max()
    assert instrument.voices == 0


def test_a_note_choked_before_its_start_is_silent():
    host, _ = playing()
    note_on(host, frame=64)
    host.send(Kind.CHOKE, frame=64)
    assert not render(host, 1024).any()
    note_on(host)
    assert render(host, 1024).any()


def test_expression_changes_the_loudness_and_volume_0_is_silence():
    host, _ = playing(attack=0.0)
    note_on(host)
    render(host, 9600)
    loud = level(render(host, 9600)[0])
    host.send(Kind.VOLUME, value=0.01)
    render(host, 9600)
    soft = level(render(host, 9600)[0])
    host.send(Kind.VOLUME, value=0.0)
    render(host, 9600)
    assert soft < loud - 8
    assert not render(host, 9600).any()
    host.send(Kind.VOLUME, value=1.0)
    render(host, 9600)
    assert abs(level(render(host, 9600)[0]) - loud) < 1


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_score_is_played_in_tune_and_without_clicks(rate):
    keys, apart = (57, 64, 60, 72, 67), 0.5
    notes = [(i * apart, (0x90, key, 100)) for i, key in enumerate(keys)]
    notes += [((i + 0.6) * apart, (0x80, key, 0)) for i, key in enumerate(keys)]
    host, instrument = StandardChain(rate), playing(rate, release=0.1, **PLAIN)[1]
    instrument.state["deviation"] = 0.01  # an untrained decoder may be louder at a lower feature
    host.play([instrument])
    heard = rendered(host, make_score(sorted(notes)), seconds=apart * len(keys))[0]
    parts = np.array_split(heard, len(keys))
    for part, key in zip(parts, keys, strict=True):
        assert abs(cents_from(part[rate // 20 :], rate // 2, 440 * 2 ** ((key - 69) / 12) / 2)) < 10
    steps = [np.abs(np.diff(part)) for part in np.split(heard, np.arange(1, len(keys)) * rate // 2 - 8)]
    for step in steps:
        assert step.max() < 1.2 * step[rate // 10 : rate // 4].max()


def test_panic_silences_the_keys_and_the_tracked_voice():
    host = StandardChain(48_000)
    host.play(playing()[1:])
    for channel in (0, 3):
        host.midi(0x90 | channel, 60 + channel, 100)
    send_voice(host, 330.0)
    assert level(render(host, 9600)[0]) > -60
    host.panic()
    render(host, 4800)
    assert not render(host, 9600).any()
