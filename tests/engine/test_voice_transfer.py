"""Voice transfer: fitting a voice to an instrument, rendering through the real callback, latency."""

import numpy as np
import pytest

from engine import voice_transfer
from engine.host import Host
from engine.instrument_chain import follow_voice, make_chain
from engine.instruments.resonance.instrument import Resonance
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset
from engine.voice.offline_tracking import PitchCurves
from engine.voice.pitch_tracker.state import MIN_PITCH_HZ
from engine.voice_latency import Latency, measure_latency
from tests.support.host_callback import RATE
from tests.support.resonance_preset import small_preset
from tests.support.simple_plugins import Signal

HEADER = {"pitch": {"low": 196.0, "high": 1600.0}, "features": {"mean": -24.0}}


def heard(pitch, loudness=-40.0, voiced=1.0, frames=100):
    return PitchCurves(*(np.full(frames, value, np.float32) for value in (pitch, voiced, loudness)))


@pytest.mark.parametrize(("pitch", "moved"), [(440.0, 0), (220.0, 0), (150.0, 12), (60.0, 24), (2000.0, -12)])
def test_a_voice_is_transposed_by_the_fewest_octaves_into_range(pitch, moved):
    fitted = voice_transfer.fit_voice(heard(pitch), HEADER, 0.01)
    assert (fitted.transpose, fitted.gain) == (moved, 16.0)


def test_a_voice_that_is_mostly_in_range_is_not_transposed():
    pitch = np.where(np.arange(1000) % 100 == 0, 190.0, 300.0)
    voice = PitchCurves(pitch, np.ones(1000), np.full(1000, -24.0))
    fitted = voice_transfer.fit_voice(voice, HEADER, 0.01)
    assert (fitted.transpose, fitted.gain) == (0, 0.0)


def test_a_voice_is_tracked_to_below_its_lowest_tone_and_that_of_the_instrument():
    whole_tone = 2 ** (-2 / 12)
    for pitch, transpose, lowest in ((440.0, 0, 196.0), (440.0, 12, 98.0), (110.0, 0, 110.0), (61.0, 24, 49.0)):
        fitted = voice_transfer.fit_voice(heard(pitch), HEADER, 0.01, transpose)
        assert fitted.low == pytest.approx(max(lowest * whole_tone, MIN_PITCH_HZ), rel=1e-6)


def test_short_errors_an_octave_below_are_not_the_lowest_pitch_of_a_voice():
    pitch = np.full(1000, 440.0)
    pitch[100:105] = pitch[300:305] = 110.0  # 50 ms each
    assert voice_transfer.lowest_pitch(PitchCurves(pitch, np.ones(1000), np.zeros(1000)), 0.01) == 440
    pitch[500:600] = 330.0  # a tone of a second
    assert voice_transfer.lowest_pitch(PitchCurves(pitch, np.ones(1000), np.zeros(1000)), 0.01) == 330


def test_a_given_transposition_is_used():
    assert voice_transfer.fit_voice(heard(150.0), HEADER, 0.01, 7.0).transpose == 7


def test_a_recording_without_pitch_is_refused():
    with pytest.raises(ValueError, match=r"only 0\.05 s of it"):
        voice_transfer.fit_voice(heard(150.0, frames=5), HEADER, 0.01)


class Microphone(Signal):
    """Passes the microphone on, and adds a signal."""

    listens = True


@pytest.mark.parametrize("block", [1, 64, 1000])
def test_the_chain_gets_the_voice_and_then_silence_until_its_tail_has_ended(random, block):
    host, sound = Host(RATE), random.uniform(-0.5, 0.5, 5000).astype(np.float32)
    host.play([Microphone(np.zeros((2, 10)))])
    out = np.concatenate(list(voice_transfer.render_transfer(host, sound, block)), axis=1)
    np.testing.assert_array_equal(out[:, :5000], [sound, sound])
    assert not out[:, 5000:].any()
    assert 0.5 * RATE <= out.shape[1] - 5000 < 0.5 * RATE + 2 * block


def test_an_endless_tail_is_cut_off():
    host = Host(RATE)
    host.play([Microphone(0.5)])
    out = np.concatenate(list(voice_transfer.render_transfer(host, np.zeros(100, np.float32), 128, tail=0.1)), axis=1)
    assert out.shape[1] == pytest.approx(100 + 0.1 * RATE, abs=256)


def test_only_kinds_that_follow_a_voice_do():
    with pytest.raises(ValueError, match="resonance instruments cannot follow"):
        follow_voice([Resonance(small_preset())])


def test_latency_is_the_sum_of_its_parts_and_describes_each(rate):
    late = Latency(0.004, 0.001, 0.006, 0.010, 0.010, 0.005)
    assert late.of_pitch == pytest.approx(0.016)
    assert late.of_loudness == pytest.approx(0.030)
    assert late.describe() == (
        "pitch 16.0 ms late (microphone 4.0 ms + block 1.0 ms + speaker 5.0 ms + tracker 6.0 ms), "
        "loudness 30.0 ms (microphone 4.0 ms + block 1.0 ms + speaker 5.0 ms + tracker 10.0 ms + frame 10.0 ms)"
    )


def test_offline_the_latency_is_that_of_tracker_and_frame(rate):
    row = follow_voice(make_chain(Preset(*random_preset()), room="none"))
    for plugin in row:
        plugin.prepare(rate)
    late = measure_latency(row, rate)
    assert (late.microphone, late.block, late.speaker) == (0, 0, 0)
    assert late.frame == pytest.approx(0.01)
    assert 0.002 < late.pitch < 0.012
    assert 0.005 < late.loudness < 0.02
    assert measure_latency(row, rate, pitch=100.0).pitch > late.pitch
