"""A decoded instrument, heard through the real callback and held against what its decoder says."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from engine.dsp.decoder import ROOM, decode, prepare
from engine.dsp.panels import padded
from engine.events import Kind
from engine.host import Host
from engine.instruments.ddsp import Ddsp
from engine.instruments.ddsp.settled import LEVELS, keyboard, settled
from engine.instruments.voices import FREE, HELD
from engine.kinds.ddsp import drawn
from engine.preset import Preset
from engine.probe import deviation
from engine.render import render as rendered
from engine.rig import Rig
from engine.sources.score import score
from tests.engine.dsp.test_decoder import Twin
from tests.engine.instruments.struck import cents_from, level
from tests.playing import render

PLAIN = {"attack": 0.0, "sustain": 0.0, "noise": -60.0, "width": 0.0}  # nothing but the harmonics, at once


def playing(rate=48_000, seed=0, harmonics=12, half=False, **params):
    """A host that plays a random decoder, and its instrument."""
    header, tensors = drawn(harmonics=harmonics, seed=3, half=half)
    instrument, host = Ddsp(Preset({**header, "params": params}, tensors), seed), Host(rate)
    host.play([instrument])
    return host, instrument


def press(host, key=69, velocity=0.8, frame=-1, channel=0):
    host.send(Kind.NOTE_ON, key, velocity, note=channel << 7 | key, channel=channel, frame=frame)


def let_go(host, key=69, damping=1.0, frame=-1, channel=0):
    host.send(Kind.NOTE_OFF, key, damping, note=channel << 7 | key, channel=channel, frame=frame)


def sing(host, hertz, decibels=-35.0, frame=-1, onset=False):
    host.send(Kind.LOUDNESS, value=decibels, frame=frame)
    host.send(Kind.PITCH, int(onset), hertz, frame=frame)


def said(preset, key, count):
    """What the decoder says of a key at the nominal loudness, frame by frame, once long held: (F, heads)."""
    network = prepare(preset.tensors, False)
    states = settled(network, preset.header)[key - keyboard(preset.header["pitch"])[0]]
    state = states[LEVELS.tolist().index(0.5)][None, None].copy()
    heads, work = np.zeros((count, 1, 1, padded(network.heads)), np.float32), np.zeros((ROOM, *state.shape[1:]), "f4")
    told = np.array([[key / 127], [0.5]], np.float32)
    for frame in heads:
        decode(network.panels, network.vectors, network.units, told, state, work, frame)
    return heads[:, 0, 0].astype(float)


def harmonics_of(preset, key, rate, frames):
    """The closed form of a note on frame 0: amplitudes in straight lines between the moments that frames speak of."""
    hop, count = rate // 100, len(preset.tensors["harmonics_bias"])
    moments = np.concatenate([[0], hop * np.arange(1, frames // hop + 2)])
    heads = said(preset, key, len(moments) - 1)
    heads = np.concatenate([heads[:1], heads])
    shares, number = heads[:, 1 : 1 + count], np.arange(1, count + 1)
    frequency = 440 * 2 ** ((key - 69) / 12)
    shares = shares * (number * frequency < 8000)
    amplitude = heads[:, :1] * shares / shares.sum(1, keepdims=True)
    time = np.arange(frames)
    curves = np.stack([np.interp(time, moments, curve) for curve in amplitude.T], 1)
    sound = (curves * np.sin(2 * np.pi * frequency * number * time[:, None] / rate)).sum(1)
    return sound * np.minimum((time + 1) / (rate // 500), 1)


@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("key", [60, 88])
def test_a_note_is_what_the_decoder_says(rate, key):
    host, instrument = playing(rate, **PLAIN)
    press(host, key)
    heard = render(host, rate // 4)
    expected = harmonics_of(instrument.preset, key, rate, rate // 4)
    assert level(heard[0] - expected) < level(expected) - 90
    np.testing.assert_array_equal(heard[0], heard[1])


@pytest.mark.parametrize("sizes", [1, 7, 64, [3, 500, 64, 1, 128, 77]])
def test_the_block_size_is_not_heard(sizes):
    def play(block):
        host, instrument = playing(portamento=0.05)
        for i in range(12):
            press(host, 50 + 3 * i, 0.3 + 0.05 * i, frame=311 * i)
            host.send(Kind.BEND, value=np.sin(i), frame=311 * i + 97)
            sing(host, 300 + 11 * i, -30 - i, frame=311 * i + 120, onset=i % 5 == 0)
            let_go(host, 50 + 3 * i, frame=400 * i + 3000)
        host.send(Kind.MODULATION, value=0.7, frame=2000)
        host.set(instrument, "legato", 1.0, frame=2500)
        host.set(instrument, "brightness", 2.0, frame=2600)
        host.send(Kind.VOLUME, value=0.5, frame=4100)
        return render(host, 12_000, block)

    np.testing.assert_allclose(play(sizes), play(4096), atol=1e-6)


@pytest.mark.parametrize("frame", [0, 1, 63, 64, 100, 777])
def test_a_note_begins_on_its_frame(frame):
    host, _ = playing()
    press(host, frame=frame)
    heard = render(host, 1024)[0]
    assert not heard[:frame].any()
    assert heard[frame] != 0


def test_a_chord_is_the_sum_of_its_notes():
    def play(*keys):
        host, _ = playing(**PLAIN)
        for key in keys:
            press(host, key, frame=100)
        return render(host, 9600)[0].astype(float)

    keys = (55, 60, 64, 67, 72, 76, 79, 84)
    np.testing.assert_allclose(play(*keys), sum(play(key) for key in keys), atol=2e-6)


@pytest.mark.parametrize("key", [48, 60, 76, 96])
@pytest.mark.parametrize("velocity", [0.2, 1.0])
def test_without_an_attack_a_note_is_there_within_15_ms(key, velocity):
    host, _ = playing(attack=0.0, sustain=0.0)
    press(host, key, velocity)
    heard = render(host, 48_000)[0]
    assert abs(level(heard[720:1680]) - level(heard[24_000:])) < 6


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("key", [43, 57, 69, 100])
def test_keys_sound_at_their_pitch_also_beyond_what_was_learned(rate, key):
    host, _ = playing(rate, **PLAIN)
    press(host, key)
    heard = render(host, rate)[0, rate // 4 :]
    assert abs(cents_from(heard, rate, 440 * 2 ** ((key - 69) / 12))) < 1


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_device_is_not_heard_in_level_nor_in_spectrum(rate):
    def powers(rate):
        host, _ = playing(rate, harmonics=60, attack=0.0)
        press(host, 57)
        heard = render(host, 4 * rate)[0, rate // 2 :]
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2 / len(heard) ** 2
        edges = np.array([50, 500, 1000, 2000, 4000, 7500]) * len(heard) // rate
        inside = [10 * np.log10(spectrum[a:b].sum()) for a, b in pairwise(edges)]
        return np.array(inside), 10 * np.log10(spectrum[8500 * len(heard) // rate :].sum() + 1e-20)

    inside, beyond = powers(rate)
    np.testing.assert_allclose(inside, powers(48_000)[0], atol=0.7)
    assert beyond < inside.max() - 60


def test_velocity_is_loudness():
    def play(velocity):
        host, instrument = playing(attack=0.0, sustain=0.0)
        press(host, velocity=velocity)
        render(host, 480)
        return float(instrument.state["voices"][0, 0]["peak"])

    assert play(0.8) == pytest.approx(-35.0)
    assert play(1.0) - play(0.2) == pytest.approx(24.0, abs=0.1)


@pytest.mark.parametrize(("damping", "fall"), [(1.0, 60.0), (0.5, 30.0), (0.0, 0.0)])
def test_a_note_let_go_falls_as_its_release_says(damping, fall):
    def after(released):
        host, instrument = playing(release=0.5, **PLAIN)
        instrument.state["deviation"] = 0.01  # so that the decoder is always told the same, and all else is gain
        press(host)
        if released:
            let_go(host, damping=damping, frame=4800)
        return level(render(host, 48_000)[0, 28_800 - 960 : 28_800])

    assert after(False) - after(True) == pytest.approx(fall, abs=2.0)


def test_a_note_let_go_gives_its_voice_back_and_leaves_silence():
    host, instrument = playing()
    for key in (60, 64, 67):
        press(host, key)
        let_go(host, key, frame=9600)
    heard = render(host, 96_000)
    assert not heard[:, 72_000:].any()
    assert (instrument.state["voices"]["stage"] == FREE).all()


def test_a_pedal_holds_what_was_let_go():
    host, _ = playing()
    press(host)
    let_go(host, damping=0.0, frame=4800)
    heard = render(host, 96_000)[0]
    assert level(heard[90_000:]) > level(heard[24_000:30_000]) - 1


def test_a_choke_ends_everything_within_fifty_milliseconds_without_a_click():
    host, instrument = playing()
    press(host)
    sing(host, 330.0)
    host.send(Kind.CHOKE, frame=9600)
    heard = render(host, 14_400)[0]
    assert not heard[9600 + 2400 :].any()
    assert np.abs(np.diff(heard[9500:])).max() < 1.2 * np.abs(np.diff(heard[6000:9500])).max()
    assert instrument.voices == 0


def test_a_note_choked_before_it_began_is_never_heard():
    host, _ = playing()
    press(host, frame=64)
    host.send(Kind.CHOKE, frame=64)
    assert not render(host, 1024).any()
    press(host)
    assert render(host, 1024).any()


@pytest.mark.parametrize("semitones", [2.0, -1.37])
def test_a_bend_moves_the_pitch(semitones):
    host, _ = playing(**PLAIN)
    press(host, 57)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, 48_000)[0, 12_000:]
    assert abs(cents_from(heard, 48_000, 220 * 2 ** (semitones / 12))) < 1


def test_the_wheel_sways_the_pitch():
    host, instrument = playing(vibrato=100, speed=2, **PLAIN)
    host.send(Kind.MODULATION, value=1.0)
    press(host, 57)
    pitches = []
    for _ in range(200):
        render(host, 240)
        pitches.append(float(instrument.state["voices"][0, 0]["pitch_to"]) * 48_000)
    cents = 1200 * np.log2(np.array(pitches) / 220)
    assert cents.max() == pytest.approx(100, abs=3)
    assert cents.min() == pytest.approx(-100, abs=3)
    assert (np.diff(np.sign(cents)) != 0).sum() in (3, 4, 5)


def test_legato_glides_from_key_to_key_in_tune_and_without_a_click():
    host, instrument = playing(legato=1, portamento=0.05, **PLAIN)
    keys = (57, 64, 60, 72)
    for i, key in enumerate(keys):
        press(host, key, frame=24_000 * i)
        if i:
            let_go(host, keys[i - 1], frame=24_000 * i + 500)
    heard = render(host, 24_000 * len(keys))[0]
    for i, key in enumerate(keys):
        assert abs(cents_from(heard[24_000 * i + 8000 :], 32_000 * 3 // 2, 440 * 2 ** ((key - 69) / 12))) < 10
    steps = np.abs(np.diff(heard))
    for i in range(1, len(keys)):
        around = steps[24_000 * i - 480 : 24_000 * i + 4800].max()
        steady = max(steps[24_000 * i - 6000 : 24_000 * i - 480].max(), steps[24_000 * i + 12_000 :][:6000].max())
        assert around < 1.2 * steady
    assert (instrument.state["voices"]["stage"] == HELD).sum() == 1


def test_legato_goes_on_from_a_note_that_a_pedal_holds():
    host, instrument = playing(legato=1)
    press(host, 60)
    render(host, 4800)
    host.send(Kind.NOTE_OFF, 60, 0.0, note=60)
    press(host, 64)
    render(host, 4800)
    assert instrument.voices == 1


def test_legato_goes_back_to_a_key_that_is_still_held():
    host, instrument = playing(legato=1)
    press(host, 57)
    press(host, 64, frame=4800)
    let_go(host, 64, frame=9600)
    render(host, 24_000)
    voices = instrument.state["voices"][0]
    assert voices["key"][voices["stage"] == HELD].tolist() == [57]
    let_go(host, 57)
    render(host, 96_000)
    assert instrument.voices == 0


def test_expression_goes_into_the_loudness_and_no_volume_is_silence():
    host, _ = playing(attack=0.0)
    press(host)
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


def test_noise_is_as_wide_as_its_knob():
    def likeness(width):
        host, _ = playing(attack=0.0, width=width, noise=12.0)
        press(host)
        left, right = render(host, 96_000)[:, 24_000:]
        tone, _ = playing(**PLAIN)
        press(tone)
        clean = render(tone, 96_000)[0, 24_000:]
        return np.corrcoef(left - clean, right - clean)[0, 1]

    assert likeness(0.0) == pytest.approx(1, abs=1e-6)
    assert abs(likeness(1.0)) < 0.05


def test_the_seventieth_note_takes_the_oldest():
    host, instrument = playing(**PLAIN)
    for i in range(70):
        press(host, 30 + i, frame=480 * i)
    heard = render(host, 48_000)
    voices = instrument.state["voices"][0]
    assert sorted(voices["key"][voices["stage"] == HELD]) == list(range(36, 100))
    assert np.isfinite(heard).all()


def test_a_broken_memory_is_silent_and_the_next_note_sounds():
    host, instrument = playing()
    press(host)
    render(host, 4800)
    instrument._arrays["memory"][:] = np.nan
    assert np.isfinite(render(host, 9600)).all()
    press(host, 72)
    heard = render(host, 9600)
    assert np.isfinite(heard).all()
    assert level(heard[0, 4800:]) > -80


@pytest.mark.parametrize(("half", "bound"), [(False, -100.0), (True, -55.0)])
@pytest.mark.parametrize("told", ["midi", "hertz"])
def test_a_probe_is_what_torch_says_to_a_curve(half, bound, told):
    header, tensors = drawn(64, 20, seed=5)
    header["features"] = {**header["features"], "pitch": told}
    random = np.random.default_rng(1)
    pitch, loudness = random.uniform(200, 900, 30), random.uniform(-60, -25, 30)
    hears = (69 + 12 * np.log2(pitch / 440)) / 127 if told == "midi" else pitch
    inputs = np.stack([hears, (loudness + 40) / 10], 1).astype(np.float32)
    amplitude, shares, noise = np.split(Twin(tensors)(torch.from_numpy(inputs)[None]).numpy()[0], [1, 21], 1)
    shares = shares * (pitch[:, None] * np.arange(1, 21) < 8000)
    rows = {"amplitude": amplitude, "harmonics": shares / shares.sum(1, keepdims=True), "noise": noise}
    header["probe"] = {"curve": {"pitch": pitch, "loudness": loudness}, "every": 9}
    header["probe"] |= {name: part[8::9] for name, part in rows.items()}
    halves = {name: tensor.astype(np.float16) if tensor.ndim > 1 else tensor for name, tensor in tensors.items()}
    assert deviation(Preset(header, halves if half else tensors)) <= bound


def test_a_held_note_sways_by_itself_but_stays_in_tune():
    host, instrument = playing(sway=40, speed=5, **PLAIN)
    press(host, 57)
    cents = []
    for _ in range(100):
        render(host, 480)
        cents.append(1200 * np.log2(float(instrument.state["voices"][0, 0]["pitch_to"]) * 48_000 / 220))
    assert np.abs(cents[:20]).max() < 1e-3
    assert 35 < np.max(cents) < 41
    assert abs(np.mean(cents)) < 3


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_score_is_played_in_tune_and_without_a_click(rate):
    keys, apart = (57, 64, 60, 72, 67), 0.5
    notes = [(i * apart, (0x90, key, 100)) for i, key in enumerate(keys)]
    notes += [((i + 0.6) * apart, (0x80, key, 0)) for i, key in enumerate(keys)]
    rig, instrument = Rig(rate), playing(rate, release=0.1, **PLAIN)[1]
    instrument.state["deviation"] = 0.01  # a decoder that has learned nothing may be louder where it is told less
    rig.play([instrument])
    heard = rendered(rig, score(sorted(notes)), seconds=apart * len(keys))[0]
    parts = np.array_split(heard, len(keys))
    for part, key in zip(parts, keys, strict=True):
        assert abs(cents_from(part[rate // 20 :], rate // 2, 440 * 2 ** ((key - 69) / 12) / 2)) < 10
    steps = [np.abs(np.diff(part)) for part in np.split(heard, np.arange(1, len(keys)) * rate // 2 - 8)]
    for step in steps:
        assert step.max() < 1.2 * step[rate // 10 : rate // 4].max()


def test_another_instrument_takes_over_without_a_click():
    host, _ = playing(attack=0.0, noise=-60.0)
    press(host, 57)
    before = render(host, 9600)[0]
    host.play([playing(attack=0.0)[1]])
    after = render(host, 9600)[0]
    assert np.abs(np.diff(np.concatenate([before[-1:], after]))).max() < 1.2 * np.abs(np.diff(before[2400:])).max()
    assert not after[1200:].any()


def test_panic_silences_keys_and_singer():
    rig = Rig(48_000)
    rig.play(playing()[1:])
    for channel in (0, 3):
        rig.midi(0x90 | channel, 60 + channel, 100)
    sing(rig, 330.0)
    assert level(render(rig, 9600)[0]) > -60
    rig.panic()
    render(rig, 4800)
    assert not render(rig, 9600).any()


def test_notes_of_one_block_are_decoded_together_and_sound_as_if_apart():
    def play(block):
        host, instrument = playing(half=True)
        for i in range(6):
            press(host, 50 + 5 * (i // 2), 0.8, frame=100 + 7 * i, channel=i)
        press(host, 80, frame=150)
        host.send(Kind.VOLUME, value=0.3, frame=120, channel=5)
        heard = render(host, 256, block)
        return heard, int(instrument.state["foreseen"][0])

    together, foreseen = play(256)
    apart, alone = play(1)
    assert (foreseen, alone) == (7, 0)
    np.testing.assert_allclose(together, apart, atol=1e-6)
