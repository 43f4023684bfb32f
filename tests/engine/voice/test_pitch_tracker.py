"""The pitch tracker on tones of known pitch, and on sounds without one."""

import numpy as np
import pytest

from engine.voice.offline_tracking import track_hops, track_recording
from engine.voice.pitch_tracker import new_tracker, reset, track
from tests.support.harmonic_tones import RATE, tone


def cents(pitch, frequency):
    return 1200 * np.log2(np.maximum(pitch, 1) / frequency)


def settling_time(sound, start, frequency, within=20):
    """Seconds from the start of a tone until its pitch is right and stays so."""
    heard, _, (pitch, voiced, *_) = track_hops(sound, RATE)
    inside = (heard > start / RATE) & (heard <= len(sound) / RATE)
    right = ((np.abs(cents(pitch, frequency)) < within) & (voiced > 0))[inside]
    wrong = np.flatnonzero(~right)
    first = wrong[-1] + 1 if len(wrong) else 0
    return heard[inside][first] - start / RATE if first < len(right) else np.inf


def test_a_tone_is_found_after_two_periods(random):
    frequencies = 82.41 * 2 ** random.uniform(0, np.log2(880 / 82.41), 40)
    periods = [(settling_time(*tone(f, random), f) - 64 / RATE) * f for f in frequencies]
    assert np.median(periods) < 2.2
    assert max(periods) < 12


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_steady_tone_is_exact_at_every_rate(rate):
    time = np.arange(rate // 2) / rate
    for frequency in (82.41, 220.0, 659.3, 1318.5):
        sound = (0.1 * sum(np.sin(2 * np.pi * k * frequency * time + k) / k for k in range(1, 5))).astype(np.float32)
        ear = new_tracker(rate)
        at = 0
        while at < len(sound):
            at += track(ear[0], sound[at:])
        assert ear["voiced"][0] == 1
        assert abs(cents(float(ear["pitch"][0]), frequency)) < (1 if rate > 40_000 else 6)


def test_the_result_does_not_depend_on_how_the_sound_is_split(random):
    sound, _ = tone(200.0, random)
    whole, parts = new_tracker(RATE), new_tracker(RATE)
    told = [[], []]
    for ear, sizes, log in ((whole, [64], told[0]), (parts, [1, 7, 64, 500, 33], told[1])):
        at, turn = 0, 0
        while at < len(sound):
            end = min(at + sizes[turn % len(sizes)], len(sound))
            turn += 1
            while at < end:
                at += track(ear[0], sound[at:end])
                if ear["filled"][0] == 0:
                    log.append((float(ear["pitch"][0]), int(ear["voiced"][0]), float(ear["loudness"][0])))
    assert told[0] == told[1]
    reset(parts)
    track(parts[0], np.zeros(64, np.float32))
    assert parts["voiced"][0] == 0
    assert parts["loudness"][0] == -80


def test_a_glide_is_tracked_in_time_and_a_vibrato_at_its_full_depth():
    time = np.arange(2 * RATE) / RATE
    for bend in (lambda t: 5 * t, lambda t: 0.5 * np.sin(2 * np.pi * 5.5 * t)):
        phase = np.cumsum(330 * 2 ** (bend(time) / 12)) / RATE
        sound = (0.1 * sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 8))).astype(np.float32)
        told = track_recording(sound, RATE)
        at = np.arange(len(told.pitch)) * 0.01
        inside = (at > 0.1) & (at < 1.9)
        error = cents(told.pitch, 330 * 2 ** (bend(at) / 12))[inside]
        assert np.abs(error).max() < 6


@pytest.mark.parametrize("high", [2, 3])
def test_a_tone_with_a_weak_fundamental_is_not_an_octave_or_a_twelfth_higher(high, random):
    time = np.arange(RATE) / RATE
    strengths = [3.0 if k == high else 1 / k for k in range(1, 12)]
    sound = sum(a * np.sin(2 * np.pi * (k + 1) * 196 * time + k) for k, a in enumerate(strengths))
    told = track_recording((0.05 * sound).astype(np.float32), RATE)
    assert np.abs(cents(told.pitch[10:90], 196)).max() < 10
    assert told.voiced[10:90].all()


def test_a_tone_continues_where_its_odd_partials_are_faint_or_another_tone_decays():
    time = np.arange(RATE) / RATE
    even = sum((1.0 if k % 2 == 0 else 0.13) * np.sin(2 * np.pi * k * 494 * time + k) / k for k in range(1, 7))
    told = track_recording((0.1 * even).astype(np.float32), RATE)
    assert np.abs(cents(told.pitch[10:90], 494)).max() < 20
    new = sum(np.sin(2 * np.pi * k * 392 * time + k) / k for k in range(1, 9)) * np.minimum(20 * time, 1)
    old = sum(np.sin(2 * np.pi * k * 588 * time) / k for k in range(1, 6)) * 10 ** (-12 * time / 20)
    told = track_recording((0.1 * new + 0.08 * old).astype(np.float32), RATE)
    assert (np.abs(cents(told.pitch[4:90], 196)) > 50).all()


def test_two_notes_at_once_give_one_of_them_and_not_their_common_period():
    time = np.arange(RATE) / RATE
    loud = sum(np.sin(2 * np.pi * k * 660 * time) / k for k in range(1, 6))
    soft = sum(np.sin(2 * np.pi * k * 440 * time + k) / k for k in range(1, 6))
    told = track_recording((0.1 * loud + 0.03 * soft).astype(np.float32), RATE)
    right = np.minimum(np.abs(cents(told.pitch, 660)), np.abs(cents(told.pitch, 440))) < 50
    assert right[10:90].mean() > 0.95


def noise_of(colour, random):
    spectrum = np.fft.rfft(random.normal(size=3 * RATE))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** colour
    sound = np.fft.irfft(spectrum)
    return (0.1 * sound / sound.std()).astype(np.float32)


@pytest.mark.parametrize("colour", [0.0, 0.5, 1.0], ids=["white", "pink", "brown"])
def test_noise_is_unvoiced(colour, random):
    assert track_recording(noise_of(colour, random), RATE).voiced.mean() < 0.06


def test_silence_and_sound_below_the_gate_are_unvoiced_and_a_tone_ends_in_time(random):
    assert not track_recording(np.zeros(RATE, np.float32), RATE).voiced.any()
    sound, start = tone(220.0, random, noise=-90)
    assert not track_recording(10 ** (-60 / 20) * sound, RATE).voiced.any()
    ended = np.concatenate((sound, 1e-5 * random.normal(size=RATE // 2).astype(np.float32)))
    heard, _, (_, voiced, *_) = track_hops(ended, RATE)
    assert heard[np.flatnonzero(voiced)[-1]] < len(sound) / RATE + 0.03
    assert voiced[(heard > start / RATE + 0.02) & (heard < len(sound) / RATE)].all()


def test_nan_is_taken_as_silence(random):
    sound, _ = tone(220.0, random, seconds=0.5)
    sound[15_000:15_050] = np.nan
    sound[20_000] = np.inf
    sound[20_001] = -1e30
    heard, _, rows = track_hops(sound, RATE)
    assert np.isfinite(rows).all()
    assert (np.abs(cents(rows[0], 220)) < 20)[(heard > 0.5) & (heard < 0.59)].all()


def test_clipping_does_not_change_the_pitch(random):
    sound, _ = tone(180.0, random, noise=-40)
    told = track_recording(np.clip(20 * sound, -1, 1), RATE)
    assert (np.abs(cents(told.pitch[14:33], 180)) < 15).all()


def test_frames_are_a_hop_apart_and_the_loudness_is_in_time(random):
    sound = np.zeros(RATE, np.float32)
    sound[RATE // 2 :] = 0.5 * np.sin(2 * np.pi * 1000 / RATE * np.arange(RATE // 2))
    told = track_recording(sound[::3].copy(), RATE / 3)
    assert len(told.pitch) == len(told.voiced) == len(told.loudness) == 101
    assert told.loudness[75] == pytest.approx(20 * np.log10(0.5) - 3.01, abs=0.2)
    assert told.loudness[50] == pytest.approx(told.loudness[75] - 3, abs=0.6)
    assert told.loudness[48] < -60


def voice_of(pitches, random, seconds=0.2, noise=-50):
    """Tones (T,) that follow one another without a gap, each with ten partials."""
    frequency = np.repeat(pitches, round(seconds * RATE))
    phase = np.cumsum(frequency) / RATE
    wave = sum(np.sin(2 * np.pi * k * phase + k) / k for k in range(1, 11))
    return (0.1 * (wave + 10 ** (noise / 20) * random.normal(size=len(wave)))).astype(np.float32)


def test_a_common_period_of_two_tones_is_not_played_for_a_moment(random):
    sound = voice_of([330.0, 330.0], random)
    time = np.arange(len(sound)) / RATE
    second = 0.1 * sum(np.sin(2 * np.pi * k * 440 * time) / k for k in range(1, 11))
    mixed = sound + np.where((time > 0.2) & (time < 0.218), second, 0).astype(np.float32)
    _, _, (pitch, voiced, *_) = track_hops(mixed, RATE)
    assert pitch[voiced > 0].min() > 300


@pytest.mark.parametrize("low", [220.0, 110.0, 130.8])
def test_a_leap_down_is_found_and_in_time(low, random):
    heard, _, (pitch, voiced, *_) = track_hops(voice_of([440.0, low], random), RATE)
    right = (np.abs(cents(pitch, low)) < 30) & (voiced > 0)
    first = heard[np.flatnonzero(right)[0]] - 0.2
    assert first < 0.06
    assert right[(heard > 0.27) & (heard < 0.39)].all()


def consonant(random, seconds, decibels):
    """A tone of 220 Hz with noise in its place for a while, of a level relative to it."""
    sound = voice_of([220.0, 220.0, 220.0], random)
    time = np.arange(len(sound)) / RATE
    noise = (10 ** (decibels / 20) * sound.std() * random.normal(size=len(sound))).astype(np.float32)
    return np.where((time > 0.3) & (time < 0.3 + seconds), noise, sound)


def test_a_tone_is_held_over_a_short_consonant_that_is_as_loud(random):
    heard, _, (_, voiced, *_) = track_hops(consonant(random, 0.025, -3), RATE)
    assert voiced[(heard > 0.05) & (heard < 0.59)].all()


def test_a_tone_is_not_held_over_a_pause_or_a_long_consonant(random):
    for seconds, decibels in ((0.04, -30), (0.12, -3)):
        heard, _, (_, voiced, *_) = track_hops(consonant(random, seconds, decibels), RATE)
        assert not voiced[(heard > 0.3) & (heard < 0.3 + seconds + 0.01)].all()


def test_a_chord_is_not_one_voice_and_a_tone_is(random):
    for pitches in ((233.0, 330.0), (233.0, 330.0, 397.0)):
        chord = sum(voice_of([pitch], random, 1.0) for pitch in pitches)
        assert not track_recording(chord, RATE).is_one_voice
    assert track_recording(voice_of([233.0, 330.0, 397.0], random, 0.4), RATE).is_one_voice
