"""The voice tracker at the head of a chain: the events it emits, their times, and independence of the block size."""

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.voice.scales import MASKS, SCALES, nearest_note
from engine.voice.tracker_plugin import MAX_CONSONANT_SECONDS, VoiceTracker
from tests.support.harmonic_tones import RATE, tone
from tests.support.host_callback import MAX_FRAMES, render
from tests.support.simple_plugins import Listener, Signal


def following(sound, voice, listener):
    """A host whose chain starts with a sound (T,) in place of a microphone."""
    host = Host(RATE)
    host.memory["inputs"] = 0
    host.play([Signal(np.tile(sound, (2, 1))), voice, listener])
    return host


def tracked(sound, block=64, voice=None, seconds=0.6, **knobs):
    """Results for a sound at the microphone: LOUDNESS and PITCH events, the output, and the tracker."""
    voice, listener = voice or VoiceTracker(), Listener()
    host = following(sound, voice, listener)
    for name, value in knobs.items():
        host.set_param(voice, name, value)
    heard = render(host, int(seconds * RATE), block)
    return listener.heard(Kind.LOUDNESS), listener.heard(Kind.PITCH), heard, voice


@pytest.fixture
def sung(random):
    return tone(220.0, random, seconds=0.4, noise=-60)


def test_a_tone_starts_once_continues_and_ends_once(sung):
    sound, start = sung
    loudness, pitch, heard, _ = tracked(sound)
    assert pitch["key"].tolist() == [1] + [0] * (len(pitch) - 1)
    assert start < pitch["frame"][0] < start + 3 * RATE / 220
    assert np.abs(1200 * np.log2(pitch["value"][:-1] / 220)).max() < 50
    assert pitch["value"][-1] == 0
    assert len(sound) < pitch["frame"][-1] < len(sound) + 0.03 * RATE
    np.testing.assert_array_equal(loudness["frame"], pitch["frame"])
    assert not heard.any()


def test_loudness_is_emitted_before_pitch(sung):
    listener = Listener()
    render(following(sung[0], VoiceTracker(), listener), RATE // 2)
    kinds = listener.heard(Kind.LOUDNESS, Kind.PITCH)["kind"]
    assert (kinds[0::2] == Kind.LOUDNESS).all()
    assert (kinds[1::2] == Kind.PITCH).all()


@pytest.mark.parametrize("block", [1, 7, 4096, [3, 500, 64, 1, 128, 77]], ids=str)
def test_the_events_do_not_depend_on_the_block_size(sung, block):
    expected, parts = tracked(sung[0], 64, dry=-6), tracked(sung[0], block, dry=-6)
    for whole, part in zip(expected[:2], parts[:2], strict=True):
        np.testing.assert_array_equal(part["frame"], whole["frame"])
        np.testing.assert_array_equal(part["value"], whole["value"])
    np.testing.assert_array_equal(parts[2], expected[2])


def test_the_input_is_passed_on_at_the_level_of_dry(sung):
    sound = sung[0]
    np.testing.assert_allclose(tracked(sound, dry=0)[2][0, : len(sound)], sound, atol=1e-6)
    np.testing.assert_allclose(tracked(sound, dry=-20)[2][0, : len(sound)], 0.1 * sound, atol=1e-6)


def test_a_voice_of_any_level_is_moved_to_the_loudness_of_the_instrument(random):
    for level in (-45, -15):
        sound, _ = tone(220.0, random, seconds=0.5, noise=-60, level=level)
        loudness = tracked(sound, voice=VoiceTracker(target_loudness=-25.0))[0]
        late = (loudness["frame"] > 0.45 * RATE) & (loudness["frame"] < len(sound))
        assert np.abs(loudness["value"][late] + 25).max() < 2


def test_the_automatic_level_can_be_switched_off(random):
    sound, _ = tone(1000.0, random, seconds=0.5, noise=-60, level=-30, harmonics=1)
    loudness = tracked(sound, follow=0, level=6)[0]
    late = (loudness["frame"] > 0.2 * RATE) & (loudness["frame"] < 0.58 * RATE)
    assert loudness["value"][late] == pytest.approx(-24, abs=0.5)


def test_the_loudness_is_right_at_the_onset_of_a_tone(random):
    sound, _ = tone(440.0, random, seconds=0.4, noise=-60)
    loudness = tracked(sound, follow=0)[0]
    steady = np.median(loudness["value"][20:100])
    assert loudness["value"][0] > steady - 4
    assert loudness["value"][:100].max() < steady + 2


def test_the_pitch_is_transposed_and_snapped_to_a_scale(sung):
    assert tracked(sung[0], transpose=12)[1]["value"][50] == pytest.approx(440, rel=1e-3)
    note = 69 + 12 * np.log2(220 * 2 ** (-1 / 12) / 440)
    flat = tracked(sung[0], transpose=-1, snap=1, scale=list(SCALES).index("major"))[1]["value"][50]
    assert flat == pytest.approx(440 * 2 ** ((round(note) - 1 - 69) / 12), rel=1e-3) or flat == pytest.approx(220)
    assert tracked(sung[0], transpose=0.4, snap=1)[1]["value"][50] == pytest.approx(220, rel=1e-5)


def test_the_nearest_note_of_a_scale_has_hysteresis():
    major = MASKS[list(SCALES).index("major")]
    assert nearest_note(61.2, -1.0, 0, major) == 62
    assert nearest_note(60.8, -1.0, 0, major) == 60
    assert nearest_note(61.05, 60.0, 0, major) == 60
    assert nearest_note(61.3, 60.0, 0, major) == 62
    assert nearest_note(61.0, -1.0, 1, major) == 61
    assert nearest_note(60.4, -1.0, 0, MASKS[0]) == 60


def test_pitches_out_of_range_are_not_tracked(sung):
    assert not tracked(sung[0], low=300)[1]["value"].any()


def test_invalid_samples_do_no_harm(sung):
    sound = sung[0].copy()
    sound[10_000:10_100] = np.nan
    sound[12_000] = np.inf
    loudness, pitch, _, voice = tracked(sound)
    assert np.isfinite(loudness["value"]).all()
    assert np.isfinite(pitch["value"]).all()
    assert voice.bad_samples == 101


def test_silence_emits_nothing_and_noise_little(random):
    assert len(tracked(np.zeros(MAX_FRAMES, np.float32))[1]) == 0
    noise = 0.05 * random.normal(size=MAX_FRAMES).astype(np.float32)
    assert (tracked(noise)[1]["value"] > 0).sum() < 0.05 * MAX_FRAMES / 64


def test_the_tuning_moves_the_scale_and_not_the_voice(sung):
    higher = 220 * 2 ** (0.3 / 12)
    for snap, expected in ((0, 220 * 2 ** (0.1 / 12)), (1, higher)):
        voice, listener = VoiceTracker(), Listener()
        host = following(sung[0], voice, listener)
        host.send(Kind.BEND, value=0.3)
        host.set_param(voice, "snap", snap)
        host.set_param(voice, "transpose", 0.1)
        render(host, RATE // 2)
        assert listener.heard(Kind.PITCH)["value"][50] == pytest.approx(expected, rel=1e-3)


def test_the_loudness_of_a_consonant_is_emitted_for_a_while(random):
    sound = tone(220.0, random, seconds=0.2, noise=-60)[0]
    loud, soft = (level * random.normal(size=RATE // 4).astype(np.float32) for level in (0.03, 1e-5))
    for noise, seconds in ((loud, MAX_CONSONANT_SECONDS), (soft, 0.0)):
        loudness, pitch, _, _ = tracked(np.concatenate((sound, noise)), seconds=0.55)
        ends = pitch["frame"][pitch["value"] == 0]
        assert ends[-1] - ends[0] == pytest.approx(seconds * RATE, abs=0.02 * RATE)
        np.testing.assert_array_equal(loudness["frame"], pitch["frame"])
