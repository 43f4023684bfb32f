"""Banks of modes against their closed form, split into different runs, and against the plain twin."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from engine.dsp import modal, modal_plain, modal_simd
from engine.simd.vectors import LANES, WIDTH

RATE = 48_000.0


@pytest.fixture
def noise():
    return np.random.default_rng(1)


def partials(noise, count, slowest=0.5, fastest=20.0):
    """Random partials (4, count) for `tune`."""
    c = noise.uniform(0.1, 1, count) * np.exp(2j * np.pi * noise.random(count))
    return np.array([noise.uniform(20, 20_000, count), noise.uniform(slowest, fastest, count), c.real, c.imag])


def bank_of(partials, place=0.0, rate=RATE):
    bank = modal.new_banks(1, partials.shape[1])[0]
    modal.tune(bank, partials, 1.0, 0.0, rate)
    bank[modal.SIDE, : partials.shape[1]] = modal.stereo(place)[1]
    return bank


def play(bank, excitation, cuts, kernels=modal_simd):
    """Left and right (2, T) of a bank driven by an excitation (T,), cut into runs, corrected every STRIDE frames."""
    sums, out = modal.new_sums(1), np.zeros((2, len(excitation)), np.float32)
    weight = np.ones((1, modal.STRIDE), np.float32)
    edges = sorted({0, len(excitation), *cuts, *range(0, len(excitation), modal.STRIDE)})
    for start, stop in itertools.pairwise(edges):
        if start % modal.STRIDE == 0 and start:
            modal.correct(bank)
        kernels.advance_driven(bank, excitation[start:stop], sums[0])
        kernels.mix_sums(sums, weight, out[0, start:stop], out[1, start:stop])
    return out


def poles(partials, rate=RATE):
    """The p of each mode, in float64."""
    return np.exp((-partials[modal.DECAY] + 2j * np.pi * partials[modal.FREQUENCY]) / rate)


def closed_form(partials, frames, rate=RATE):
    """Impulse response of each mode, Re(c pⁿ), at frames (T,), in float64: (K, T)."""
    c = partials[modal.REAL] + 1j * partials[modal.IMAGINARY]
    return (c[:, None] * poles(partials, rate)[:, None] ** frames).real


def test_the_impulse_response_is_the_closed_form(noise):
    modes = partials(noise, WIDTH + 7)
    impulse = np.zeros(1000, np.float32)
    impulse[0] = 1
    out = play(bank_of(modes), impulse, ())
    expected = closed_form(modes, np.arange(1000)).sum(0)
    np.testing.assert_allclose(out, [expected, expected], atol=1e-5 * np.abs(expected).max())


def test_driving_is_convolution_with_the_closed_form(noise):
    modes = partials(noise, 5)
    u = noise.standard_normal(300).astype(np.float32)
    expected = np.convolve(u.astype(float), closed_form(modes, np.arange(300)).sum(0))[:300]
    np.testing.assert_allclose(play(bank_of(modes), u, ())[0], expected, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("cuts", [(1,), (63, 64, 65), range(1, 200), (7, 50, 130, 131, 197)])
def test_splitting_a_run_changes_no_bit(noise, cuts):
    modes, u = partials(noise, 2 * WIDTH), noise.standard_normal(200).astype(np.float32)
    place = np.linspace(-1, 1, 2 * WIDTH)
    whole = play(bank_of(modes, place), u, ())
    np.testing.assert_array_equal(play(bank_of(modes, place), u, cuts), whole)


def test_advance_is_advance_driven_with_zeros(noise):
    driven = bank_of(partials(noise, 2 * WIDTH), noise.uniform(-1, 1, 2 * WIDTH))
    modal.advance_driven(driven, noise.standard_normal(64).astype(np.float32), modal.new_sums(1)[0])
    free, sums = driven.copy(), modal.new_sums(2)
    modal.advance_driven(driven, np.zeros(50, np.float32), sums[0])
    modal.advance(free, sums[1], 50)
    np.testing.assert_array_equal(free, driven)
    np.testing.assert_array_equal(sums[0], sums[1])


@pytest.mark.parametrize("slowest", [0.23, 1.38], ids=["T60 30 s", "T60 5 s"])
def test_float32_is_right_within_90_dB_after_ten_seconds_of_ringing(noise, slowest):
    modes = partials(noise, 512, slowest, 1.38)
    bank, sums = bank_of(modes), modal.new_sums(1)
    impulse = np.zeros(1, np.float32)
    impulse[0] = 1
    out = np.zeros((2, modal.STRIDE), np.float32)
    modal.advance_driven(bank, impulse, sums[0])
    modal.advance(bank, sums[0], modal.STRIDE - 1)
    for _ in range(int(10 * RATE) // modal.STRIDE):
        sums[:] = 0
        modal.correct(bank)
        modal.advance(bank, sums[0], modal.STRIDE)
    modal.mix_sums(sums, np.ones((1, modal.STRIDE), np.float32), *out)
    expected = closed_form(modes, 10 * RATE + np.arange(modal.STRIDE)).sum(0)
    assert 20 * np.log10(np.std(out[0] - expected) / np.std(expected)) < -90


def test_stereo_positions_have_equal_power_and_follow_the_sine_law():
    place = np.array([-1, -0.5, 0, 0.25, 1])
    middle, side = modal.stereo(place)
    angle = (place + 1) * np.pi / 4
    np.testing.assert_allclose(middle * (1 - side), np.sqrt(2) * np.cos(angle), atol=1e-12)
    np.testing.assert_allclose(middle * (1 + side), np.sqrt(2) * np.sin(angle), atol=1e-12)


def test_each_mode_sounds_at_its_stereo_position(noise):
    modes = partials(noise, 3)
    place = np.array([-1.0, 0.3, 1.0])
    middle = modal.stereo(place)[0]
    bank = bank_of(modes * np.array([np.ones(3), np.ones(3), middle, middle]), place)
    impulse = np.zeros(100, np.float32)
    impulse[0] = 1
    each = closed_form(modes, np.arange(100))
    angle = (place + 1) * np.pi / 4
    expected = np.sqrt(2) * np.stack([np.cos(angle) @ each, np.sin(angle) @ each])
    np.testing.assert_allclose(play(bank, impulse, ()), expected, atol=1e-5)


@pytest.mark.parametrize("frames", [1, LANES - 1, LANES, LANES + 1, modal.STRIDE])
def test_mixing_weights_the_variants_per_frame_and_clears_the_sums(noise, frames):
    sums = modal.new_sums(3)
    lanes = 1 if modal.mix_sums is modal_plain.mix_sums else LANES  # that these kernels use
    sums[:, :, :frames, :lanes] = noise.standard_normal((3, 2, frames, lanes))
    weight = noise.random((3, frames)).astype(np.float32)
    out = noise.standard_normal((2, frames)).astype(np.float32)
    middle, side = np.einsum("et,ectl->ct", weight.astype(float), sums[:, :, :frames].astype(float))
    expected = out + np.stack([middle - side, middle + side])
    modal.mix_sums(sums, weight, out[0], out[1])
    np.testing.assert_allclose(out, expected, atol=1e-5)
    assert not sums.any()


@pytest.mark.parametrize("kernels", [modal_simd, modal_plain], ids=["vectors", "plain"])
def test_one_channel_is_enough_where_all_modes_are_central(noise, kernels):
    modes, u = partials(noise, WIDTH), noise.standard_normal(64).astype(np.float32)
    weight, out = noise.random((2, 64)).astype(np.float32), np.zeros((2, 2, 64), np.float32)
    for channels in (1, 2):
        bank, sums = bank_of(modes), modal.new_sums(2, channels)
        kernels.advance_driven(bank, u, sums[0])
        kernels.advance(bank, sums[1], 64)
        kernels.mix_sums(sums, weight, *out[channels - 1])
        assert not sums.any()
    np.testing.assert_array_equal(out[0, 0], out[0, 1])
    np.testing.assert_allclose(out[0], out[1], atol=1e-6)


@pytest.mark.parametrize("frequency", [24_000.0, 24_001.0, 1e6])
def test_a_mode_at_or_above_half_the_rate_is_silent_even_while_driven(frequency):
    bank = bank_of(np.array([[frequency], [1.0], [1.0], [1.0]]))
    assert not play(bank, np.ones(64, np.float32), ()).any()


def test_tuning_is_a_double_precision_exp_split_into_a_float_and_a_correction(noise):
    modes = partials(noise, WIDTH, 0.01, 5000)
    bank = modal.new_banks(1, WIDTH)[0]
    modal.tune(bank, modes, 1.01, 3.0, RATE)
    p = np.exp((-modes[modal.DECAY] - 3 + 2j * np.pi * 1.01 * modes[modal.FREQUENCY]) / RATE)
    audible = 1.01 * modes[modal.FREQUENCY] < RATE / 2
    a, minus_b_squared, correction_re, correction_scaled_im = bank[
        [modal.A, modal.MINUS_B_SQUARED, modal.CORRECTION_RE, modal.CORRECTION_SCALED_IM]
    ].astype(float)[:, audible]
    b = np.sqrt(-minus_b_squared)
    np.testing.assert_allclose(a + 1j * b, p[audible], atol=1e-7)
    np.testing.assert_allclose(
        (a + 1j * b) * (1 + (correction_re + 1j * b * correction_scaled_im) / modal.STRIDE), p[audible], atol=1e-13
    )


def test_any_fast_decay_is_stable():
    bank = bank_of(np.array([[440.0, 440.0], [1e9, 0.0], [1.0, 1.0], [0.0, 0.0]]))
    out = play(bank, np.ones(6400, np.float32), ())
    assert np.isfinite(out).all()
    assert np.sqrt(bank[modal.A] ** 2 - bank[modal.MINUS_B_SQUARED]).max() <= 1 + 1e-7


def test_energy_is_the_sum_of_squares(noise):
    modes = partials(noise, 100)
    bank = bank_of(modes)
    modal.advance_driven(bank, np.ones(1, np.float32), modal.new_sums(1)[0])
    np.testing.assert_allclose(modal.bank_energy(bank), (modes[modal.REAL :] ** 2).sum(), rtol=1e-6)


def test_a_mode_that_is_retuned_while_it_rings_keeps_its_size_and_phase(noise):
    first, second = partials(noise, 50), partials(noise, 50)
    impulse, rest = np.eye(1, 64, dtype=np.float32)[0], np.zeros(64, np.float32)
    bank = bank_of(first)
    play(bank, impulse, ())
    for modes in (second * [[1], [100], [1], [1]], second):
        modal.tune(bank, modes, 1.0, 0.0, RATE)
    reached = (first[modal.REAL] + 1j * first[modal.IMAGINARY]) * poles(first) ** 63
    expected = (reached * poles(second) ** np.arange(1, 65)[:, None]).real.sum(1)
    np.testing.assert_allclose(play(bank, rest, ())[0], expected, atol=1e-5 * np.abs(expected).max())


def test_a_cleared_bank_is_silent(noise):
    bank = bank_of(partials(noise, 5))
    play(bank, np.ones(64, np.float32), ())
    modal.clear(bank)
    assert modal.bank_energy(bank) == 0
    assert not play(bank, np.zeros(64, np.float32), ()).any()


def test_the_plain_twin_sounds_the_same(noise):
    modes, place = partials(noise, WIDTH), noise.uniform(-1, 1, WIDTH)
    u = noise.standard_normal(500).astype(np.float32)
    explicit, plain = (play(bank_of(modes, place), u, (1, 100), kernels) for kernels in (modal_simd, modal_plain))
    np.testing.assert_allclose(plain, explicit, atol=2e-6 * np.abs(explicit).max())
    bank = bank_of(modes, place)
    bank[[modal.RE, modal.SCALED_IM]] = 1
    sums = modal.new_sums(2)
    modal_simd.advance(bank.copy(), sums[0], 50)
    modal_plain.advance(bank, sums[1], 50)
    np.testing.assert_allclose(sums[1].sum(-1), sums[0].sum(-1), atol=1e-4)


def test_the_plain_twin_mixes_the_same(noise):
    out = np.zeros((2, 2, 40), np.float32)
    for kernels, left_right in zip((modal_simd, modal_plain), out, strict=True):
        sums = modal.new_sums(2)
        sums[:, :, :40, 0] = np.arange(160).reshape(2, 2, 40)
        kernels.mix_sums(sums, np.linspace(0, 1, 80, dtype=np.float32).reshape(2, 40), *left_right)
    np.testing.assert_allclose(out[1], out[0], rtol=1e-6)


@pytest.mark.parametrize(("wanted", "module"), [("", "modal_simd"), ("plain", "modal_plain")])
def test_the_plain_kernels_are_selected_on_demand(wanted, module):
    code = "from engine.dsp import modal; print(modal.advance.py_func.__module__)"
    environment = os.environ | {"LUTHIER_KERNELS": wanted}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"engine.dsp.{module}"
