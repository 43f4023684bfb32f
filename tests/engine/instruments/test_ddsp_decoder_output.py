"""The DDSP instrument through the real callback, against the output of its decoder."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from engine.dsp.decoder import WORK_ROWS, decode, pack_weights
from engine.dsp.matmul import padded
from engine.events import Kind
from engine.instruments.ddsp.initial_states import LOUDNESS_LEVELS, key_range, steady_states
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset
from engine.reference_output import deviation
from tests.engine.dsp.test_decoder import TorchDecoder
from tests.engine.instruments.resonance_player import cents_from, level
from tests.support.ddsp_instrument import PLAIN, note_off, note_on, playing, send_voice
from tests.support.host_callback import render


def outputs_of(preset, key, count):
    """Decoder outputs (F, heads) for a held key at the nominal loudness, frame by frame."""
    network = pack_weights(preset.tensors, False)
    states = steady_states(network, preset.header)[key - key_range(preset.header["pitch"])[0]]
    state = states[LOUDNESS_LEVELS.tolist().index(0.5)][None, None].copy()
    heads, work = (
        np.zeros((count, 1, 1, padded(network.heads)), np.float32),
        np.zeros((WORK_ROWS, *state.shape[1:]), "f4"),
    )
    told = np.array([[key / 127], [0.5]], np.float32)
    for frame in heads:
        decode(network.panels, network.vectors, network.units, told, state, work, frame)
    return heads[:, 0, 0].astype(float)


def harmonics_of(preset, key, rate, frames):
    """The closed form of a note on frame 0, with amplitudes interpolated linearly between model frames."""
    hop, count = rate // 100, len(preset.tensors["harmonics_bias"])
    moments = np.concatenate([[0], hop * np.arange(1, frames // hop + 2)])
    heads = outputs_of(preset, key, len(moments) - 1)
    heads = np.concatenate([heads[:1], heads])
    shares, number = heads[:, 1 : 1 + count], np.arange(1, count + 1)
    frequency = 440 * 2 ** ((key - 69) / 12)
    shares = shares * (number * frequency < preset.header["rate"] / 2)
    amplitude = heads[:, :1] * shares / shares.sum(1, keepdims=True)
    time = np.arange(frames)
    curves = np.stack([np.interp(time, moments, curve) for curve in amplitude.T], 1)
    sound = (curves * np.sin(2 * np.pi * frequency * number * time[:, None] / rate)).sum(1)
    return sound * np.minimum((time + 1) / (rate // 500), 1)


@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("key", [60, 88])
def test_a_note_is_the_output_of_the_decoder(rate, key):
    host, instrument = playing(rate, **PLAIN)
    note_on(host, key)
    heard = render(host, rate // 4)
    expected = harmonics_of(instrument.preset, key, rate, rate // 4)
    assert level(heard[0] - expected) < level(expected) - 90


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_note_of_a_decoder_of_the_full_band_has_all_its_harmonics(rate):
    host, instrument = playing(rate, harmonics=113, learned=44_100, **PLAIN)
    note_on(host, 55)
    heard = render(host, rate // 4)
    expected = harmonics_of(instrument.preset, 55, rate, rate // 4)
    assert level(heard[0] - expected) < level(expected) - 80
    np.testing.assert_array_equal(heard[0], heard[1])


@pytest.mark.parametrize("sizes", [1, 7, 64, [3, 500, 64, 1, 128, 77]])
def test_the_sound_does_not_depend_on_the_block_size(sizes):
    def play(block):
        host, instrument = playing(portamento=0.05)
        for i in range(12):
            note_on(host, 50 + 3 * i, 0.3 + 0.05 * i, frame=311 * i)
            host.send(Kind.BEND, value=np.sin(i), frame=311 * i + 97)
            send_voice(host, 300 + 11 * i, -30 - i, frame=311 * i + 120, onset=i % 5 == 0)
            note_off(host, 50 + 3 * i, frame=400 * i + 3000)
        host.send(Kind.MODULATION, value=0.7, frame=2000)
        host.set_param(instrument, "legato", 1.0, frame=2500)
        host.set_param(instrument, "brightness", 2.0, frame=2600)
        host.send(Kind.VOLUME, value=0.5, frame=4100)
        return render(host, 12_000, block)

    np.testing.assert_allclose(play(sizes), play(4096), atol=1e-6)


def test_a_chord_is_the_sum_of_its_notes():
    def play(*keys):
        host, _ = playing(**PLAIN)
        for key in keys:
            note_on(host, key, frame=100)
        return render(host, 9600)[0].astype(float)

    keys = (55, 60, 64, 67, 72, 76, 79, 84)
    np.testing.assert_allclose(play(*keys), sum(play(key) for key in keys), atol=2e-6)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("key", [43, 57, 69, 100])
def test_keys_sound_at_their_pitch_also_outside_the_learned_range(rate, key):
    host, _ = playing(rate, **PLAIN)
    note_on(host, key)
    heard = render(host, rate)[0, rate // 4 :]
    assert abs(cents_from(heard, rate, 440 * 2 ** ((key - 69) / 12))) < 1


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_level_and_spectrum_do_not_depend_on_the_rate_of_the_device(rate):
    def powers(rate):
        host, _ = playing(rate, harmonics=60, attack=0.0)
        note_on(host, 57)
        heard = render(host, 4 * rate)[0, rate // 2 :]
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2 / len(heard) ** 2
        edges = np.array([50, 500, 1000, 2000, 4000, 7500]) * len(heard) // rate
        inside = [10 * np.log10(spectrum[a:b].sum()) for a, b in pairwise(edges)]
        return np.array(inside), 10 * np.log10(spectrum[8500 * len(heard) // rate :].sum() + 1e-20)

    inside, beyond = powers(rate)
    np.testing.assert_allclose(inside, powers(48_000)[0], atol=0.7)
    assert beyond < inside.max() - 60


def test_noise_is_as_wide_as_its_parameter():
    def likeness(width):
        host, _ = playing(attack=0.0, width=width, noise=12.0)
        note_on(host)
        left, right = render(host, 96_000)[:, 24_000:]
        tone, _ = playing(**PLAIN)
        note_on(tone)
        clean = render(tone, 96_000)[0, 24_000:]
        return np.corrcoef(left - clean, right - clean)[0, 1]

    assert likeness(0.0) == pytest.approx(1, abs=1e-6)
    assert abs(likeness(1.0)) < 0.05


def test_a_state_of_nan_is_silent_and_the_next_note_sounds():
    host, instrument = playing()
    note_on(host)
    render(host, 4800)
    instrument._arrays["voice_states"][:] = np.nan
    assert np.isfinite(render(host, 9600)).all()
    note_on(host, 72)
    heard = render(host, 9600)
    assert np.isfinite(heard).all()
    assert level(heard[0, 4800:]) > -80


@pytest.mark.parametrize(("half", "bound"), [(False, -100.0), (True, -55.0)])
@pytest.mark.parametrize("told", ["midi", "hertz"])
def test_a_probe_is_the_output_of_torch_for_a_curve(half, bound, told):
    header, tensors = random_preset(64, 20, seed=5)
    header["features"] = {**header["features"], "pitch": told}
    random = np.random.default_rng(1)
    pitch, loudness = random.uniform(200, 900, 30), random.uniform(-60, -25, 30)
    hears = (69 + 12 * np.log2(pitch / 440)) / 127 if told == "midi" else pitch
    inputs = np.stack([hears, (loudness + 40) / 10], 1).astype(np.float32)
    amplitude, shares, noise = np.split(TorchDecoder(tensors)(torch.from_numpy(inputs)[None]).numpy()[0], [1, 21], 1)
    shares = shares * (pitch[:, None] * np.arange(1, 21) < 8000)
    rows = {"amplitude": amplitude, "harmonics": shares / shares.sum(1, keepdims=True), "noise": noise}
    header["probe"] = {"curve": {"pitch": pitch, "loudness": loudness}, "every": 9}
    header["probe"] |= {name: part[8::9] for name, part in rows.items()}
    halves = {name: tensor.astype(np.float16) if tensor.ndim > 1 else tensor for name, tensor in tensors.items()}
    assert deviation(Preset(header, halves if half else tensors)) <= bound
