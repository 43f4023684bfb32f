"""Leaps of the pitch within a frame: no old harmonics above the band, no steps, and the range of a tracked voice."""

import numpy as np
import pytest
import scipy.signal

from engine.events import Kind
from engine.instruments.ddsp.instrument import Ddsp
from engine.instruments.ddsp.pitch_leap import FADE_SECONDS
from engine.instruments.ddsp.state import TRACKED_VOICE
from engine.instruments.ddsp.voice_range import OUTSIDE_SECONDS, voice_range
from tests.engine.instruments.resonance_player import cents_from, level
from tests.support.ddsp_instrument import PLAIN, playing, send_voice
from tests.support.host_callback import render

RATE, HOP = 48_000, 64
LEAP_FRAME = 12_000


def tracked(pitches, decibels=-35.0, harmonics=60, **params):
    """What a tracked voice sounds like (T,) as its pitch (T / HOP,) in Hz arrives at every HOP frames."""
    host, instrument = playing(harmonics=harmonics, **PLAIN, **params)
    for i, pitch in enumerate(pitches):
        send_voice(host, float(pitch), decibels, frame=HOP * i, onset=i == 0)
    return render(host, HOP * len(pitches))[0].astype(np.float64), instrument


def leap(before, after, hops=375):
    """A pitch that leaps at LEAP_FRAME."""
    return np.where(np.arange(hops) * HOP < LEAP_FRAME, before, after)


AROUND = slice(LEAP_FRAME - 480, LEAP_FRAME + 1440)


def high_part(sound):
    """A sound without what is below 9 kHz."""
    return np.convolve(
        sound, scipy.signal.firwin(511, 9000, fs=RATE, pass_zero=False, window=("kaiser", 9.0)), "same"
    )


@pytest.mark.parametrize(("before", "after"), [(200.0, 800.0), (800.0, 200.0), (330.0, 990.0), (250.0, 360.0)])
def test_a_leap_carries_no_harmonics_beyond_the_band(before, after):
    heard = tracked(leap(before, after))[0]
    assert level(high_part(heard)[AROUND]) < level(heard[AROUND]) - 60


@pytest.mark.parametrize("ratio", [2**0.5, 2.0, 3.0])
def test_a_leap_is_the_sum_of_a_tone_that_fades_out_and_one_that_fades_in(ratio):
    heard = tracked(leap(250.0, 250.0 * ratio, 600))[0]
    fade = round(FADE_SECONDS * RATE)
    old = tracked(np.full(600, 250.0))[0]
    assert np.abs(heard[:LEAP_FRAME] - old[:LEAP_FRAME]).max() == 0
    new = heard[LEAP_FRAME + fade :]
    assert abs(cents_from(new[4800:], RATE, 250.0 * ratio)) < 1
    steps = np.abs(np.diff(heard))
    assert steps[LEAP_FRAME - 2 : LEAP_FRAME + fade + 2].max() < 1.3 * max(
        steps[4800 : LEAP_FRAME - 2].max(), steps[LEAP_FRAME + 4800 :].max()
    )


def test_the_old_tone_of_a_leap_fades_linearly_and_is_over_after_the_fade():
    old, fade = tracked(np.full(375, 250.0), harmonics=12)[0], round(FADE_SECONDS * RATE)
    heard, instrument = tracked(leap(250.0, 700.0), harmonics=12)
    voice = instrument.state["voices"][0, TRACKED_VOICE]
    assert voice["fade_end"] - voice["fade_start"] == fade
    assert LEAP_FRAME <= voice["fade_start"] <= LEAP_FRAME + HOP
    start = int(voice["fade_start"])
    window = slice(start, start + fade)
    shares = 1 - np.arange(fade) / fade
    new = heard[window] - shares * old[window]
    assert level(new[: fade // 8]) < level(old[window]) - 12


def test_a_trill_of_leaps_within_the_fade_makes_no_steps():
    pitches = np.where((np.arange(375) // 2) % 2 == 0, 250.0, 700.0)  # every 2.7 ms
    steps = np.abs(np.diff(tracked(pitches)[0]))
    smooth = max(np.abs(np.diff(tracked(np.full(375, pitch))[0]))[4800:].max() for pitch in (250.0, 700.0))
    assert steps[4800:].max() < 1.5 * smooth


def test_a_glide_below_the_limit_of_a_leap_is_no_leap():
    pitches = 250 * 2 ** (np.arange(375) * HOP / RATE * 1.0)  # an octave a second
    assert tracked(pitches)[1].state["voices"][0, TRACKED_VOICE]["fade_end"] == 0


def test_legato_without_a_glide_leaps_between_keys():
    host, instrument = playing(harmonics=60, **{**PLAIN, "legato": 1, "gliding": 0})
    host.send(Kind.NOTE_ON, 57, 0.8, note=57, frame=0)
    host.send(Kind.NOTE_ON, 81, 0.8, note=81, frame=LEAP_FRAME)
    heard = render(host, 24_000)[0].astype(np.float64)
    assert level(high_part(heard)[AROUND]) < level(heard[AROUND]) - 60
    assert (instrument.state["voices"]["fade_end"] > 0).sum() == 1


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_a_leap_does_not_depend_on_the_block_size(block):
    def play(size):
        host, _ = playing(harmonics=60)
        for i, pitch in enumerate(leap(250.0, 700.0, 250)):
            send_voice(host, float(pitch), frame=HOP * i, onset=i == 0)
        return render(host, 16_000, size)

    np.testing.assert_allclose(play(block), play(256), atol=2e-7)


def test_a_short_error_below_the_range_is_not_played():
    pitches = np.full(750, 250.0)
    pitches[300:320] = 83.0  # 27 ms
    np.testing.assert_array_equal(tracked(pitches)[0], tracked(np.full(750, 250.0))[0])


def test_what_stays_below_the_range_is_played_octaves_higher():
    pitches = np.full(900, 250.0)
    pitches[300:] = 90.0
    heard = tracked(pitches)[0]
    start = 300 * HOP + round(OUTSIDE_SECONDS * RATE)
    assert abs(cents_from(heard[start + 4800 :], RATE, 360.0)) < 2
    assert abs(cents_from(heard[4800 : 300 * HOP], RATE, 250.0)) < 2


def test_a_tone_that_starts_below_the_range_starts_octaves_higher():
    assert abs(cents_from(tracked(np.full(375, 110.0))[0][4800:], RATE, 220.0)) < 2


def test_a_pitch_at_the_edge_of_the_range_does_not_flicker_between_octaves():
    low, _ = voice_range({"low": 196.0, "high": 1760.0})
    edge = 440 * 2 ** ((low - 69) / 12)
    vibrato = edge * 2 ** (0.5 / 12 * np.sin(2 * np.pi * 5.5 * np.arange(1500) * HOP / RATE))
    voice, played = playing(**PLAIN), []
    for start in range(0, 1500, 15):
        for i in range(15):
            send_voice(voice[0], float(vibrato[start + i]), frame=HOP * (start + i), onset=start + i == 0)
        render(voice[0], 15 * HOP)
        played.append(float(voice[1].state["voices"][0, TRACKED_VOICE]["semitone"]))
    assert (np.abs(np.diff(played)) > 6).sum() <= 1


def test_the_range_is_that_of_the_recordings_and_a_reserve_above():
    assert isinstance(playing()[1], Ddsp)
    low, high = voice_range({"low": 440.0, "high": 440.0})
    assert low == 68
    assert high >= low + 24
