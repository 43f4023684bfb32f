"""The state-space instrument through the real callback, against float64 and a studio-quality resampler."""

import numpy as np
import pytest
import soxr

from engine.events import Kind
from engine.instruments.ssm.state import GRID_VOICES
from engine.preset.control_performance import perform
from engine.reference_output import event_array
from engine.render import render as play
from tests.engine.instruments.resonance_player import level
from tests.support.host_callback import render
from tests.support.plain_ssm import frames, impulse_response, learned_control
from tests.support.ssm_preset import LEARNED, playing, preset, strike

LATE = 16  # learned samples: delay of as-learned playing where it is resampled


def below(hz, x, rate):
    """The spectrum of a sound up to a frequency in Hz."""
    return np.fft.rfft(x * np.hanning(len(x)))[: int(hz * len(x) / rate)]


@pytest.mark.parametrize("block", [64, 331])
def test_the_learned_performance_is_exactly_the_output_of_the_network(block):
    what = preset(params={"play": 0.0})
    host, _ = playing(what=what)
    expected = frames(what, learned_control(what))
    heard = play(
        host, event_array(perform(what.header, what.tensors, "learned"), LEARNED), len(expected) / LEARNED, block
    )
    np.testing.assert_allclose(heard[0], expected, atol=1e-5)
    np.testing.assert_array_equal(heard[0], heard[1])


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_the_learned_performance_is_the_same_at_any_rate(rate):
    what = preset(params={"play": 0.0})
    host, _ = playing(what=what, rate=rate)
    expected = frames(what, learned_control(what))
    heard = play(host, event_array(perform(what.header, what.tensors, "learned"), rate), len(expected) / LEARNED)[0]
    back = soxr.resample(heard.astype(np.float64), rate, LEARNED, "VHQ")[LATE:]
    count = min(len(back), len(expected) - LATE)
    hertz = min(8500, 0.4 * rate)
    heard, expected = below(hertz, back[:count], LEARNED), below(hertz, expected[:count], LEARNED)
    assert np.linalg.norm(heard - expected) < 1e-3 * np.linalg.norm(expected)


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize(("key", "ratio"), [(57, 1.0), (64, 2 ** (7 / 12)), (45, 0.5)])
def test_a_note_is_the_response_of_its_dimension_at_the_pitch_of_its_key(rate, key, ratio):
    what = preset(params={"play": 1.0})
    host, _ = playing(what=what, rate=rate)
    strike(host, key)
    heard = render(host, rate)[0]
    wave = impulse_response(what, 0, 0.7)
    expected = soxr.resample(wave, LEARNED * ratio, rate, "VHQ")[:rate]
    heard, expected = below(6000, heard[200:], rate), below(6000, expected[200:], rate)
    assert np.linalg.norm(heard - expected) < 0.01 * np.linalg.norm(expected)


@pytest.mark.parametrize("frame", [0, 1, 100, 777, 5000])
def test_as_learned_a_key_sounds_within_one_grid_step(frame):
    host, _ = playing(rate=48_000, learned=True)
    strike(host, frame=frame)
    heard = np.flatnonzero(np.abs(render(host, 8192)[0]) > 1e-4)
    latest = (128 / GRID_VOICES + LATE) * 48_000 / LEARNED
    assert frame <= heard[0] <= frame + latest + 2


def test_as_learned_strikes_on_the_grid_share_one_state():
    what = preset(params={"play": 0.0})
    host, instrument = playing(rate=44_100, what=what)
    for n in range(0, 40, 3):
        host.send(Kind.CONTROL, 1, 3.0, frame=n * 256)
    render(host, 40 * 256)
    assert instrument.voices == 1
    for n in range(8):
        host.send(Kind.CONTROL, 1, 3.0, frame=40 * 256 + 32 * n + 256)
    render(host, 1024)
    assert instrument.voices == GRID_VOICES


@pytest.mark.parametrize("learned", [False, True])
def test_it_decays_from_saturated_states_without_its_gate(learned):
    what = preset(params={"play": 1.0 - learned, "gate": 0.0})
    what.tensors["recurrence"] = 0.998 * np.eye(32, dtype=np.float32)[np.random.default_rng(0).permutation(32)]
    host, instrument = playing(what=what, rate=48_000, learned=learned)
    strike(host)
    render(host, 64)
    instrument._arrays["h"][:, :32] = 1
    heard = render(host, 30 * 48_000, 4096)[0]
    assert np.abs(heard[:4800]).max() > 0.05
    assert level(heard[-48_000:]) < -90
    assert instrument.voices == 1


def test_inaudible_voices_sleep():
    host, instrument = playing(rate=48_000)
    strike(host)
    assert render(host, 8 * 48_000).any()
    assert instrument.voices == 0
    assert not instrument.state["voices"]["stage"][0].any()
