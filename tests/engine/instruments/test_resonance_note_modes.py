"""The modes that sound in a note."""

import numpy as np
import pytest

from engine.events import Kind
from engine.instruments.resonance.key_tables import mode_clusters
from tests.engine.instruments.resonance_player import FREQUENCY, LEARNED, level, playing, preset, ringing, strike
from tests.engine.instruments.test_resonance_velocity import host_of
from tests.support.host_callback import render


def test_a_mode_by_itself_is_its_own_cluster():
    what = preset(layers=2).tensors
    swell, linger = mode_clusters(what)
    np.testing.assert_allclose(swell, what["amplitude"], rtol=1e-6)
    np.testing.assert_allclose(linger, what["decay"], rtol=1e-6)


def test_in_notes_only_the_modes_of_the_pitch_sound():
    belongs = np.array([[[1.0, 0.0, 1.0, 0.0, 0.0]]])
    host = host_of({"harmonic": belongs})
    strike(host)
    spectrum = np.abs(np.fft.rfft(render(host, LEARNED)[0]))
    heard = spectrum[np.round(FREQUENCY).astype(int)]
    assert heard[[1, 3, 4]].max() < 0.02 * heard[0]
    host, _ = playing()
    strike(host)
    whole = level(render(host, LEARNED))
    host = host_of({"harmonic": belongs})
    strike(host)
    assert level(render(host, LEARNED)) == pytest.approx(whole, abs=0.5)


def test_as_learned_all_modes_sound_whether_they_belong_to_the_pitch_or_not():
    host = host_of({"harmonic": np.array([[[1.0, 0.0, 1.0, 0.0, 0.0]]])}, control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)
