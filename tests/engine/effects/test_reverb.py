"""The algorithmic reverb, against plain Python, and by what is measured of rooms."""

import numpy as np
import pytest

from engine.effects.reverb.effect import Reverb
from engine.effects.reverb.state import (
    CROSSOVER_HZ,
    DIFFUSER_SECONDS,
    DIFFUSION,
    LENGTHS,
    LINES,
    MAX_DAMPING_RATIO,
    METRES_PER_SECOND,
    MIN_ENERGY,
    MIN_METRES,
    SIGNS,
    SWAY_HZ,
    SWAY_SECONDS,
)
from engine.events import Kind
from engine.host import Host
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal

GOLDEN = (5**0.5 - 1) / 2
HADAMARD = np.ones((1, 1))
while len(HADAMARD) < LINES:
    HADAMARD = np.block([[HADAMARD, HADAMARD], [HADAMARD, -HADAMARD]]) / 2**0.5


def played(audio, frames, block=512, **values):
    """The first frames of audio (2, T) through a reverb, the room alone."""
    host, plugin = Host(RATE), Reverb()
    for name, value in ({"mix": 1.0} | values).items():
        plugin.state["param"][0, [param.name for param in plugin.params].index(name)] = value
    host.play([Signal(audio), plugin])
    return render(host, frames, block)


def pulse(left=1.0, right=1.0):
    """A pulse."""
    return np.array([[left], [right]], np.float32)


def diffused(x, seconds):
    """One channel through the all-passes, in plain Python."""
    for each in seconds:
        frames = max(round(each * RATE), 1)
        stored, out = np.zeros(frames + len(x)), np.zeros(len(x))
        for t, sample in enumerate(x):
            stored[frames + t] = sample + DIFFUSION * stored[t]
            out[t] = stored[t] - DIFFUSION * stored[frames + t]
        x = out
    return x


def cubic(line, place):
    """A line at a fractional place: a Catmull-Rom cubic."""
    first = np.floor(place).astype(int)
    before, at, after, later = (line[np.arange(LINES), first + k] for k in (-1, 0, 1, 2))
    x = place - first
    slope, other = (after - before) / 2, (later - at) / 2
    return (
        (2 * x**3 - 3 * x**2 + 1) * at + (x**3 - 2 * x**2 + x) * slope
        + (3 * x**2 - 2 * x**3) * after + (x**3 - x**2) * other
    )  # fmt: skip


def plain(audio, size, decay, damping, predelay, width, mix):
    """The same in plain Python."""
    total = audio.shape[1]
    lengths = LENGTHS * (size + MIN_METRES) / METRES_PER_SECOND * RATE
    low_gain = 10 ** (-3 * lengths / (decay * RATE))
    high_gain = low_gain ** (MAX_DAMPING_RATIO**damping)
    corner = 1 - np.exp(-2 * np.pi * CROSSOVER_HZ / RATE)
    shift = round(predelay * RATE)
    entered = np.zeros((2, total))
    for c in range(2):
        entered[c, shift:] = diffused(audio[c].astype(float), DIFFUSER_SECONDS[c])[: total - shift]
    pad, phases, is_swayed = 20_000, 2 * np.pi * GOLDEN * np.arange(LINES), np.arange(LINES) >> 1 & 1
    lengths = np.where(is_swayed, lengths, np.round(lengths))
    lines, low, out = np.zeros((LINES, pad + total)), np.zeros(LINES), np.zeros(audio.shape)
    energy = (low_gain**2).mean()
    gain = min(1, 2 * mix) * np.sqrt((1 - energy) / (8 * max(energy, MIN_ENERGY)))
    for t in range(total):
        sway = SWAY_SECONDS * RATE * is_swayed * np.cos(2 * np.pi * SWAY_HZ * t / RATE - phases)
        x = cubic(lines, pad + t - lengths - sway)
        low += corner * (x - low)
        heard = high_gain * x + (low_gain - high_gain) * low
        even, odd = ((SIGNS * heard)[c::2].sum() for c in range(2))
        middle = (even + odd) / 2
        out[:, t] = gain * (middle + width * (np.array([even, odd]) - middle)) + min(1, 2 - 2 * mix) * audio[:, t]
        lines[:, pad + t] = SIGNS * np.tile(entered[:, t], LINES // 2) + HADAMARD @ heard
    return out


@pytest.mark.parametrize("damping", [0.0, 0.6])
def test_it_does_what_plain_python_does(random, damping):
    audio = np.zeros((2, 4000), np.float32)
    audio[:, :500] = random.uniform(-0.5, 0.5, (2, 500))
    knobs = {"size": 5.0, "decay": 0.7, "damping": damping, "predelay": 0.003, "width": 0.8, "mix": 0.7}
    wanted = plain(audio, **knobs)
    assert np.abs(wanted[:, 2000:]).max() > 0.01
    np.testing.assert_allclose(played(audio, 4000, **knobs), wanted, atol=1e-4)  # a delay is a float32


def octave(sound, centre):
    """An octave of sounds (N, T), by their spectra."""
    spectrum, frequency = np.fft.rfft(sound), np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    band = np.exp(-0.5 * (np.log2(np.maximum(frequency, 1) / centre) / 0.4) ** 2)
    return np.fft.irfft(spectrum * band, sound.shape[1])


def decay_seconds(sounds):
    """The time of a fall by 60 dB: of the energy that is still to come, between -5 and -35 dB (ISO 3382)."""
    left = np.cumsum((sounds[:, ::-1].astype(float) ** 2).sum(axis=0))[::-1]
    level = 10 * np.log10(left / left[0])
    first, last = np.argmax(level < -5), np.argmax(level < -35)
    slope = np.polyfit(np.arange(first, last) / RATE, level[first:last], 1)[0]
    return -60 / slope


def responses(seconds, **values):
    """The responses (4, T) of both sides to a pulse at the left and at the right."""
    frames = round(seconds * RATE)
    return np.concatenate([played(pulse(*sides), frames, **values) for sides in ((1, 0), (0, 1))])


@pytest.mark.parametrize("decay", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("size", [5.0, 14.0, 40.0])
def test_it_decays_as_long_as_its_knob_says(decay, size):
    heard = responses(1.5 * decay, size=size, decay=decay, damping=0.0)
    assert decay_seconds(heard) == pytest.approx(decay, rel=0.1)
    for centre in (250, 500, 1000, 2000, 4000):
        assert decay_seconds(octave(heard, centre)) == pytest.approx(decay, rel=0.1)


def test_damping_shortens_the_highs_and_leaves_the_lows():
    heard = responses(4.0, decay=2.0, damping=0.5)
    assert decay_seconds(octave(heard, 125)) == pytest.approx(2.0, rel=0.1)
    assert decay_seconds(octave(heard, 12_000)) == pytest.approx(2.0 / MAX_DAMPING_RATIO**0.5, rel=0.25)


def echo_density(sound, centre, window=960):
    """Share of samples beyond the standard deviation, 1 for noise (Abel and Huang, AES 2006)."""
    part = sound[centre - window // 2 : centre + window // 2]
    return (np.abs(part) > part.std()).mean() / 0.3173


def test_its_echoes_are_dense_after_a_tenth_of_a_second():
    for size, seconds in ((5.0, 0.05), (14.0, 0.1), (40.0, 0.25)):
        heard = played(pulse(), RATE, size=size, decay=2.0, damping=0.0, predelay=0.0)
        assert min(echo_density(channel, round(seconds * RATE)) for channel in heard) > 0.8


@pytest.mark.parametrize("sides", [(1.0, 1.0), (1.0, 0.0)])
def test_its_channels_are_not_alike(sides):
    heard = played(pulse(*sides), 2 * RATE, decay=2.0)[:, RATE // 5 :]
    assert abs(np.corrcoef(heard)[0, 1]) < 0.1
    loudness = 10 * np.log10((heard.astype(float) ** 2).sum(axis=1))
    assert abs(loudness[0] - loudness[1]) < (1 if sides == (1.0, 1.0) else 3)


def test_no_mode_rings_longer_than_others():
    for size in (4.0, 14.0, 40.0):
        heard = played(pulse(), 3 * RATE, size=size, decay=3.0, damping=0.0)
        tail = heard[:, 2 * RATE :] * np.exp(6.91 / 3.0 * np.arange(RATE) / RATE) * np.hanning(RATE)
        power = np.abs(np.fft.rfft(tail)) ** 2
        for first, last in ((100, 500), (500, 2000), (2000, 10_000)):
            band = power[:, first:last]
            assert (10 * np.log10(band.max(axis=1) / band.mean(axis=1)) < 16).all()  # of noise: 8 to 11


def test_without_width_both_sides_are_the_same_and_the_mono_sum_never_changes():
    heard = {width: played(pulse(1.0, -0.3), RATE, width=width) for width in (0.0, 0.5, 1.0)}
    np.testing.assert_allclose(heard[0.0][0], heard[0.0][1], atol=1e-7)
    for width in (0.5, 1.0):
        np.testing.assert_allclose(heard[width].sum(axis=0), heard[0.0].sum(axis=0), atol=1e-6)


def test_a_room_of_any_size_and_decay_is_as_loud(random):
    noise = random.normal(0, 0.1, (2, 32_768)).astype(np.float32)
    for size, decay in ((4.0, 0.5), (14.0, 1.8), (40.0, 0.8)):
        heard = played(noise, 32_768, size=size, decay=decay, damping=0.0)[:, 24_000:]
        assert 20 * np.log10(heard.std() / 0.1) == pytest.approx(0, abs=1.5)


def test_the_predelay_is_the_time_to_the_first_sound():
    first = [np.flatnonzero(played(pulse(), 24_000, predelay=seconds)[0])[0] for seconds in (0.0, 0.1, 0.25)]
    assert [each - first[0] for each in first] == [0, 4800, 12_000]


def test_a_choke_of_all_notes_ends_the_tail_and_later_sounds_have_theirs():
    signal = np.zeros((2, 12_001), np.float32)
    signal[:, 0] = signal[:, 12_000] = 1
    host, plugin = Host(RATE), Reverb()
    plugin.state["param"][0, 5] = 1.0
    host.play([Signal(signal), plugin])
    once = render(host, 6000)
    host.send(Kind.CHOKE)
    assert not render(host, 6000)[:, 300:].any()
    assert np.abs(render(host, 6000)).max() == pytest.approx(np.abs(once).max(), rel=0.5)


def test_another_size_and_another_predelay_glide_without_a_click():
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(32_768) / RATE)
    host, plugin = Host(RATE), Reverb()
    host.play([Signal(np.stack([tone, tone]).astype(np.float32)), plugin])
    for name, value in (("mix", 1.0), ("decay", 1.0), ("predelay", 0.0)):
        host.set_param(plugin, name, value)
    render(host, 12_000)
    steady = np.abs(np.diff(render(host, 2000))).max()
    for name, value in (("size", 40.0), ("size", 4.0), ("predelay", 0.25), ("decay", 20.0)):
        host.set_param(plugin, name, value)
        assert np.abs(np.diff(render(host, 4000))).max() < 8 * steady  # the tone is higher while it glides
