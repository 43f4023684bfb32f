"""The effects of the list, against plain Python and closed forms."""

import math

import numpy as np
import pytest

from engine.effects import EFFECTS, ROOM, make
from engine.effects.chorus import CENTRE_DELAY_SECONDS, SMOOTHING_SECONDS, Chorus
from engine.effects.compressor import CONTROL_SAMPLES, Compressor
from engine.effects.tilt_eq import TiltEq
from engine.events import EVENT, Kind
from engine.host import Host
from engine.impulse_response import ImpulseResponse
from engine.plugin import state_address
from engine.render import render as render_events
from tests.support.entry_call import call_entry, count_denormals
from tests.support.host_callback import MAX_FRAMES, RATE, render
from tests.support.simple_plugins import Signal

BIT_EXACT = ("equalizer", "drive", "delay", "reverb")
SHORT = {"decay": 0.1, "size": 4.0, "time": 0.001, "feedback": 0.3}  # values of parameters for a short tail


def through(plugin, audio, block=128, **values):
    """Audio (2, T) through one effect whose parameters were set before."""
    host = Host(RATE)
    for name, value in values.items():
        plugin.state["param"][0, [param.name for param in plugin.params].index(name)] = value
    host.play([Signal(audio), plugin])
    return render(host, audio.shape[1], block)


def made(name):
    """An effect of the list; the room with two impulses."""
    return make(name, ImpulseResponse(np.float32([[0, 0.5, 0, 0.25]]), RATE) if name == ROOM else None)


def rms(error):
    return 20 * np.log10(np.sqrt((np.asarray(error, float) ** 2).mean()) + 1e-12)


@pytest.fixture
def noise(random):
    return random.uniform(-0.5, 0.5, (2, 8000)).astype(np.float32)


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_that_is_off_passes_the_sound_unchanged(effect, noise):
    np.testing.assert_array_equal(through(made(effect), noise, on=0.0), noise)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("block", [1, 7, 64, [3, 500, 64, 1, 4096]], ids=str)
def test_the_block_size_is_not_heard(effect, noise, block):
    np.testing.assert_allclose(through(made(effect), noise, block), through(made(effect), noise, 4096), atol=1e-6)


@pytest.mark.parametrize("effect", BIT_EXACT)
@pytest.mark.parametrize("block", [1, 7, 128, [3, 500, 64, 1, 4096]], ids=str)
def test_blocks_of_any_size_give_the_same_samples_bit_for_bit(effect, noise, block):
    np.testing.assert_array_equal(turned(effect, noise, block), turned(effect, noise, 4096))


def turned(effect, audio, block):
    """Audio through an effect whose knobs are all turned while it plays."""
    host, plugin = Host(RATE), made(effect)
    host.play([Signal(audio), plugin])
    events = np.zeros(2 * len(plugin.params) - 2, EVENT)
    events["kind"], events["target"] = Kind.PARAM, state_address(plugin)
    for number, event in enumerate(events):
        index = number % (len(plugin.params) - 1)
        param = plugin.params[index]
        event["frame"], event["key"] = 317 * (number + 1), index
        event["value"] = param.low + (param.high - param.low) * (0.8 if number == index else 0.3)
    return render_events(host, events, audio.shape[1] / RATE, block)


@pytest.mark.parametrize("effect", BIT_EXACT)
def test_a_knob_turns_at_its_frame_in_a_ramp(effect):
    tone = np.stack([np.sin(2 * np.pi * f * np.arange(8000) / RATE) for f in (110, 165)]).astype(np.float32)
    for index, param in enumerate(made(effect).params[:-1]):
        low, high = (turned_once(effect, tone, index, value) for value in (param.low, param.high))
        np.testing.assert_array_equal(low[:, :4000], high[:, :4000])
        difference = np.abs(low - high)
        assert difference[:, 4000:4010].max() < 0.1 * max(difference.max(), 0.01), param.name


def turned_once(effect, audio, index, value):
    """Audio through an effect of which one knob is turned at frame 4000."""
    host, plugin = Host(RATE), made(effect)
    host.play([Signal(audio), plugin])
    event = np.zeros(1, EVENT)
    event["frame"], event["kind"], event["key"], event["value"] = 4000, Kind.PARAM, index, value
    event["target"] = state_address(plugin)
    return render_events(host, event, audio.shape[1] / RATE, 512)


@pytest.mark.parametrize("effect", BIT_EXACT)
def test_silence_stays_silence_and_no_tail_ends_in_denormal_numbers(effect, noise):
    plugin = made(effect)
    for index, param in enumerate(plugin.params):
        plugin.state["param"][0, index] = SHORT.get(param.name, param.default)
    plugin.prepare(RATE)
    assert not call_entry(plugin, np.zeros((2, 4096))).any()
    call_entry(plugin, noise)
    for _ in range(20):
        tail = call_entry(plugin, np.zeros((2, 4096)))
        assert count_denormals(plugin) == 0
    assert not tail.any()


@pytest.mark.parametrize("effect", BIT_EXACT)
def test_a_reset_leaves_nothing_of_what_was_played(effect, noise):
    plugin = made(effect)
    plugin.prepare(RATE)
    first = call_entry(plugin, noise)
    plugin.reset()
    assert not call_entry(plugin, np.zeros((2, 4096))).any()
    plugin.reset()
    np.testing.assert_array_equal(call_entry(plugin, noise), first)


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_sample_that_is_not_finite_does_not_stay(effect, noise):
    broken = noise.copy()
    broken[0, 100], broken[1, 200] = np.nan, np.inf
    assert np.isfinite(through(made(effect), broken)[:, 4000:]).all()


@pytest.mark.parametrize("effect", EFFECTS)
def test_switching_it_on_and_off_is_no_step(effect):
    time = np.arange(MAX_FRAMES) / RATE
    tone = np.broadcast_to(0.5 * np.sin(2 * np.pi * 110 * time), (2, MAX_FRAMES)).astype(np.float32)
    host, plugin = Host(RATE), made(effect)
    host.play([Signal(tone), plugin])
    if effect == "tone":
        host.set_param(plugin, "tilt", 9.0)
    heard = [render(host, 5000)]
    steady = np.abs(np.diff(heard[0][:, 2000:])).max()
    for on in (0, 1, 0):
        host.set_param(plugin, "on", on)
        heard.append(render(host, 5000))
    assert np.abs(np.diff(np.concatenate(heard, axis=1)[:, 2000:])).max() < 3 * steady


@pytest.mark.parametrize("tilt", [-12.0, 6.0])
def test_the_tone_tilts_the_spectrum_around_its_pivot(tilt):
    pulse = np.zeros((2, 1 << 14), np.float32)
    pulse[:, 0] = 1
    found = 20 * np.log10(np.abs(np.fft.rfft(through(TiltEq(), pulse, tilt=tilt, pivot=1000.0)[0])))
    z = np.exp(2j * np.pi * np.arange(len(found)) / len(pulse[0]))
    g = math.tan(math.pi * 1000 / RATE)
    below = g * (1 + 1 / z) / (1 + g - (1 - g) / z)  # the bilinear one-pole low-pass
    wanted = 10 ** (tilt / 20) * (1 - below) + 10 ** (-tilt / 20) * below
    np.testing.assert_allclose(found, 20 * np.log10(np.abs(wanted)), atol=0.01)
    assert found[1] == pytest.approx(-tilt, abs=0.1)
    assert found[-1] == pytest.approx(tilt, abs=0.1)


def test_the_chorus_is_two_copies_modulated_a_quarter_of_a_period_apart():
    time = np.arange(MAX_FRAMES) / RATE
    tone = np.stack([np.sin(2 * np.pi * f * time) for f in (220, 330)]).astype(np.float32) * 0.3
    found = through(Chorus(), tone, depth=0.003, speed=1.5, mix=0.7)
    turn = 2 * np.pi * 1.5 * (np.arange(MAX_FRAMES) + 1) / RATE
    for c, (frequency, sway) in enumerate(zip((220, 330), (np.cos(turn), np.sin(turn)), strict=True)):
        late = time - CENTRE_DELAY_SECONDS - 0.003 * sway
        wanted = tone[c] + 0.7 * 0.3 * np.where(late > 0, np.sin(2 * np.pi * frequency * late), 0)
        assert rms((found[c] - wanted)[2000:]) < rms(wanted) - 80


def test_the_phasor_of_the_chorus_stays_on_the_unit_circle_for_hours():
    chorus = Chorus()
    through(chorus, np.zeros((2, MAX_FRAMES), np.float32))
    for _ in range(40):
        through(chorus, np.zeros((2, 1), np.float32))
    assert np.hypot(*chorus.state["phasor"][0]) == pytest.approx(1, abs=1e-9)
    assert SMOOTHING_SECONDS > 0


def compressed(audio, threshold, ratio, attack, release, gain):
    """The same in plain Python."""
    out, level, now, step, peak = np.zeros(audio.shape), 0.0, 1.0, 0.0, 0.0
    for t in range(audio.shape[1]):
        peak = max(peak, *np.abs(audio[:, t]))
        out[:, t] = now * audio[:, t]
        now += step
        if t % CONTROL_SAMPLES == CONTROL_SAMPLES - 1:
            over = 20 * math.log10(max(peak, 1e-6)) - threshold
            wanted = gain - max(over, 0) * (1 - 1 / ratio)
            level += (1 - math.exp(-CONTROL_SAMPLES / RATE / (attack if wanted < level else release))) * (
                wanted - level
            )
            step, peak = (10 ** (level / 20) - now) / CONTROL_SAMPLES, 0.0
    return out


def test_the_compressor_does_what_plain_python_does(random):
    loud = np.repeat(random.uniform(0.01, 0.9, 16), 500)
    audio = (loud * random.uniform(-1, 1, (2, 8000))).astype(np.float32)
    knobs = {"threshold": -20.0, "ratio": 4.0, "attack": 0.004, "release": 0.05, "gain": 3.0}
    np.testing.assert_allclose(through(Compressor(), audio, **knobs), compressed(audio, **knobs), atol=2e-5)


def test_a_steady_tone_is_compressed_by_its_ratio():
    audio = np.full((2, 20_000), 0.5, np.float32)
    out = through(Compressor(), audio, threshold=-26.0, ratio=4.0)
    wanted = -26 + (20 * math.log10(0.5) + 26) / 4
    assert 20 * math.log10(out[0, -1]) == pytest.approx(wanted, abs=0.01)
