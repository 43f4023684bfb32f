"""A note is fitted to a recording: onset, modes, attack and noise."""

import numpy as np
import pytest

from engine.pitch_and_frequency import frequency_of
from train.notes import note_span, pitch, residual
from train.notes.mode_set import Modes, fit_amplitudes, render_modes
from train.notes.note import fit, fit_like, render
from train.recording import load

RATE = 44100


def _plain_sound(modes, frames):
    """The sound of modes, by its formula."""
    n = np.arange(frames)
    each = modes.amplitude[:, None] * np.exp((2j * np.pi * modes.frequency - modes.decay)[:, None] * n / RATE)
    return each.real.sum(axis=0)


def _pluck(frequency=220.0, seconds=1.5, before=0.4, noise=1e-4, thump=0.0, seed=0):
    """A string with pairs of modes, after silence with a thump in it; the recording (1, T), and its modes."""
    random = np.random.default_rng(seed)
    k = np.arange(1, 13)
    f = np.concatenate([k * frequency, k * frequency + 0.8])
    decay = np.concatenate([2.0 + 0.4 * k, 4.0 + 0.5 * k])
    size = np.concatenate([0.1 / k, 0.05 / k])
    modes = Modes(f, decay, size * np.exp(1j * random.uniform(-0.5, 0.5, 24) - 0.5j * np.pi))
    silence = int(before * RATE)
    sound = np.concatenate([np.zeros(silence), _plain_sound(modes, int(seconds * RATE))])
    sound[silence // 2 : silence // 2 + 300] += thump * np.hanning(300)
    return (sound + noise * random.standard_normal(len(sound)))[None], modes, silence


def test_modes_sound_as_their_formula_says(random):
    strength = random.normal(size=9) + 1j * random.normal(size=9)
    modes = Modes(random.uniform(50, 9000, 9), random.uniform(1, 80, 9), strength)
    np.testing.assert_allclose(render_modes(modes, 3000, RATE), _plain_sound(modes, 3000), atol=1e-9)


def test_advanced_modes_continue_the_sound(random):
    modes = Modes(random.uniform(50, 9000, 5), random.uniform(1, 80, 5), random.normal(size=5) + 0j)
    np.testing.assert_allclose(
        render_modes(modes.advanced(100 / RATE), 500, RATE), render_modes(modes, 600, RATE)[100:], atol=1e-9
    )


def test_the_amplitudes_of_known_modes_are_recovered_from_two_channels():
    _, modes, _ = _pluck()
    sides = np.stack([render_modes(modes, RATE, RATE), 0.5 * render_modes(modes, RATE, RATE)])
    found = fit_amplitudes(sides, RATE, modes, prior_weight=0.0)
    np.testing.assert_allclose(found, np.stack([modes.amplitude, 0.5 * modes.amplitude]), atol=1e-5)


def test_the_onset_is_that_of_the_note_and_not_of_a_thump_before_it():
    recording, _, silence = _pluck(thump=0.5)
    assert abs(note_span.find_onset(recording[0], RATE) - silence) < 0.002 * RATE


@pytest.mark.verify
def test_the_modes_of_a_synthetic_string_are_recovered():
    recording, modes, _ = _pluck()
    note = fit(recording, RATE, 32)
    assert abs(1200 * np.log2(note.pitch / 220.2)) < 3
    for k in (1, 2, 3, 5):
        strongest = np.argmin(np.abs(note.modes.frequency - modes.frequency[k - 1]))
        assert note.modes.frequency[strongest] == pytest.approx(modes.frequency[k - 1], abs=0.15)
        assert note.modes.decay[strongest] == pytest.approx(modes.decay[k - 1], rel=0.15)
    target = _plain_sound(modes, RATE)
    sound = render(note, RATE + 100, seed=None)
    shift = int(np.argmax(np.correlate(sound[:3000], target[100:2000], "valid"))) - 100
    part = np.arange(2000, RATE - 2000)
    assert np.linalg.norm(sound[part + shift] - target[part]) < 0.05 * np.linalg.norm(target[part])


def test_the_noise_of_the_recording_is_not_learned():
    recording, _, _ = _pluck(noise=2e-3)
    note = fit(recording, RATE, 32)
    late = render(note, 4 * RATE, seed=1)[3 * RATE :]
    assert np.sqrt((late**2).mean()) < 0.1 * 2e-3


def test_another_dynamic_keeps_the_order_of_the_modes():
    loud, _, _ = _pluck()
    soft = 0.3 * _pluck(frequency=220.4, seed=0)[0] + 1e-5
    leader = fit(loud, RATE, 32)
    follower = fit_like(soft, RATE, leader)
    cents = 1200 * np.log2(follower.modes.frequency / leader.modes.frequency)
    strong = np.abs(leader.modes.amplitude) > 0.05 * np.abs(leader.modes.amplitude).max()
    assert len(follower.modes) == len(leader.modes)
    assert np.abs(cents[strong]).max() < 15
    assert follower.pitch / leader.pitch == pytest.approx(220.4 / 220.0, rel=1e-3)


def test_strikes_differ_a_little_and_are_never_the_same():
    note = fit(_pluck()[0], RATE, 32)
    strikes = [render(note, RATE // 4, seed) for seed in range(32)]
    levels = [10 * np.log10((strike**2).mean()) for strike in strikes]
    assert 0.02 < np.std(levels) < 1.0
    assert len({strike.tobytes() for strike in strikes}) == 32


def test_an_envelope_is_interpolated_between_the_centres_of_its_points():
    np.testing.assert_allclose(residual.interpolate_envelope(np.array([0.0, 1.0]), 4), [0, 0.25, 0.75, 1])


def test_the_blur_varies_a_mode_by_its_spread(random):
    envelope = residual.interpolate_envelope(residual.make_blur(RATE, 0.05), int(residual.HISS_SECONDS * RATE))
    noise = random.uniform(-1, 1, (2000, 1000))
    turned = (noise * envelope[:1000]) @ np.exp(-2j * np.pi * 1000 / RATE * np.arange(1000))
    assert np.sqrt((np.abs(turned) ** 2).mean()) == pytest.approx(0.05, rel=0.1)


@pytest.mark.verify
def test_a_real_note_has_the_pitch_and_decay_of_its_recording(data):
    samples, rate = load(data / "guitar" / "guitar_A3_very-long_forte_normal.mp3")
    note = fit(samples, rate, 64, frequency_of(57))
    span = note_span.find_span(samples[0], rate)
    assert 1.85 < span.onset / rate < 1.98
    recorded = samples[0, span.onset : span.end].astype(float)
    sound = render(note, len(recorded), seed=None)
    heard, again = (pitch.detect(each, rate, 220.0).frequency for each in (recorded, sound))
    assert abs(1200 * np.log2(again / heard)) < 5
    for k in (1, 2, 3):
        falls = [_decay_rate(each, rate, k * heard) for each in (recorded, sound)]
        assert falls[1] == pytest.approx(falls[0], rel=0.2)


def _decay_rate(sound, rate, frequency):
    """dB per second of a partial between 0.1 and 1.2 s, by a line."""
    window = np.hanning(int(rate / 40))
    moved = sound[: int(1.4 * rate)] * np.exp(-2j * np.pi * frequency * np.arange(int(1.4 * rate)) / rate)
    level = 20 * np.log10(np.abs(np.convolve(moved, window, "same")) + 1e-9)
    t = np.arange(int(0.1 * rate), int(1.2 * rate), 100)
    return np.polyfit(t / rate, level[t], 1)[0]


def test_noise_alone_is_refused(random):
    with pytest.raises(ValueError, match="above the noise"):
        fit(0.01 * random.standard_normal((1, RATE)), RATE, 8, pitched=False)
