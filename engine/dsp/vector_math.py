"""Tanh, sine, exp and powers of a sigmoid without branches or library calls, so that LLVM vectorizes loops over them.

The series are textbook ones, computed at import; each is long enough for its range. Accumulation is in float64 where
float32 would lose digits.
"""

import math
from fractions import Fraction

import numpy as np

from engine.kernel import njit


def _sine_series(terms: int) -> tuple[float, ...]:
    """Taylor coefficients of sin(2π y) / y in powers of y², highest first."""
    return tuple((-1) ** n * math.tau ** (2 * n + 1) / math.factorial(2 * n + 1) for n in range(terms))[::-1]


def _tanh_fraction(levels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Polynomials (N, D) in x², highest first: tanh x = x N / D, Lambert's continued fraction 1/(1 + x²/(3 + …))."""
    top, below = [1], [2 * levels + 1]
    for odd in range(2 * levels - 1, 0, -2):
        shifted = [0, *top]
        size = max(len(below), len(shifted))
        padded = [p + [0] * (size - len(p)) for p in (below, shifted)]
        top, below = below, [odd * p + q for p, q in zip(*padded, strict=True)]
    return tuple(_ratios(top, below[0])), tuple(_ratios(below, below[0]))


def _ratios(numbers: list[int], unit: int) -> list[float]:
    return [float(Fraction(number, unit)) for number in reversed(numbers)]


_SINE = _sine_series(11)  # 1e-16 for |y| <= 1/4
_TANH_ABOVE, _TANH_BELOW = _tanh_fraction(12)  # 5e-8 for |x| <= 9.1
_TANH_END = 9.1  # where tanh rounds to 1 in float32
_ATANH = tuple(1 / (2 * n + 1) for n in range(9, -1, -1))  # atanh z / z in powers of z², 1e-10 for z <= 1/3
_EXP = tuple(1 / math.factorial(n) for n in range(10, -1, -1))
_EXP_END = 8.0
_FADE_END = 46.0


@njit(cache=True, error_model="numpy")
def tanh(x):
    """Hyperbolic tangent of a float32 within 1.2e-7 of its value; NaN stays NaN, infinity becomes 1."""
    x64 = np.float64(x)
    x64 = _TANH_END if x64 > _TANH_END else x64
    x64 = -_TANH_END if x64 < -_TANH_END else x64
    square = x64 * x64
    return np.float32(x64 * _horner(_TANH_ABOVE, square) / _horner(_TANH_BELOW, square))


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def sincos_half_turn(phase):
    """Sine and cosine of 2π phase, float64, within 1e-15, for a phase in turns between 0 and 1/2."""
    return _sine(min(phase, 0.5 - phase)), _sine(0.25 - phase)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def exp_negative_near_zero(x):
    """Value of exp(−x), float64, within 1e-11, for x ≥ 0; at least exp(−8)."""
    part = min(x, _EXP_END) * -0.0625
    value = _horner(_EXP, part)
    value *= value
    value *= value
    value *= value
    return value * value


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def exp_negative(x):
    """Value of exp(−x), float64, within 1e-7 of it, for x from 0 to 46; exp(−46) beyond."""
    part = min(x, _FADE_END) * -0.015625
    value = _horner(_EXP, part)
    for _ in range(6):
        value *= value
    return value


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def sigmoid_power(x, power):
    """Value of sigmoid(x) ** power, float64, within 2e-7, for a power > 0; at least exp(−46)."""
    small = exp_negative(abs(x))
    z = small / (2 + small)  # log(1 + small) = 2 atanh z
    return exp_negative(power * (max(-x, 0.0) + 2 * z * _horner(_ATANH, z * z)))


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _sine(y):
    return y * _horner(_SINE, y * y)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _horner(series, x):
    """The polynomial with these coefficients, highest first."""
    value = series[0]
    for n in range(1, len(series)):
        value = value * x + series[n]
    return value
