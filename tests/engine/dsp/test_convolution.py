"""Partitioned convolution against convolution in one FFT, sample by sample, for any blocks."""

import numpy as np
import pytest

from engine.dsp import convolution_plan, fft
from engine.dsp.convolution import BEGIN, BLOCK, END, FIRST_SLICE, HEAD_SIZE, KIND, MULTIPLY, convolve

FRAMES = 30_000


def play(response, x, cuts=(HEAD_SIZE,), blocks=convolution_plan.BLOCKS):
    plan, y = convolution_plan.plan_convolution(response, blocks), np.zeros_like(x)
    position, turn = 0, 0
    while position < x.shape[1]:
        end = position + min(cuts[turn % len(cuts)], HEAD_SIZE - position % HEAD_SIZE, x.shape[1] - position)
        convolve(*plan.arrays(), position, x[:, position:end], y[:, position:end])
        position, turn = end, turn + 1
    return y


def reference(response, x):
    """The same by one FFT in float64."""
    size = 1 << (x.shape[1] + np.shape(response)[-1]).bit_length()
    return np.fft.irfft(np.fft.rfft(x.astype(float), size) * np.fft.rfft(response, size), size)[:, : x.shape[1]]


def error(y, expected):
    return 20 * np.log10(np.std(y - expected) / np.std(expected))


@pytest.fixture
def x(random):
    return random.standard_normal((2, FRAMES)).astype(np.float32)


@pytest.mark.parametrize("taps", [1, HEAD_SIZE - 1, HEAD_SIZE, HEAD_SIZE + 1, 1023, 1024, 1025, 9000, 20_001])
@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_direct_convolution_within_120_dB(random, x, taps, channels):
    response = random.standard_normal((channels, taps)) * np.exp(-4 * np.arange(taps) / taps)
    assert error(play(response, x), reference(response, x)) < -120


def test_an_impulse_gives_the_response_at_once(random):
    response = random.standard_normal((2, 10_000))
    impulse = np.zeros((2, 12_000), np.float32)
    impulse[:, 100] = 1
    y = play(response, impulse)
    assert not y[:, :100].any()
    np.testing.assert_allclose(y[:, 100:10_100], response, atol=1e-5)
    assert np.abs(y[:, 10_100:]).max() < 1e-5


@pytest.mark.parametrize("cuts", [(1,), (7,), (1, 64, 3, 50, 33)])
def test_splitting_the_input_changes_no_bit(random, x, cuts):
    response = random.standard_normal(5000)
    np.testing.assert_array_equal(play(response, x[:, :6000], cuts), play(response, x[:, :6000]))


@pytest.mark.parametrize("blocks", [(64,), (64, 128), (64, 1024), (64, 256, 1024, 4096)])
def test_other_levels_give_the_same(random, x, blocks):
    response = random.standard_normal(9000)
    assert error(play(response, x, blocks=blocks), reference(response, x)) < -120


def test_every_job_of_a_level_is_done_once_and_every_share_has_some(random):
    plan = convolution_plan.plan_convolution(random.standard_normal(40_000))
    for stage in plan.stages:
        count = stage[BLOCK] // HEAD_SIZE
        cuts = plan.slices[stage[FIRST_SLICE] : stage[FIRST_SLICE] + count + 1]
        jobs = plan.jobs[cuts[0] : cuts[-1]]
        done = (jobs[:, END] - jobs[:, BEGIN]).sum()
        size, passes = 2 * stage[BLOCK], fft.passes(2 * stage[BLOCK])
        assert done == 2 * size + 2 * passes[:, fft.STEPS].sum()
        products = jobs[jobs[:, KIND] == MULTIPLY]
        assert (products[1:, BEGIN] == products[:-1, END]).all()
        assert (np.diff(cuts) > 0).all()
