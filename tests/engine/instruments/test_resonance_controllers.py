"""Controllers and parameters of a resonance instrument."""

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments.resonance.instrument import Resonance
from tests.engine.instruments.resonance_player import cents_from, level, playing, preset, ringing, strike
from tests.support.host_callback import render


def test_a_note_held_at_no_volume_swells_when_the_volume_comes():
    host, _ = playing(rate=48_000)
    host.send(Kind.VOLUME, value=0)
    strike(host)
    host.send(Kind.VOLUME, value=1, frame=14_400)
    quiet, loud = np.split(render(host, 28_800)[0], 2)
    assert not quiet[4800:].any()
    expected = ringing(28_800, rate=48_000)[14_400:]
    np.testing.assert_allclose(loud[4800:], expected[4800:], atol=1e-4)


def test_pressure_leaves_the_modulation_as_it_is():
    host, instrument = playing()
    host.send(Kind.MODULATION, value=1.0)
    host.send(Kind.PRESSURE, value=0.0)
    render(host, 64)
    assert instrument.state["modulation"][0, 0] == 1


def test_the_wheel_still_deforms_after_a_change_of_rate():
    host, instrument = playing(variants=2)
    host.send(Kind.MODULATION, value=1.0)
    render(host, 4096)
    before = instrument.state["weights"][0, :, 0].copy()
    host.prepare(48_000)
    render(host, 4096)
    np.testing.assert_allclose(instrument.state["weights"][0, :, 0], before, atol=1e-5)


def test_as_learned_a_choke_at_rest_blocks_nothing():
    host, instrument = playing(control=True)
    host.send(Kind.CHOKE)
    render(host, 4096)
    host.set_param(instrument, "decay", 0.5)
    render(host, 16_384)
    host.send(Kind.CONTROL, 0, 1.0, frame=host.frame)
    assert level(render(host, 4096)[0, 2048:]) < level(ringing(4096)[2048:]) - 3


def test_as_learned_a_strike_right_after_a_choke_sounds():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    host.send(Kind.CHOKE, frame=1000)
    host.send(Kind.CONTROL, 0, 1.0, frame=1100)
    np.testing.assert_allclose(render(host, 4096)[0, 1100:], ringing(2996), atol=2e-6)


def test_as_learned_a_changed_level_makes_no_step():
    host, instrument = playing(control=True, rate=48_000)
    host.send(Kind.CONTROL, 0, 1.0)
    host.set_param(instrument, "level", -24, frame=4800)
    heard = render(host, 9600)[0]
    assert np.abs(np.diff(heard[4700:])).max() <= np.abs(np.diff(heard[4000:4700])).max()


def test_a_changed_decay_applies_to_a_held_note():
    host, instrument = playing(rate=48_000)
    strike(host)
    host.set_param(instrument, "decay", 0.2, frame=4800)
    assert level(render(host, 24_000)[0, 20_000:]) < level(ringing(24_000, rate=48_000)[20_000:]) - 10


def test_a_note_off_without_a_note_lets_go_of_its_channel():
    host, instrument = playing(rate=48_000)
    for key in (50, 57, 60):
        strike(host, key)
    host.send(Kind.NOTE_OFF, value=1.0)
    render(host, 128)
    stages = instrument.state["voices"]["stage"][0]
    assert (stages[stages > 0] == 2).all()


def test_a_bend_can_belong_to_one_note():
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.BEND, value=3.0, note=12)
    host.send(Kind.BEND, value=1.0, note=57)
    heard = render(host, 48_000)[0, 12_000:]
    assert abs(cents_from(heard, 48_000, 220 * 2 ** (1 / 12))) < 1


def test_pressure_on_one_note_adds_vibrato_to_that_note_only():
    host, instrument = playing(rate=48_000)
    host.set_param(instrument, "vibrato", 100)
    strike(host, 57)
    strike(host, 60)
    host.send(Kind.PRESSURE, value=1.0, note=60)
    render(host, 2400)
    voices = instrument.state["voices"][0]
    assert voices["ratio"][voices["note"] == 57] == 1
    assert abs(voices["ratio"][voices["note"] == 60] - 1) > 0.001


@pytest.mark.parametrize("rate", [8000, 48_000, 192_000])
def test_a_choke_takes_as_long_at_every_rate(rate):
    host, _ = playing(rate=rate)
    strike(host)
    host.send(Kind.CHOKE, frame=rate // 10)
    heard = np.abs(render(host, rate // 2)[0])
    last = np.flatnonzero(heard > 1e-6)[-1] / rate - 0.1
    assert last < 0.05


def test_the_level_is_the_same_whatever_tilts_the_spectrum():
    def play(brightness):
        host, instrument = playing(rate=48_000)
        host.set_param(instrument, "brightness", brightness)
        strike(host, frame=1)
        return level(render(host, 12_000))

    assert abs(play(6) - play(0)) < 2
    assert abs(play(-6) - play(0)) < 2


def test_noise_never_reads_past_its_table():
    what = preset(hiss=0.5, attack=60_000)
    host = Host(22_050)
    host.play([Resonance(what, seed=3)])
    for i in range(8):
        strike(host, 57, frame=i * 6000)
    assert np.abs(render(host, 120_000)).max() < 6
