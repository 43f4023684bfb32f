"""The notes of a state-space instrument: how keys and controllers play it, and how it ends."""

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments.ssm import StateSpace
from engine.rig import Rig
from tests.engine.instruments.statespace import playing, preset, strike
from tests.engine.instruments.struck import level
from tests.playing import render


@pytest.mark.parametrize(("damping", "fall"), [(1.0, 60.0), (0.5, 30.0), (0.0, 0.0)])
def test_a_note_let_go_falls_as_its_release_says(damping, fall):
    def after(let_go):
        host, instrument = playing(rate=48_000)
        host.set(instrument, "release", 0.5)
        strike(host)
        if let_go:
            host.send(Kind.NOTE_OFF, 57, damping, note=57, frame=4800)
        return level(render(host, 48_000)[0, 4800 + 24_000 - 500 : 4800 + 24_000 + 500])

    assert after(False) - after(True) == pytest.approx(fall, abs=1.5)


def test_a_pedal_pressed_again_holds_what_still_sounds():
    def falls(again):
        host, _ = playing(rate=48_000)
        strike(host)
        host.send(Kind.NOTE_OFF, 57, 1.0, note=57, frame=4800)
        if again:
            host.send(Kind.NOTE_OFF, 57, 0.0, note=57, frame=7200)
        heard = render(host, 48_000)[0]
        return level(heard[12_000:13_000]) - level(heard[24_000:25_000])

    host, _ = playing(rate=48_000)
    strike(host)
    held = render(host, 48_000)[0]
    assert falls(True) == pytest.approx(level(held[12_000:13_000]) - level(held[24_000:25_000]), abs=0.5)
    assert falls(False) > falls(True) + 40


@pytest.mark.parametrize("semitones", [0.0, 2.0, -1.37])
def test_a_bend_moves_the_pitch(semitones):
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, 48_000)[0, 12_000:]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 1 << 20))
    low, high = int(150 / 48_000 * 2**20), int(300 / 48_000 * 2**20)
    found = (low + spectrum[low:high].argmax()) * 48_000 / 2**20
    assert abs(1200 * np.log2(found / (220 * 2 ** (semitones / 12)))) < 5


def test_harder_is_louder():
    def play(velocity):
        host, _ = playing(rate=48_000)
        strike(host, velocity=velocity)
        return level(render(host, 9600))

    assert play(0.2) + 6 < play(0.7) < play(1.0)


@pytest.mark.parametrize("learned", [False, True])
def test_strikes_of_one_key_are_alike_but_never_the_same(learned):
    what = preset(params={"play": 1.0 - learned, "variation": 1.0})

    def strikes(seed):
        host = Host(48_000)
        host.play([StateSpace(what, seed)])
        for i in range(32):
            strike(host, frame=i * 9600)
            host.send(Kind.CHOKE, frame=i * 9600 + 6000)
        return render(host, 32 * 9600)[0].reshape(32, 9600)

    heard = strikes(0)
    assert np.std([level(x) for x in heard]) < 1
    assert len({x.tobytes() for x in heard}) == 32
    np.testing.assert_array_equal(strikes(0), heard)
    assert np.abs(strikes(1) - heard).max() > 0.001


def test_damping_makes_it_die_sooner():
    def play(damping):
        host, instrument = playing(rate=48_000)
        host.set(instrument, "damping", damping)
        strike(host)
        return level(render(host, 48_000)[0, 12_000:14_000])

    assert play(0.0) - play(10.0) == pytest.approx(
        20 * np.log10(np.e) * 10 * 13_000 / 48_000, abs=4
    )  # tanh takes less of what is softer


@pytest.mark.parametrize("learned", [False, True])
def test_a_choke_ends_everything_within_fifty_milliseconds_without_a_click(learned):
    host, _ = playing(rate=48_000, learned=learned)
    strike(host)
    host.send(Kind.CHOKE, frame=4800)
    heard = render(host, 9600)[0]
    assert not heard[4800 + 2400 :].any()
    assert np.abs(np.diff(heard[4700:])).max() < 1.3 * np.abs(np.diff(heard[4000:4700])).max()
    strike(host, frame=9600)
    assert level(render(host, 4800)) > -60


def test_the_sixty_fifth_note_takes_the_oldest():
    host, instrument = playing(rate=48_000)
    for i in range(70):
        strike(host, 30 + i, frame=100 * i)
    heard = render(host, 12_000)[0]
    voices = instrument.state["voices"][0]
    assert sorted(voices["key"][voices["stage"] == 1].tolist()) == list(range(36, 100))
    assert np.isfinite(heard).all()


@pytest.mark.parametrize("learned", [False, True])
def test_a_broken_state_is_cleared(learned):
    host, instrument = playing(rate=48_000, learned=learned)
    strike(host)
    render(host, 128)
    instrument._arrays["h"][:] = np.nan
    render(host, 1024)
    strike(host)
    assert np.isfinite(render(host, 4096)).all()
    strike(host)
    assert level(render(host, 4096)) > -60


def test_changing_how_keys_play_ends_what_sounds_and_goes_on():
    host, instrument = playing(rate=48_000, learned=True)
    strike(host)
    render(host, 512)
    host.set(instrument, "play", 1)
    assert not render(host, 8192)[0, -4096:].any()
    strike(host)
    assert level(render(host, 2048)) > -60
    host.set(instrument, "play", 0)
    render(host, 8192)
    host.send(Kind.CONTROL, 0, 1.0)
    assert level(render(host, 2048)) > -60


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (Kind.BEND, 0, 1e30), (Kind.BEND, 0, np.nan), (Kind.VOLUME, 0, np.inf), (Kind.PAN, 0, np.nan),
        (Kind.MODULATION, 0, -1e30), (Kind.PRESSURE, 0, np.nan), (Kind.NOTE_ON, 57, np.nan), (Kind.NOTE_ON, 57, 1e30),
        (Kind.NOTE_OFF, 57, np.nan), (Kind.PARAM, 3, np.nan), (Kind.PARAM, 4, 0.0), (Kind.PARAM, 900, 1.0),
        (Kind.DEFORM, 99, 1.0), (Kind.CONTROL, -5, 1.0), (Kind.CONTROL, 0, np.nan), (Kind.NOTE_ON, 1 << 20, 0.5),
    ],
)  # fmt: skip
def test_no_event_from_elsewhere_breaks_it(kind, key, value, learned):
    host, _ = playing(rate=48_000, learned=learned)
    strike(host)
    render(host, 100)
    host.events.push(int(kind), key, float(value), note=57)  # past the door, as a plugin written in C may do
    host.events.push(int(kind), key, float(value), note=-1)
    assert np.isfinite(render(host, 4096)).all()
    host.send(Kind.CHOKE)
    render(host, 4096)
    for again in (Kind.BEND, Kind.PAN):
        host.send(again, value=0)
    host.send(Kind.VOLUME, value=1)
    strike(host)
    assert level(render(host, 4096)) > -60


def test_midi_plays_it_and_another_instrument_takes_over_without_a_click():
    rig = Rig(48_000)
    rig.play([StateSpace(preset(params={"play": 1.0}))])
    rig.midi(0x90, 57, 90)
    before = render(rig, 4800)[0]
    rig.play([StateSpace(preset(params={"play": 1.0}))])
    after = render(rig, 4800)[0]
    assert level(before) > -60
    assert np.abs(np.diff(after)).max() < 1.2 * np.abs(np.diff(before)).max()
    assert not after[-1000:].any()
