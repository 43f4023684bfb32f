"""The equalizer, against the formulas of its bands and a direct form in plain Python."""

import cmath
import math

import numpy as np
import pytest

from engine.effects.equalizer import MAX_GAIN_DB, Equalizer
from engine.events import Kind
from engine.host import Host
from tests.support.host_callback import MAX_FRAMES, RATE, render
from tests.support.simple_plugins import Signal

BANDS = ("low", "lowmid", "highmid", "high")


def equalizer(**values):
    """An equalizer with these parameters, `low_gain` for low-gain."""
    made = Equalizer()
    for name, value in values.items():
        made.state["param"][0, [param.name for param in made.params].index(name.replace("_", "-"))] = value
    return made


def played(audio, rate=RATE, **values):
    """Audio (2, T) through an equalizer."""
    host = Host(rate)
    host.play([Signal(audio), equalizer(**values)])
    return render(host, audio.shape[1])


def biquad(band, frequency, level, quality, rate):
    """The coefficients (b, a) of a band by R. Bristow-Johnson's cookbook."""
    turn, root = 2 * math.pi * frequency / rate, 10 ** (level / 40)
    cosine, alpha = math.cos(turn), math.sin(turn) / (2 * quality)
    if band in ("lowmid", "highmid"):
        return [1 + alpha * root, -2 * cosine, 1 - alpha * root], [1 + alpha / root, -2 * cosine, 1 - alpha / root]
    sign, slope = (1 if band == "low" else -1), 2 * math.sqrt(root) * alpha
    plus, minus = root + 1, root - 1
    b = [
        root * (plus - sign * minus * cosine + slope),
        sign * 2 * root * (minus - sign * plus * cosine),
        root * (plus - sign * minus * cosine - slope),
    ]
    a = [
        plus + sign * minus * cosine + slope,
        -sign * 2 * (minus + sign * plus * cosine),
        plus + sign * minus * cosine - slope,
    ]
    return b, a


def response_db(coefficients, frequency, rate):
    """The level of a band at a frequency."""
    b, a = (np.polyval(part[::-1], cmath.exp(-2j * math.pi * frequency / rate)) for part in coefficients)
    return 20 * math.log10(abs(b / a))


def filtered(audio, b, a):
    """Audio (2, T) through a biquad in direct form, in plain Python."""
    out = np.zeros(audio.shape)
    for c in range(2):
        x1 = x2 = y1 = y2 = 0.0
        for t, x in enumerate(audio[c].astype(float)):
            y = (b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2) / a[0]
            x1, x2, y1, y2, out[c, t] = x, x1, y, y1, y
    return out


def test_it_does_what_four_biquads_in_plain_python_do(random):
    audio = random.uniform(-0.5, 0.5, (2, 6000)).astype(np.float32)
    settings = {"low": (90, 9, 0.8), "lowmid": (350, -7, 2.5), "highmid": (3000, 12, 0.5), "high": (9000, -11, 1.1)}
    knobs, wanted = {}, audio
    for band, (frequency, level, quality) in settings.items():
        knobs |= {band: frequency, f"{band}_gain": level, f"{band}_q": quality}
        wanted = filtered(wanted, *biquad(band, frequency, level, quality, RATE))
    np.testing.assert_allclose(played(audio, **knobs), wanted, atol=2e-6)


@pytest.mark.parametrize("rate", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("level", [-MAX_GAIN_DB, 4.5, MAX_GAIN_DB])
@pytest.mark.parametrize("end", [0, 1])
def test_a_band_has_the_response_of_its_formula(rate, band, level, end):
    made = equalizer()
    ranges = {param.name: (param.low, param.high) for param in made.params}
    frequency, quality = min(ranges[band][end], 0.44 * rate), ranges[f"{band}-q"][end]
    pulse = np.zeros((2, MAX_FRAMES), np.float32)
    pulse[:, 0] = 1
    knobs = {band: frequency, f"{band}_gain": level, f"{band}_q": quality}
    heard = played(pulse, rate, **knobs)[0].astype(float)
    coefficients = biquad(band, frequency, level, quality, rate)
    for step in np.geomspace(max(20, 4 * rate / MAX_FRAMES), 0.45 * rate, 60):
        turn = np.exp(-2j * np.pi * step / rate * np.arange(MAX_FRAMES))
        assert 20 * np.log10(abs(heard @ turn)) == pytest.approx(response_db(coefficients, step, rate), abs=0.1)


def test_bands_at_0_db_pass_the_sound_bit_for_bit(random):
    audio = random.uniform(-0.5, 0.5, (2, 6000)).astype(np.float32)
    np.testing.assert_array_equal(played(audio, low=700, lowmid_q=9, high=600), audio)


def test_no_movement_of_the_knobs_makes_it_unstable(random):
    host, plugin = Host(RATE), equalizer()
    host.play([Signal(random.uniform(-0.1, 0.1, (2, MAX_FRAMES)).astype(np.float32)), plugin])
    heard = []
    for _ in range(MAX_FRAMES // 64):
        for index, param in enumerate(plugin.params[:-1]):
            ends = (param.low, param.high)
            host.send(Kind.PARAM, index, ends[random.integers(2)], target=plugin)
        heard.append(render(host, 64))
    loudest = np.abs(np.concatenate(heard, axis=1)).max()
    assert 0.1 < loudest < 0.1 * 10 ** (4 * MAX_GAIN_DB / 20)


def test_a_turned_knob_does_not_click():
    tone = 0.1 * np.sin(2 * np.pi * 200 * np.arange(MAX_FRAMES) / RATE)
    host, plugin = Host(RATE), equalizer(low=400.0)
    host.play([Signal(np.stack([tone, tone]).astype(np.float32)), plugin])
    heard = [render(host, 5000)]
    for level in (12.0, -12.0, 0.0):
        host.set_param(plugin, "low-gain", level)
        heard.append(render(host, 5000))
    spectra = [np.abs(np.fft.rfft(part[0, 1000:] * np.hanning(4000))) for part in heard]
    loudest = max(spectrum.max() for spectrum in spectra)
    whole = np.concatenate(heard, axis=1)[0]
    for change in (5000, 10_000, 15_000):
        around = np.abs(np.fft.rfft(whole[change - 2000 : change + 2000] * np.hanning(4000)))
        assert 20 * np.log10(around[round(3000 * 4000 / RATE) :].max() / loudest) < -75
