"""The convolution reverb in the chain of a host, against direct convolution in float64."""

import numpy as np
import pytest
import soundfile

from engine import impulse_response
from engine.dsp.convolution import HEAD_SIZE
from engine.effects.convolution_reverb import CHOKE_FADE_SECONDS, ON, ConvolutionReverb
from engine.events import Kind
from engine.host import Host
from engine.instrument_chain import make_chain
from engine.instruments.ddsp.instrument import Ddsp
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, PresetError, write
from tests.support.host_callback import MAX_FRAMES, RATE, render
from tests.support.simple_plugins import Signal

TAPS = 9000


@pytest.fixture
def response(random):
    return random.standard_normal((2, TAPS)) * 0.02 * np.exp(-5 * np.arange(TAPS) / TAPS)


@pytest.fixture
def signal(random):
    return random.uniform(-0.1, 0.1, (2, MAX_FRAMES)).astype(np.float32)


def play(signal, room, block=64, frames=20_000, **levels):
    host = Host(RATE)
    host.play([Signal(signal), room])
    for name, value in levels.items():
        host.set_param(room, name, value)
    return render(host, frames, block)


def convolved(signal, response, frames=20_000):
    size = 1 << 16
    return np.fft.irfft(np.fft.rfft(signal.astype(float), size) * np.fft.rfft(response, size), size)[:, :frames]


def decibels(error, expected):
    return 20 * np.log10(np.std(error) / np.std(expected))


def test_the_room_is_added_to_the_dry_sound_at_once(signal, response):
    expected = signal[:, :20_000] + convolved(signal, response)
    assert decibels(play(signal, ConvolutionReverb(response, RATE)) - expected, expected) < -110


def test_without_the_dry_sound_only_the_room_is_heard(signal, response):
    expected = convolved(signal, response)
    assert decibels(play(signal, ConvolutionReverb(response, RATE, dry=0.0)) - expected, expected) < -110


@pytest.mark.parametrize("first", [0, HEAD_SIZE])
def test_a_true_stereo_room_crosses_the_sides(signal, random, first):
    response = random.standard_normal((4, TAPS)) * 0.02 * np.exp(-5 * np.arange(TAPS) / TAPS)
    response[1:3, :first] = 0
    crossing = response[1:3] if first else np.pad(response[1:3], ((0, 0), (HEAD_SIZE, 0)))
    straight, crossed = convolved(signal, response[[0, 3]]), convolved(signal[::-1], crossing[::-1])
    expected = straight + crossed
    assert decibels(play(signal, ConvolutionReverb(response, RATE, dry=0.0)) - expected, expected) < -110


@pytest.mark.parametrize("block", [1, 7, 64, 128, [3, 500, 64, 1, 128, 77, 4096, 1023]], ids=str)
def test_the_block_size_is_not_heard(signal, response, block):
    whole = play(signal, ConvolutionReverb(response, RATE), 4096, 10_000)
    np.testing.assert_allclose(play(signal, ConvolutionReverb(response, RATE), block, 10_000), whole, atol=1e-6)


@pytest.mark.parametrize(("level", "gain"), [(-6.0, 10 ** (-6 / 20)), (-60.0, 0.0), (12.0, 10 ** (12 / 20))])
def test_the_level_is_that_of_the_room_alone(signal, response, level, gain):
    wet = convolved(signal, response)[:, 10_000:]
    out = play(signal, ConvolutionReverb(response, RATE), level=level)[:, 10_000:]
    assert decibels(out - signal[:, 10_000:20_000] - gain * wet, wet) < -80


def test_a_sample_that_is_not_finite_does_not_sound_on(signal, response):
    broken = signal.copy()
    broken[0, 100], broken[1, 200] = np.nan, np.inf
    clean = signal.copy()
    clean[0, 100] = clean[1, 200] = 0
    out, expected = play(broken, ConvolutionReverb(response, RATE)), play(clean, ConvolutionReverb(response, RATE))
    np.testing.assert_array_equal(out[:, 201:], expected[:, 201:])


def test_a_reset_is_silence(response):
    host, room = Host(RATE), ConvolutionReverb(response, RATE)
    host.play([room])
    room.prepare(RATE)
    first = room._arrays["memory"].copy()
    room.state["position"] = 64
    room._arrays["memory"][:] = 1
    room.reset()
    np.testing.assert_array_equal(room._arrays["memory"], first)
    assert room.state["position"] == 0


def learned(taps=400, dry=1.0):
    header, tensors = random_preset(taps=taps)
    return Preset({**header, "dry": dry}, tensors)


def test_a_preset_is_played_in_its_own_room_unless_another_is_wanted(tmp_path):
    preset = learned()
    chain = make_chain(preset)
    assert isinstance(chain[0], Ddsp)
    assert isinstance(chain[1], ConvolutionReverb)
    assert len(make_chain(preset, room="none")) == 1
    assert len(make_chain(learned(taps=1), room="none")) == 1
    other = learned(taps=300, dry=0.0)
    write(tmp_path / "other.luthier", other)
    named = make_chain(preset, room=str(tmp_path / "other.luthier"))
    np.testing.assert_array_equal(named[1]._response[0], other.tensors["room"])
    assert named[1].state["dry"] == 0


def test_a_learned_room_written_to_a_file_is_the_same_room(tmp_path):
    preset = learned()
    preset.tensors["room"] *= np.float32(0.5 / np.linalg.norm(preset.tensors["room"]))
    impulse_response.write_room(preset, tmp_path / "clap.wav")
    again = impulse_response.find_room(tmp_path / "clap.wav")
    assert again.rate == preset.header["rate"]
    assert again.dry == 1
    np.testing.assert_array_equal(again.samples, np.stack([preset.tensors["room"]] * 2))


def test_a_loud_recording_of_a_room_is_turned_down(tmp_path, random):
    soundfile.write(tmp_path / "hall.wav", random.uniform(-1, 1, (4000, 2)), 44_100)
    hall = impulse_response.find_room(tmp_path / "hall.wav")
    assert hall.rate == 44_100
    assert np.linalg.norm(hall.samples, axis=1).max() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("suffix", ["mp3", "ogg", "opus", "caf", "w64"])
def test_a_room_may_be_of_every_sound_format(tmp_path, random, suffix):
    clap = 0.02 * random.uniform(-1, 1, 4000)
    kind, subtype = ("OGG", "OPUS") if suffix == "opus" else (suffix.upper(), None)
    soundfile.write(tmp_path / f"hall.{suffix}", clap, 48_000, subtype, format=kind)
    found = impulse_response.find_room(tmp_path / f"hall.{suffix}").samples
    assert found.shape[1] == pytest.approx(4000, abs=1200)
    assert np.sum(found**2) == pytest.approx(np.sum(clap**2), rel=0.3)


@pytest.mark.parametrize("name", ["hall", "hall.irs", "hall.ir"])
def test_a_room_may_have_any_name_if_it_begins_as_sound(tmp_path, name):
    soundfile.write(tmp_path / name, [0.5], 48_000, format="WAV")
    assert impulse_response.find_room(tmp_path / name).samples.shape == (1, 1)


def test_a_recording_of_four_channels_is_true_stereo_and_not_too_loud(tmp_path, random):
    soundfile.write(tmp_path / "hall.wav", random.uniform(-1, 1, (4000, 4)), 44_100)
    hall = impulse_response.find_room(tmp_path / "hall.wav")
    powers = (hall.samples.astype(float) ** 2).sum(axis=1)
    assert hall.samples.shape == (4, 4000)
    assert max(powers[0] + powers[2], powers[1] + powers[3]) == pytest.approx(1, abs=1e-4)


def test_what_is_no_room_is_refused_in_one_line(tmp_path):
    soundfile.write(tmp_path / "silent.wav", np.zeros(100), 8000)
    soundfile.write(tmp_path / "many.wav", np.ones((100, 3)), 8000)
    soundfile.write(tmp_path / "long.wav", np.ones(31 * 8000), 8000)
    (tmp_path / "text.wav").write_text("no sound")
    for name in ("silent.wav", "many.wav", "long.wav", "text.wav", "missing.wav"):
        with pytest.raises((ValueError, OSError), match=name):
            impulse_response.find_room(tmp_path / name)
    with pytest.raises(PresetError, match="guitar has no room"):
        impulse_response.find_room("guitar")


@pytest.mark.parametrize("block", [1, 64, [3, 500, 64, 1, 128, 77, 4096, 1023]], ids=str)
def test_a_choke_silences_the_room_which_then_starts_from_silence(response, block):
    clap = np.zeros((2, MAX_FRAMES), np.float32)
    clap[:, [0, 8000]] = 1
    host = Host(RATE)
    host.play([Signal(clap), ConvolutionReverb(response, RATE, dry=0.0)])
    host.send(Kind.CHOKE, frame=1000)
    heard = render(host, 8000 + TAPS, block)
    expected = convolved(clap[:, :1], response)[:, :TAPS]
    assert decibels(heard[:, :1000] - expected[:, :1000], expected[:, :1000]) < -100
    assert not heard[:, 1000 + round(CHOKE_FADE_SECONDS * RATE) : 8000].any()
    assert np.abs(np.diff(heard[:, 1000:1300])).max() <= 1.1 * np.abs(np.diff(expected)).max()
    assert decibels(heard[:, 8480:] - expected[:, 480:], expected) < -40  # the level glides up from nothing


def test_a_room_that_is_off_before_it_is_prepared_is_not_heard_until_it_is_switched_on(signal, response):
    def heard(**levels):
        room = ConvolutionReverb(response, RATE)
        room.state["param"][0, ON] = 0
        return play(signal, room, **levels)

    np.testing.assert_array_equal(heard(level=0.0, on=0.0), signal[:, :20_000])
    assert np.abs(heard(on=1.0) - signal[:, :20_000]).max() > 0.01
