"""Notes of the state-space instrument: bends, damping, invalid states and changes of mode."""

import numpy as np
import pytest

from engine.events import Kind
from tests.engine.instruments.resonance_player import level
from tests.support.host_callback import render
from tests.support.ssm_preset import playing, strike


@pytest.mark.parametrize("semitones", [0.0, 2.0, -1.37])
def test_a_bend_moves_the_pitch(semitones):
    host, _ = playing(rate=48_000)
    strike(host)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, 48_000)[0, 12_000:]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 1 << 20))
    low, high = int(150 / 48_000 * 2**20), int(300 / 48_000 * 2**20)
    found = (low + spectrum[low:high].argmax()) * 48_000 / 2**20
    assert abs(1200 * np.log2(found / (220 * 2 ** (semitones / 12)))) < 5


def test_damping_shortens_the_decay():
    def play(damping):
        host, instrument = playing(rate=48_000)
        host.set_param(instrument, "damping", damping)
        strike(host)
        return level(render(host, 48_000)[0, 12_000:14_000])

    assert play(0.0) - play(10.0) == pytest.approx(
        20 * np.log10(np.e) * 10 * 13_000 / 48_000, abs=4
    )  # tanh compresses a softer sound less


@pytest.mark.parametrize("learned", [False, True])
def test_a_state_of_nan_is_cleared(learned):
    host, instrument = playing(rate=48_000, learned=learned)
    strike(host)
    render(host, 128)
    instrument._arrays["h"][:] = np.nan
    render(host, 1024)
    strike(host)
    assert np.isfinite(render(host, 4096)).all()
    strike(host)
    assert level(render(host, 4096)) > -60


def test_changing_the_mode_of_the_keys_ends_all_voices_and_new_notes_sound():
    host, instrument = playing(rate=48_000, learned=True)
    strike(host)
    render(host, 512)
    host.set_param(instrument, "play", 1)
    assert not render(host, 8192)[0, -4096:].any()
    strike(host)
    assert level(render(host, 2048)) > -60
    host.set_param(instrument, "play", 0)
    render(host, 8192)
    host.send(Kind.CONTROL, 0, 1.0)
    assert level(render(host, 2048)) > -60
