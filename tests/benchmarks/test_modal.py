"""What the modal kernel is compared with computes the same as the kernel, or what it says."""

import numpy as np
import pytest

from benchmarks import modal as benchmark
from benchmarks import shapes
from benchmarks.partitioned import Convolver
from benchmarks.rows import Row
from engine.dsp import modal


def driven(shape):
    noise = np.random.default_rng(4)
    bank = benchmark._bank(noise, 256)[0]
    u, out = noise.uniform(-1, 1, modal.STRIDE).astype(np.float32), np.zeros((2, modal.STRIDE), np.float32)
    shape(bank, u, *out)
    return out


def explicit(bank, u, left, right):
    sums = modal.new_sums(1)
    modal.drive(bank, u, sums[0])
    modal.settle(sums, np.ones((1, modal.STRIDE), np.float32), left, right)


def complex_numbers(bank, u, left, right):
    z, p, c = (bank[[modal.RE, modal.A, modal.GAIN_RE]] + 1j * bank[[modal.IM, modal.B, modal.GAIN_IM]]).astype("c8")
    shapes.complex_numbers(z, p, c, bank[modal.SIDE].copy(), u, left, right, 1)


def resonances(bank, u, left, right):
    out = np.zeros((1, 2, modal.STRIDE), np.float32)
    shapes.resonances(bank[None, None], u[None], np.ones((1, modal.STRIDE), np.float32), out, 1)
    left[:], right[:] = out[0]


@pytest.mark.parametrize(
    "shape",
    [
        lambda *arrays: shapes.time_outside(*arrays, 1),
        lambda *arrays: shapes.groups_of_64(*arrays, 1),
        lambda *arrays: shapes.time_inside(*arrays, 1),
        complex_numbers,
        resonances,
    ],
    ids=["time outside", "groups of 64", "time inside", "complex numbers", "resonances"],
)
def test_every_plain_shape_does_the_work_of_the_kernel(shape):
    np.testing.assert_allclose(driven(shape), driven(explicit), atol=1e-5)


def test_partitioned_convolution_is_convolution():
    noise = np.random.default_rng(5)
    responses, u = noise.standard_normal((2, 3, 50)).astype(np.float32), noise.standard_normal((2, 80))
    convolver = Convolver(responses, 16)
    out = np.concatenate([convolver(u[:, t : t + 16]).copy() for t in range(0, 80, 16)], -1)
    for r, e in np.ndindex(2, 3):
        np.testing.assert_allclose(out[r, e], np.convolve(u[r], responses[r, e])[:80], atol=1e-4)


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("speed", 3.0, "×", 2.5), True),
        (Row("speed", 2.0, "×", 2.5), False),
        (Row("error", -93.0, "dB", -90, goal_is_most=True), True),
        (Row("error", -80.0, "dB", -90, goal_is_most=True), False),
        (Row("time", 9.0, "µs"), None),
    ],
)
def test_a_row_knows_whether_its_goal_is_met(row, met):
    assert row.met is met
