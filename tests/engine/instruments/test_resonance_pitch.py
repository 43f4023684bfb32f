"""Pitch of a resonance instrument: bend and vibrato; a broken voice is cleared."""

import numpy as np
import pytest

from engine.events import Kind
from tests.engine.instruments.resonance_player import cents_from, playing, strike
from tests.support.host_callback import render


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("semitones", [0.0, 2.0, -1.37])
def test_a_bend_moves_the_pitch(rate, semitones):
    host, _ = playing(rate=rate)
    strike(host)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, rate)[0, rate // 4 :]
    assert abs(cents_from(heard, rate, 220 * 2 ** (semitones / 12))) < 1


def test_the_modulation_wheel_adds_vibrato():
    host, instrument = playing(rate=48_000)
    host.set_param(instrument, "vibrato", 100)
    host.set_param(instrument, "speed", 2)
    host.send(Kind.MODULATION, value=1.0)
    strike(host)
    heard = render(host, 48_000)[0]
    crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    early, late = (
        np.diff(crossings[crossings < 10_000]),
        np.diff(crossings[(crossings > 14_000) & (crossings < 22_000)]),
    )
    assert np.median(early) < 48_000 / 224 < 48_000 / 216 < np.median(late)


def test_a_broken_voice_is_cleared():
    host, instrument = playing(rate=48_000)
    strike(host)
    render(host, 128)
    instrument._arrays["banks"][:, 0, 0] = np.nan
    render(host, 128)
    strike(host)
    assert np.isfinite(render(host, 4096)).all()
