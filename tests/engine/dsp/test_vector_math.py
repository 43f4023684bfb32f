"""Series against numpy on dense grids, without calls of the mathematical library."""

import numpy as np
import pytest
from numba import njit

from engine.dsp import vector_math

LIBRARY = {
    name + kind for name in ("tanh", "sin", "cos", "sincos", "exp", "rint", "floor", "fma") for kind in ("", "f")
}


@njit(error_model="numpy")
def apply_tanh(x, out):
    for i in range(x.shape[0]):
        out[i] = vector_math.tanh(x[i])


@njit(error_model="numpy")
def apply_half_turn(x, sine, cosine):
    for i in range(x.shape[0]):
        sine[i], cosine[i] = vector_math.sincos_half_turn(x[i])


@njit(error_model="numpy")
def apply_exp_near_zero(x, out):
    for i in range(x.shape[0]):
        out[i] = vector_math.exp_negative_near_zero(x[i])


@njit(error_model="numpy")
def apply_sigmoid_power(x, out):
    for i in range(x.shape[0]):
        out[i] = vector_math.sigmoid_power(x[i], np.log(10))


@njit(error_model="numpy")
def apply_exp(x, out):
    for i in range(x.shape[0]):
        out[i] = vector_math.exp_negative(x[i])


def through(function, x, outputs=1):
    out = [np.empty_like(x) for _ in range(outputs)]
    function(x, *out)
    return out[0] if outputs == 1 else out


def test_tanh_is_right_to_the_last_bit_of_a_float32():
    x = np.concatenate([np.linspace(-12, 12, 400_001), np.geomspace(1e-30, 1, 100_001)]).astype(np.float32)
    out, expected = through(apply_tanh, x), np.tanh(x.astype(float))
    np.testing.assert_allclose(out, expected, rtol=1.2e-7, atol=0)


def test_tanh_saturates_and_keeps_nan():
    x = np.array([np.inf, -np.inf, np.nan, 1e30, -1e30, 0, 9.2], np.float32)
    np.testing.assert_array_equal(through(apply_tanh, x), np.array([1, -1, np.nan, 1, -1, 0, 1], np.float32))


def test_sine_and_cosine_of_half_a_turn_in_double_precision():
    x = np.linspace(0, 0.5, 300_001)
    sine, cosine = through(apply_half_turn, x, 2)
    np.testing.assert_allclose(sine, np.sin(2 * np.pi * x), atol=1e-15, rtol=0)
    np.testing.assert_allclose(cosine, np.cos(2 * np.pi * x), atol=1e-15, rtol=0)


def test_exp_near_zero_is_right_and_never_0():
    x = np.concatenate([np.geomspace(1e-12, 8, 100_001), [0.0, 8.0]])
    out = through(apply_exp_near_zero, x)
    np.testing.assert_allclose(out, np.exp(-x), rtol=1e-9, atol=0)
    np.testing.assert_allclose(out[x < 1], np.exp(-x[x < 1]), rtol=1e-14, atol=0)
    np.testing.assert_allclose(through(apply_exp_near_zero, np.array([9.0, 1e9, np.inf])), np.exp(-8.0), rtol=1e-9)


def test_exp_is_right_down_to_its_end():
    x = np.concatenate([np.geomspace(1e-12, 46, 100_001), [0.0]])
    np.testing.assert_allclose(through(apply_exp, x), np.exp(-x), rtol=1e-7, atol=0)
    np.testing.assert_allclose(through(apply_exp, np.array([47.0, 1e9, np.inf])), np.exp(-46.0), rtol=1e-7)


def test_sigmoid_power_is_right():
    x = np.concatenate([np.linspace(-19, 60, 400_001), [0.0]])
    expected = np.exp(-np.log(10) * np.logaddexp(0, -x))
    np.testing.assert_allclose(through(apply_sigmoid_power, x), expected, rtol=2e-7, atol=0)
    np.testing.assert_allclose(
        through(apply_sigmoid_power, np.array([-100.0, -np.inf, np.inf])), [np.exp(-46.0)] * 2 + [1]
    )


@pytest.mark.parametrize(
    "function", [apply_tanh, apply_half_turn, apply_exp_near_zero, apply_exp, apply_sigmoid_power]
)
def test_no_function_calls_the_mathematical_library(function):
    arrays = 3 if function is apply_half_turn else 2
    kind = np.float32 if function is apply_tanh else np.float64
    function(*np.zeros((arrays, 8), kind))
    for code in function.inspect_llvm().values():
        declared = {line.split("@")[1].split("(")[0] for line in code.splitlines() if line.startswith("declare")}
        assert not declared & LIBRARY
