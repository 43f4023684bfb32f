"""The drive, against plain Python, its curve, and the aliases that are left."""

import math

import numpy as np
import pytest

from engine.effects.drive import EASY, STEEP, Drive
from engine.host import Host
from tests.support.host_callback import MAX_FRAMES, RATE, render
from tests.support.simple_plugins import Signal


def played(audio, block=128, **values):
    """Audio (2, T) through a drive, the tone open unless said otherwise."""
    host, plugin = Host(RATE), Drive()
    for name, value in ({"tone": 20_000.0, "level": 0.0} | values).items():
        plugin.state["param"][0, [param.name for param in plugin.params].index(name)] = value
    host.play([Signal(audio), plugin])
    return render(host, audio.shape[1], block)


class AllPasses:
    """A branch of a half-band filter in plain Python."""

    def __init__(self, coefficients):
        self.coefficients, self.last = [float(k) for k in coefficients], [(0.0, 0.0)] * len(coefficients)

    def __call__(self, x):
        for i, k in enumerate(self.coefficients):
            x1, y1 = self.last[i]
            y = k * x + x1 - k * y1
            self.last[i] = x, y
            x = y
        return x


def doubled(x, branches):
    """Twice as many samples."""
    return np.stack([[branch(each) for each in x] for branch in branches], axis=1).ravel()


def halved(x, branches):
    """Half as many samples."""
    first, second = branches
    return np.array([0.5 * (second(even) + first(odd)) for even, odd in x.reshape(-1, 2)])


def curve(u):
    return np.clip((15 * u - 10 * u**3 + 3 * u**5) / 8, -1, 1) if abs(u) < 1 else math.copysign(1.0, u)


def antiderivative(u):
    inside = np.clip(u, -1, 1)
    return (7.5 * inside**2 - 2.5 * inside**4 + 0.5 * inside**6) / 8 + np.abs(u - inside)


def plain(x, amount, tone, level):
    """One channel of the same in plain Python, by differences of the antiderivative."""
    easy = [EASY[0::2], EASY[1::2]]
    driven = 8 / 15 * 10 ** (amount / 20) * x.astype(float)
    u = doubled(doubled(driven, [*map(AllPasses, STEEP)]), [*map(AllPasses, easy)])
    last = np.concatenate([[0.0], u[:-1]])
    close = np.abs(u - last) < 1e-5
    step = np.where(close, 1, u - last)
    difference = antiderivative(u) - antiderivative(last)
    mean = np.where(close, [curve(each) for each in (u + last) / 2], difference / step)
    y = halved(halved(mean, [*map(AllPasses, easy)]), [*map(AllPasses, STEEP)])
    g = math.tan(math.pi * tone / RATE)
    out, x1, y1 = [], 0.0, 0.0
    for each in y:
        y1 = (g * (each + x1) + (1 - g) * y1) / (1 + g)
        x1 = each
        out.append(10 ** (level / 20) * y1)
    return np.array(out)


@pytest.mark.parametrize("amount", [0.0, 18.0, 40.0])
def test_it_does_what_plain_python_does(random, amount):
    audio = random.uniform(-0.6, 0.6, (2, 1500)).astype(np.float32)
    audio[:, 1000:] *= 0.01
    found = played(audio, amount=amount, tone=3000.0, level=-4.0)
    for c in range(2):
        np.testing.assert_allclose(found[c], plain(audio[c], amount, 3000.0, -4.0), atol=3e-5)


def tone(frequency, level=1.0):
    """A tone of a whole number of periods in MAX_FRAMES, at the frequency that is nearest."""
    cycles = round(frequency * MAX_FRAMES / RATE)
    wave = level * np.sin(2 * np.pi * cycles * np.arange(MAX_FRAMES) / MAX_FRAMES)
    return cycles, np.stack([wave, wave]).astype(np.float32)


def test_a_quiet_sound_keeps_its_level_and_comes_four_samples_late():
    _, audio = tone(440, 1e-3)
    heard = played(audio, amount=0.0)[0, 4000:30_000]
    errors = [np.abs(heard - audio[0, 4000 - late : 30_000 - late]).max() for late in range(8)]
    assert int(np.argmin(errors)) == 4
    assert min(errors) < 0.04 * 1e-3


@pytest.mark.parametrize("amount", [12.0, 40.0])
def test_it_bends_both_sides_alike_and_stays_within_its_ceiling(amount):
    _, audio = tone(500, 0.7)
    heard = played(audio, amount=amount)
    np.testing.assert_array_equal(played(-audio, amount=amount), -heard)
    assert 0.8 < np.abs(heard).max() < 1.4  # the filters overshoot the corners of what is clipped


# Frequency in Hz, amount in dB, and the most that aliases may have of the whole, in dB.
ALIASES = [
    (1244.5, 12.0, -130.0),
    (1244.5, 24.0, -95.0),
    (2489.0, 24.0, -80.0),
    (4978.0, 24.0, -60.0),
    (4978.0, 40.0, -48.0),
]


@pytest.mark.parametrize(("frequency", "amount", "limit"), ALIASES)
def test_aliases_stay_low(frequency, amount, limit):
    assert alias_db(frequency, amount) < limit


def alias_db(frequency, amount):
    """The power of all that is no multiple of a tone, below 20 kHz, relative to the whole."""
    size = MAX_FRAMES // 2
    cycles = round(frequency * size / RATE) | 1
    wave = np.sin(2 * np.pi * cycles * np.arange(MAX_FRAMES) / size)
    found = played(np.stack([wave, wave]).astype(np.float32), amount=amount)[0, size:]
    power = np.abs(np.fft.rfft(found.astype(float))) ** 2
    power = power[: round(20_000 * size / RATE)]
    is_alias = np.ones(len(power), bool)
    is_alias[::cycles] = False
    return 10 * np.log10(power[is_alias].sum() / power.sum())


def test_the_tone_softens_what_is_brighter():
    _, audio = tone(4000, 0.01)
    loud, soft = (np.abs(played(audio, amount=0.0, tone=corner)[0, 4096:]).max() for corner in (20_000.0, 1000.0))
    g = math.tan(math.pi * 1000 / RATE)
    z = np.exp(2j * np.pi * 4000 / RATE)
    wanted = abs(g * (1 + 1 / z) / (1 + g - (1 - g) / z))
    assert soft / loud == pytest.approx(wanted, rel=0.01)
