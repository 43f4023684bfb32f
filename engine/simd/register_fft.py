"""Load and store single registers, and the FFT of the LANES complex numbers in a pair of registers.

The arithmetic of vectors.py takes registers as well as whole vectors.
"""

import cmath
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .array_element import element_address
from .vectors import LANES, REGISTER

_TYPE = ir.VectorType(ir.FloatType(), LANES)
_HALF_SIZES = tuple(1 << level for level in reversed(range(LANES.bit_length() - 1)))  # LANES / 2 … 1
_FLAGS = ("contract",)


@intrinsic
def load_register(typing, array, offset):
    """Load LANES floats of an array from an offset on."""

    def generate(context, builder, signature, args):
        return builder.load(_address(context, builder, signature, args), align=4)

    return REGISTER(array, types.intp), generate


@intrinsic
def store_register(typing, array, offset, x):
    """Store a register to an array from an offset on."""

    def generate(context, builder, signature, args):
        builder.store(args[2], _address(context, builder, signature, args), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, REGISTER), generate


@intrinsic
def negate(typing, x):
    """Compute −x."""
    return REGISTER(REGISTER), lambda context, builder, signature, args: builder.fneg(args[0])


@intrinsic
def lane_fft(typing, re, im):
    """The FFT of the lanes as a pair (re, im), the bins in bit-reversed order."""

    def generate(context, builder, signature, args):
        re, im = args
        for half in _HALF_SIZES:
            re, im = _butterfly(builder, re, half), _butterfly(builder, im, half)
            re, im = _twiddle(builder, re, im, half, -1)
        return context.make_tuple(builder, signature.return_type, (re, im))

    return types.UniTuple(REGISTER, 2)(REGISTER, REGISTER), generate


@intrinsic
def lane_inverse_fft(typing, re, im):
    """The inverse of `lane_fft`, times LANES, as a pair (re, im)."""

    def generate(context, builder, signature, args):
        re, im = args
        for half in reversed(_HALF_SIZES):
            re, im = _twiddle(builder, re, im, half, 1)
            re, im = _butterfly(builder, re, half), _butterfly(builder, im, half)
        return context.make_tuple(builder, signature.return_type, (re, im))

    return types.UniTuple(REGISTER, 2)(REGISTER, REGISTER), generate


def _butterfly(builder: ir.IRBuilder, x: ir.Value, half: int) -> ir.Value:
    """Butterfly over lanes that differ in the bit `half`: sums where it is 0, differences where it is 1."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [lane ^ half for lane in range(LANES)])
    sign = ir.Constant(_TYPE, [-1.0 if lane & half else 1.0 for lane in range(LANES)])
    return builder.fadd(builder.shuffle_vector(x, x, order), builder.fmul(sign, x, flags=_FLAGS), flags=_FLAGS)


def _twiddle(builder: ir.IRBuilder, re: ir.Value, im: ir.Value, half: int, sense: int) -> tuple[ir.Value, ir.Value]:
    """Rotate the lanes with the bit `half`, number j of 0 … half − 1, by sense · j / (2 half) turns."""
    if half == 1:
        return re, im
    angles = [(lane & (half - 1)) / (2 * half) if lane & half else 0.0 for lane in range(LANES)]
    factors = [cmath.exp(sense * 2j * cmath.pi * angle) for angle in angles]
    c, s = (ir.Constant(_TYPE, [getattr(factor, part) for factor in factors]) for part in ("real", "imag"))

    def rotated(x: ir.Value, y: ir.Value, combine: Any) -> ir.Value:
        return combine(builder.fmul(x, c, flags=_FLAGS), builder.fmul(y, s, flags=_FLAGS), flags=_FLAGS)

    return rotated(re, im, builder.fsub), rotated(im, re, builder.fadd)


def _address(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> ir.Value:
    """The address of LANES floats from element args[1] of array args[0] on."""
    return builder.bitcast(element_address(context, builder, signature, args), _TYPE.as_pointer())
