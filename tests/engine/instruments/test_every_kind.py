"""Behaviour that instruments of all kinds have in common, through the real callback."""

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments.ddsp.instrument import Ddsp
from engine.instruments.events.instrument import Events
from engine.instruments.resonance.instrument import Resonance
from engine.instruments.shared.voice_allocation import FREE, HELD, MAX_NOTES
from engine.instruments.ssm.instrument import StateSpace
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset
from engine.standard_chain import StandardChain
from tests.engine.instruments import resonance_player
from tests.engine.instruments.resonance_player import level
from tests.support import events_preset, ssm_preset
from tests.support.host_callback import render

RATE, KEY = 48_000, 45
PLAY, LEARNED = {"play": 1.0, "variation": 1.0}, {"play": 0.0, "variation": 1.0}
RINGING = {
    "resonance": lambda seed=0: Resonance(
        resonance_player.preset(hiss=0.05, envelope=0.02, knock=np.full(50, 0.01)), seed
    ),
    "ssm": lambda seed=0: StateSpace(ssm_preset.preset(params=PLAY), seed),
    "events": lambda seed=0: Events(events_preset.preset(params=PLAY), seed),
}
NOTES_OF = {**RINGING, "ddsp": lambda seed=0: Ddsp(Preset(*random_preset(harmonics=12, seed=3)), seed)}
ALL = {
    **NOTES_OF,
    "resonance, variants": lambda seed=0: Resonance(resonance_player.preset(variants=2), seed),
    "resonance, as learned": lambda seed=0: Resonance(resonance_player.preset(control=True), seed),
    "ssm, as learned": lambda seed=0: StateSpace(ssm_preset.preset(params=LEARNED), seed),
    "events, without pitch": lambda seed=0: Events(events_preset.preset(params=LEARNED), seed),
}
every_kind = pytest.mark.parametrize("kind", ALL)
with_notes = pytest.mark.parametrize("kind", NOTES_OF)
ringing = pytest.mark.parametrize("kind", RINGING)
at_once = pytest.mark.parametrize("kind", [*NOTES_OF, "resonance, as learned", "events, without pitch"])
lasting = pytest.mark.parametrize("kind", [kind for kind in ALL if kind != "events, without pitch"])
varied = pytest.mark.parametrize("kind", [*RINGING, "ssm, as learned", "events, without pitch"])


def playing(kind, seed=0):
    """A host that plays an instrument of a kind, and the instrument."""
    instrument, host = ALL[kind](seed), Host(RATE)
    host.play([instrument])
    return host, instrument


def strike(host, key=KEY, velocity=0.8, frame=-1):
    host.send(Kind.NOTE_ON, key, velocity, note=key, frame=frame)


def release(host, key=KEY, damping=1.0, frame=-1):
    host.send(Kind.NOTE_OFF, key, damping, note=key, frame=frame)


def held(instrument):
    """Keys of the notes that are held, in their order."""
    voices = instrument.state["voices"][0]
    return sorted(voices["key"][(voices["stage"] == HELD) & (voices["note"] >= 0)].tolist())


@every_kind
@pytest.mark.parametrize("sizes", [pytest.param(1, marks=pytest.mark.verify), 7, 64, [3, 500, 64, 1, 128, 77]])
def test_the_block_size_is_not_heard(kind, sizes):
    def whole(block):
        host, instrument = playing(kind)
        for i in range(20):
            strike(host, 40 + 2 * i, 0.3 + 0.03 * i, frame=311 * i)
            host.send(Kind.BEND, value=np.sin(i), frame=311 * i + 97)
            release(host, 40 + 2 * i, frame=400 * i + 3000)
        host.send(Kind.MODULATION, value=0.7, frame=2000)
        host.send(Kind.PRESSURE, value=0.5, frame=2100)
        host.send(Kind.VOLUME, value=0.5, frame=4100)
        for i, param in enumerate(instrument.params[1:]):  # every parameter but `play` changes
            host.set_param(instrument, param.name, (param.default + param.high) / 2, frame=2500 + 31 * i)
        host.send(Kind.CHOKE, frame=9000)
        strike(host, frame=9100)
        return render(host, 12_000, block)

    np.testing.assert_allclose(whole(sizes), whole(4096), atol=1e-6)


@at_once
@pytest.mark.parametrize("frame", [0, 1, 63, 64, 100, 777])
def test_a_note_begins_on_its_frame(kind, frame):
    host, _ = playing(kind)
    strike(host, frame=frame)
    heard = render(host, 1024)[0]
    assert not heard[:frame].any()
    assert np.abs(heard[frame : frame + 60]).max() > 1e-4


@ringing
@pytest.mark.parametrize(("damping", "fall"), [(1.0, 30.0), (0.5, 15.0), (0.0, 0.0)])
def test_a_released_note_decays_in_its_release_time(kind, damping, fall):
    def after(released):
        host, instrument = playing(kind)
        host.set_param(instrument, "release", 0.5)
        strike(host)
        if released:
            release(host, damping=damping, frame=2400)
        return level(render(host, 15_000)[0, 2400 + 12_000 - 300 : 2400 + 12_000 + 300])

    assert after(False) - after(True) == pytest.approx(fall, abs=1.5)


@ringing
def test_a_pedal_pressed_again_holds_what_still_sounds(kind):
    def falls(*dampings):
        host, instrument = playing(kind)
        host.set_param(instrument, "release", 0.3)
        strike(host)
        for i, damping in enumerate(dampings):
            release(host, damping=damping, frame=2400 * (i + 1))
        heard = render(host, 15_000)[0]
        return level(heard[6000:7000]) - level(heard[13_000:14_000])

    assert falls(1.0, 0.0) == pytest.approx(falls(), abs=0.5)
    assert falls(1.0) > falls() + 20


@ringing
def test_harder_is_louder_and_a_channel_without_volume_is_silent(kind):
    def play(velocity, volume=1.0):
        host, _ = playing(kind)
        host.send(Kind.VOLUME, value=volume)
        render(host, 9600)
        strike(host, velocity=velocity)
        return level(render(host, 9600))

    assert play(0.2) + 3 < play(0.6) < play(1.0) - 1
    assert play(0.6, 0.0) < -120


@varied
def test_strikes_of_one_key_are_alike_but_never_the_same(kind):
    def strikes(seed):
        host, _ = playing(kind, seed)
        for i in range(32):
            strike(host, frame=i * 9600)
            host.send(Kind.CHOKE, frame=i * 9600 + 6000)
        return render(host, 32 * 9600)[0].reshape(32, 9600)

    heard = strikes(0)
    assert np.std([level(sound) for sound in heard]) < 1
    assert len({sound.tobytes() for sound in heard}) == 32
    np.testing.assert_array_equal(strikes(0), heard)
    assert np.abs(strikes(1) - heard).max() > 1e-4


@lasting
def test_a_choke_ends_everything_within_fifty_milliseconds_without_a_click(kind):
    host, instrument = playing(kind)
    strike(host)
    host.send(Kind.CHOKE, frame=2400)
    heard = render(host, 7200)[0]
    assert np.abs(np.diff(heard[2300:])).max() < 1.5 * np.abs(np.diff(heard[1200:2300])).max()
    assert not heard[2400 + 2400 :].any()
    assert instrument.voices == 0
    strike(host)
    assert level(render(host, 4800)) > -70


@with_notes
def test_the_sixty_fifth_note_steals_the_oldest(kind):
    host, instrument = playing(kind)
    for i in range(MAX_NOTES + 6):
        strike(host, 30 + i, frame=100 * i)
    heard = render(host, 8000)
    assert held(instrument) == list(range(36, 36 + MAX_NOTES))
    assert np.isfinite(heard).all()


@with_notes
def test_a_repeated_note_replaces_itself(kind):
    host, instrument = playing(kind)
    for i in range(10):
        strike(host, frame=2400 * i)
    render(host, 24_000)
    assert held(instrument) == [KEY]


@with_notes
def test_a_released_note_frees_its_voice(kind):
    host, instrument = playing(kind)
    strike(host)
    release(host, frame=2400)
    heard = render(host, 96_000)
    assert not heard[:, -4800:].any()
    assert (instrument.state["voices"]["stage"] == FREE).all()


@every_kind
@pytest.mark.parametrize(
    ("event", "key", "value"),
    [
        (Kind.BEND, 0, 1e30), (Kind.BEND, 0, np.nan), (Kind.VOLUME, 0, np.inf), (Kind.PAN, 0, np.nan),
        (Kind.MODULATION, 0, -1e30), (Kind.PRESSURE, 0, np.nan), (Kind.NOTE_ON, 57, np.nan), (Kind.NOTE_ON, 57, 1e30),
        (Kind.NOTE_OFF, 57, np.nan), (Kind.PARAM, 2, np.nan), (Kind.PARAM, 4, 0.0), (Kind.PARAM, 3, -1e30),
        (Kind.PARAM, 900, 1.0), (Kind.PARAM, -1, 1.0), (Kind.DEFORM, 99, 1.0), (Kind.CONTROL, -5, 1.0),
        (Kind.CONTROL, 0, np.nan), (Kind.NOTE_ON, 1 << 20, 0.5), (Kind.NOTE_ON, -7, 0.5), (Kind.PITCH, 0, np.nan),
        (Kind.PITCH, 1, 1e30), (Kind.LOUDNESS, 0, np.nan), (99, 0, 1.0),
    ],
)  # fmt: skip
def test_no_event_from_elsewhere_breaks_it(kind, event, key, value):
    host, instrument = playing(kind)
    strike(host)
    render(host, 100)
    host.events.push(int(event), key, float(value), note=57)  # unchecked, as a plugin written in C may do
    host.events.push(int(event), key, float(value), note=-1)
    assert np.isfinite(render(host, 4096)).all()
    host.send(Kind.CHOKE)
    render(host, 4096)
    for back, value_then in ((Kind.BEND, 0), (Kind.PAN, 0), (Kind.PRESSURE, 0), (Kind.VOLUME, 1)):
        host.send(back, value=value_then)
    for param in instrument.params:
        host.set_param(instrument, param.name, param.default)
    render(host, 4096)
    strike(host)
    assert level(render(host, 4096)) > -70


@with_notes
def test_midi_plays_it_and_another_instrument_takes_over_without_a_click(kind):
    host = StandardChain(RATE)
    host.play([ALL[kind]()])
    host.midi(0x90, KEY, 90)
    before = render(host, 4800)[0]
    host.play([ALL[kind]()])
    after = render(host, 4800)[0]
    assert level(before) > -70
    assert np.abs(np.diff(np.concatenate([before[-1:], after]))).max() < 1.2 * np.abs(np.diff(before)).max()
    assert not after[-1000:].any()
