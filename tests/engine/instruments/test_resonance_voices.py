"""How a resonance's notes go on and end: release, pedal, bend, as learned, stealing, chokes."""

import numpy as np
import pytest

from engine.events import Kind
from tests.playing import render

from .struck import cents_from, level, playing, ringing, strike


@pytest.mark.parametrize(("damping", "fall"), [(1.0, 60.0), (0.5, 30.0), (0.0, 0.0)])
def test_a_note_let_go_falls_as_its_release_says(damping, fall):
    def after(let_go):
        host, instrument = playing(rate=48_000)
        host.set(instrument, "release", 0.5)
        strike(host)
        if let_go:
            host.send(Kind.NOTE_OFF, 57, damping, note=57, frame=4800)
        return level(render(host, 48_000)[0, 4800 + 24_000 - 500 : 4800 + 24_000 + 500])

    assert after(False) - after(True) == pytest.approx(fall, abs=1.0)


def test_a_pedal_pressed_again_holds_what_still_sounds():
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.NOTE_OFF, 57, 1.0, note=57, frame=4800)
    host.send(Kind.NOTE_OFF, 57, 0.0, note=57, frame=7200)
    heard = render(host, 48_000)[0]
    fall = level(heard[12_000:13_000]) - level(heard[24_000:25_000])
    held = level(ringing(48_000, rate=48_000)[12_000:13_000]) - level(ringing(48_000, rate=48_000)[24_000:25_000])
    assert fall == pytest.approx(held, abs=0.5)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("semitones", [0.0, 2.0, -1.37])
def test_a_bend_moves_the_pitch(rate, semitones):
    host, _ = playing(rate=rate)
    strike(host)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, rate)[0, rate // 4 :]
    assert abs(cents_from(heard, rate, 220 * 2 ** (semitones / 12))) < 1


def test_the_wheel_sways_the_pitch():
    host, instrument = playing(rate=48_000)
    host.set(instrument, "vibrato", 100)
    host.set(instrument, "speed", 2)
    host.send(Kind.MODULATION, value=1.0)
    strike(host)
    heard = render(host, 48_000)[0]
    crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    early, late = (
        np.diff(crossings[crossings < 10_000]),
        np.diff(crossings[(crossings > 14_000) & (crossings < 22_000)]),
    )
    assert np.median(early) < 48_000 / 224 < 48_000 / 216 < np.median(late)


def test_as_learned_a_control_goes_through_the_router():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 0.5, frame=100)
    host.send(Kind.CONTROL, 1, 0.4, frame=100)
    host.send(Kind.CONTROL, 1, 2.0, frame=700)
    expected = np.zeros(4096)
    expected[100:] += 0.3 * ringing(3996)
    expected[700:] -= ringing(3396)
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


def test_as_learned_a_key_excites_what_it_was_mapped_to():
    host, _ = playing(control=True)
    strike(host, 60, 0.8)
    np.testing.assert_allclose(render(host, 4096)[0], 0.8 * 0.25 * ringing(4096), atol=2e-6)


def test_a_choke_ends_everything_within_fifty_milliseconds_without_a_click():
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.CHOKE, frame=4800)
    heard = render(host, 9600)[0]
    assert not heard[4800 + 2400 :].any()
    assert np.abs(np.diff(heard[4700:])).max() < 1.2 * np.abs(np.diff(heard[4000:4700])).max()


def test_what_was_choked_as_learned_sounds_again():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    host.send(Kind.CHOKE, frame=100)
    render(host, 8192)
    host.send(Kind.CONTROL, 0, 1.0, frame=8192)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)


def test_the_sixty_fifth_note_takes_the_oldest_without_a_click():
    host, instrument = playing(rate=48_000)
    for i in range(70):
        strike(host, 30 + i, frame=100 * i)
    heard = render(host, 12_000)[0]
    voices = instrument.state["voices"][0]
    held = voices["key"][voices["stage"] == 1].tolist()
    assert sorted(held) == list(range(36, 100))
    assert np.isfinite(heard).all()


def test_a_repeated_note_replaces_itself():
    host, instrument = playing(rate=48_000)
    for i in range(10):
        strike(host, 57, frame=4800 * i)
    render(host, 48_000 + 4800)
    assert (instrument.state["voices"]["stage"][0] == 1).sum() == 1


def test_a_silent_note_gives_its_voice_back():
    host, instrument = playing(rate=48_000)
    strike(host)
    host.send(Kind.NOTE_OFF, 57, 1.0, note=57)
    render(host, 48_000)
    assert not instrument.state["voices"]["stage"].any()


def test_a_broken_voice_is_cleared():
    host, instrument = playing(rate=48_000)
    strike(host)
    render(host, 128)
    instrument._arrays["banks"][:, 0, 0] = np.nan
    render(host, 128)
    strike(host)
    assert np.isfinite(render(host, 4096)).all()


def test_changing_how_keys_play_ends_what_sounds_and_goes_on():
    host, instrument = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    render(host, 512)
    host.set(instrument, "play", 1)
    render(host, 4096)
    strike(host, 57, frame=host.frame)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)
    host.set(instrument, "play", 0)
    render(host, 4096)
    host.send(Kind.CONTROL, 0, 1.0, frame=host.frame)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)
