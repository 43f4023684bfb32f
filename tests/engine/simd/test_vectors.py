"""Explicit vectors against numpy, lane by lane."""

import platform

import numpy as np
import pytest
from numba import njit

from engine.dsp import modal, modal_simd
from engine.simd import vectors
from engine.simd.vectors import LANES, WIDTH


@pytest.fixture
def noise():
    return np.random.default_rng(6)


@njit
def arithmetic(x, y, z, out):
    a, b, c = vectors.load(x, 0), vectors.load(y, 0), vectors.load(z, 1)
    vectors.store(out, 0, vectors.add(a, b))
    vectors.store(out, WIDTH, vectors.sub(a, b))
    vectors.store(out, 2 * WIDTH, vectors.mul(a, b))
    vectors.store(out, 3 * WIDTH, vectors.fma(a, b, c))
    vectors.store(out, 4 * WIDTH, vectors.fms(a, b, c))
    vectors.store(out, 5 * WIDTH, vectors.splat(x[1]))
    out[6, 0] = vectors.load_scalar(out, WIDTH + 2)


@njit
def accumulated(x, gain, out):
    vectors.add_registers(out, 0, vectors.load(x, 0))
    vectors.add_scaled_registers(out, LANES, vectors.load(x, 0), vectors.load(gain, 0))


@njit
def summed(rows, target):
    vectors.sum_registers(rows, 0, target)


def test_arithmetic_is_that_of_numpy(noise):
    x, y = noise.standard_normal((2, WIDTH)).astype(np.float32)
    z, out = noise.standard_normal(WIDTH + 1).astype(np.float32), np.zeros((7, WIDTH), np.float32)
    arithmetic(x, y, z, out)
    product = x.astype(float) * y
    expected = [x + y, x - y, x * y, product + z[1:], product - z[1:], np.full(WIDTH, x[1])]
    np.testing.assert_allclose(out[:6], expected, rtol=1e-6, atol=1e-6)
    assert out[6, 0] == out[1, 2]


def test_every_register_is_added_to_one(noise):
    x, gain = noise.standard_normal((2, WIDTH)).astype(np.float32)
    out = np.ones((3, LANES), np.float32)
    accumulated(x, gain, out)
    expected = np.stack([x, x * gain]).reshape(2, -1, LANES).sum(1) + 1
    np.testing.assert_allclose(out[:2], expected, atol=1e-5)
    assert (out[2] == 1).all()


@pytest.mark.parametrize("target", [0, LANES * LANES])
def test_the_sums_of_registers_are_in_order_and_the_registers_are_cleared(noise, target):
    rows = noise.standard_normal((LANES + 1, LANES)).astype(np.float32)
    expected = rows[:LANES].sum(1)
    summed(rows, target)
    np.testing.assert_allclose(rows.flat[target : target + LANES], expected, atol=1e-5)
    rows.flat[target : target + LANES] = 0
    assert not rows[:LANES].any()


def test_the_sum_of_a_register_does_not_depend_on_its_position(noise):
    rows = np.tile(noise.standard_normal(LANES).astype(np.float32), (LANES, 1))
    summed(rows, 0)
    assert len(set(rows[0])) == 1


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 2, 64, LANES)])
def test_aligned_arrays_start_at_a_cache_line_and_are_zero(shape):
    array = vectors.aligned_zeros(shape)
    assert array.shape == shape
    assert array.ctypes.data % 64 == 0
    assert not array.any()


def test_the_modal_kernels_call_no_function():
    for kernel in (modal_simd.advance, modal_simd.advance_driven):
        fresh = njit(error_model="numpy")(kernel.py_func)
        bank, sums = modal.new_banks(1, 1)[0], modal.new_sums(1)[0]
        fresh(bank, *((sums, 1) if kernel is modal_simd.advance else (np.zeros(1, np.float32), sums)))
        (code,) = fresh.inspect_llvm().values()
        body = code.split("define")[1].split("\n}")[0]
        calls = {line.split("@")[1].split("(")[0] for line in body.splitlines() if " call " in line and "@" in line}
        assert all(name.startswith("llvm.") for name in calls), calls


@njit
def moved_through_a_loop(x, times):
    """More vectors than any processor has registers for, all used in every turn."""
    vectors.align_stack()
    a, b, c, d = (vectors.load(x, 0), vectors.load(x, WIDTH), vectors.load(x, 2 * WIDTH), vectors.load(x, 3 * WIDTH))
    e, f, g, h = (vectors.mul(a, b), vectors.mul(b, c), vectors.mul(c, d), vectors.mul(d, a))
    for _ in range(times):
        a, b, c, d = vectors.add(b, e), vectors.add(c, f), vectors.add(d, g), vectors.add(a, h)
        e, f, g, h = vectors.mul(a, f), vectors.mul(b, g), vectors.mul(c, h), vectors.mul(d, e)
    for number, vector in enumerate((a, b, c, d, e, f, g, h)):
        vectors.store(x, number * WIDTH, vector)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="reads code of x86-64")
def test_what_registers_have_no_room_for_is_aligned_in_memory(noise):
    x = noise.uniform(-1, 1, (8, WIDTH)).astype(np.float32)
    moved_through_a_loop(x, 3)
    (code,) = moved_through_a_loop.inspect_asm().values()
    moves = [line.split() for line in code.splitlines() if "(%rsp)" in line and ("mm" in line.split()[-1])]
    moves = [move for move in moves if move[0].lstrip("v") in ("movups", "movaps")]
    assert moves
    assert all(move[0].endswith("aps") for move in moves), moves
