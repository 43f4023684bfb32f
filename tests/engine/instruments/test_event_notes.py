"""The instrument of events through the real callback, against its decoder and a studio-quality resampler."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import soxr

from engine.events import Kind
from engine.host import Host
from engine.instrument_chain import make_chain
from engine.instruments.events import key_map, sound_bank
from engine.instruments.events.decoder import EventDecoder
from engine.instruments.events.instrument import Events
from engine.instruments.events.state import LAYERS, VELOCITY_EXPONENT
from engine.preset.preset_file import read, write
from engine.standard_chain import StandardChain
from tests.support.events_preset import LEARNED, preset
from tests.support.host_callback import render


def playing(*, rate=LEARNED, notes=True, what=None, seed=0):
    """A host that plays the small instrument, and the instrument."""
    what = what or preset(params={"play": 1.0 if notes else 0.0})
    instrument, host = Events(what, seed), Host(rate)
    host.play([instrument])
    return host, instrument


def strike(host, key=45, velocity=LAYERS[1], frame=-1):
    host.send(Kind.NOTE_ON, key, velocity, note=key, frame=frame)


def level(x):
    """Mean square in dB."""
    return 10 * np.log10((np.asarray(x, np.float64) ** 2).mean() + 1e-30)


def shape(x):
    """Scaled to unit energy."""
    return x / np.linalg.norm(x)


def decoded(what, key, velocity=LAYERS[1]):
    """A learned key rendered by the decoder, at unit energy."""
    return shape(
        EventDecoder(what).render(np.array([key]), np.array([(velocity / LAYERS[1]) ** VELOCITY_EXPONENT]))[0]
    )


@pytest.mark.parametrize("velocity", LAYERS)
def test_an_event_without_a_pitch_is_that_of_the_decoder(velocity):
    what = preset(params={"play": 0.0})
    host, _ = playing(what=what)
    most_used = 12 + int(what.tensors["use"][12:].argmax())
    strike(host, key_map.FIRST_UNPITCHED_KEY, velocity)
    heard = render(host, 8192)
    np.testing.assert_array_equal(heard[0], heard[1])
    assert np.linalg.norm(shape(heard[0]) - decoded(what, most_used, velocity)) < 1e-3


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize(("key", "learned", "ratio"), [(45, 0, 1.0), (51, 2, 1.0), (46, 0, 2 ** (1 / 12))])
def test_a_note_is_the_event_nearest_in_pitch_moved_to_its_key(rate, key, learned, ratio):
    host, _ = playing(rate=rate)
    strike(host, key)
    heard = render(host, rate // 3)[0]
    expected = soxr.resample(decoded(preset(), learned).astype(np.float64), LEARNED * ratio, rate, "VHQ")
    count = min(len(heard), len(expected))
    below = [np.fft.rfft(shape(x[:count]) * np.hanning(count))[: int(6000 * count / rate)] for x in (heard, expected)]
    assert np.linalg.norm(below[0] - below[1]) < 0.01 * np.linalg.norm(below[1])


def test_it_is_as_loud_at_every_rate_and_its_strikes_are_alike_but_not_the_same():
    def strikes(rate):
        host, _ = playing(rate=rate, what=preset(params={"variation": 1.0}))
        for i in range(64):
            strike(host, 50, frame=i * rate // 4)
            host.send(Kind.CHOKE, frame=i * rate // 4 + rate // 5)
        return render(host, 16 * rate)[0].reshape(64, -1)

    heard = {rate: strikes(rate) for rate in (44_100, 48_000, 96_000)}
    means = [level(sounds) for sounds in heard.values()]
    assert max(means) - min(means) < 0.1
    assert np.std([level(sound) for sound in heard[48_000]]) < 1
    assert len({sound.tobytes() for sound in heard[48_000]}) == 64


def test_the_end_of_an_event_frees_its_voice_and_a_choke_makes_no_click():
    host, instrument = playing(rate=48_000)
    strike(host)
    strike(host, 60)
    assert instrument.voices == 0
    before = render(host, 4800)[0]
    assert instrument.voices == 2
    host.send(Kind.CHOKE)
    after = render(host, 4800)[0]
    assert np.abs(np.diff(after)).max() < 1.5 * np.abs(np.diff(before)).max()
    assert not after[-1000:].any()
    strike(host)
    render(host, 48_000)
    assert instrument.voices == 0


def test_velocity_sets_the_loudness_and_the_seed_the_variation():
    def play(velocity, seed=0, variation=1.0):
        host, _ = playing(rate=48_000, what=preset(params={"variation": variation}), seed=seed)
        strike(host, velocity=velocity)
        return render(host, 9600)[0]

    loudness = [level(play(velocity, variation=0.0)) for velocity in (0.1, 0.4, 0.55, 0.7, 1.0)]
    assert all(one + 1 < other for one, other in pairwise(loudness))
    np.testing.assert_array_equal(play(0.7), play(0.7))
    assert np.abs(play(0.7) - play(0.7, seed=1)).max() > 1e-4


def test_keys_play_events_near_in_pitch_and_often_used():
    pitch = np.array([0.0, 220.0, 224.0, 880.0, 0.0, 300.0])
    board = key_map.map_keys(pitch, np.array([1.0, 0.01, 1.0, 0.5, 2.0, 0.0]))
    assert board.notes[57] == 2
    assert board.notes[81] == 3
    assert board.ratio[57] == pytest.approx(220 / 224)
    assert set(board.sounds) == {0, 4}
    assert board.sounds[key_map.FIRST_UNPITCHED_KEY] == 4
    none = key_map.map_keys(np.zeros(3), np.zeros(3))
    assert set(none.notes) == {0, 1, 2}
    assert (none.ratio == 1).all()


def test_beyond_the_memory_limit_the_nearest_rendered_key_plays(monkeypatch):
    whole = playing()[1]
    monkeypatch.setattr(sound_bank, "MAX_BYTES", 12 * 2 * 8192)
    host, instrument = playing()
    assert len(instrument._arrays["bank"]) == 12 < len(whole._arrays["bank"])
    assert instrument._arrays["notes_slot"].min() >= 0
    assert instrument._arrays["notes_slot"].max() < 12
    for key in range(0, 128, 9):
        strike(host, key)
    assert np.isfinite(render(host, 9600)).all()


def test_midi_plays_it_in_its_room_from_a_file(tmp_path):
    write(tmp_path / "small.luthier", replace(preset(), digest=""))
    row = make_chain(read(tmp_path / "small.luthier"))
    assert [plugin.name for plugin in row] == ["events", "room"]
    host = StandardChain(48_000)
    host.play(row)
    host.midi(0x90, 57, 90)
    assert level(render(host, 4800)) > -70
