"""One register at a time: loaded, stored, and the Fourier transform of the LANES complex numbers in a pair of them.

Together with simd.py, whose arithmetic takes registers as well as whole vectors.
"""

import cmath
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .vectors import LANES, ROW

_KIND = ir.VectorType(ir.FloatType(), LANES)
_HALVES = tuple(1 << level for level in reversed(range(LANES.bit_length() - 1)))  # LANES / 2 … 1
_FUSED = ("contract",)


@intrinsic
def row(typing, array, offset):
    """LANES floats of an array from an offset on."""

    def generate(context, builder, signature, args):
        return builder.load(_place(context, builder, signature, args), align=4)

    return ROW(array, types.intp), generate


@intrinsic
def put(typing, array, offset, x):
    """Write a register to an array from an offset on."""

    def generate(context, builder, signature, args):
        builder.store(args[2], _place(context, builder, signature, args), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, ROW), generate


@intrinsic
def negative(typing, x):
    """The value −x."""
    return ROW(ROW), lambda context, builder, signature, args: builder.fneg(args[0])


@intrinsic
def transform(typing, re, im):
    """The Fourier transform of the lanes, as a pair: frequencies stand in the order of their reversed bits."""

    def generate(context, builder, signature, args):
        re, im = args
        for half in _HALVES:
            re, im = _cross(builder, re, half), _cross(builder, im, half)
            re, im = _turn(builder, re, im, half, -1)
        return context.make_tuple(builder, signature.return_type, (re, im))

    return types.UniTuple(ROW, 2)(ROW, ROW), generate


@intrinsic
def restore(typing, re, im):
    """LANES times what `transform` made re and im of, as a pair."""

    def generate(context, builder, signature, args):
        re, im = args
        for half in reversed(_HALVES):
            re, im = _turn(builder, re, im, half, 1)
            re, im = _cross(builder, re, half), _cross(builder, im, half)
        return context.make_tuple(builder, signature.return_type, (re, im))

    return types.UniTuple(ROW, 2)(ROW, ROW), generate


def _cross(builder: ir.IRBuilder, x: ir.Value, half: int) -> ir.Value:
    """Sums in the lanes without the bit `half`, differences in those with it, of lanes that differ in this bit."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [lane ^ half for lane in range(LANES)])
    sign = ir.Constant(_KIND, [-1.0 if lane & half else 1.0 for lane in range(LANES)])
    return builder.fadd(builder.shuffle_vector(x, x, order), builder.fmul(sign, x, flags=_FUSED), flags=_FUSED)


def _turn(builder: ir.IRBuilder, re: ir.Value, im: ir.Value, half: int, sense: int) -> tuple[ir.Value, ir.Value]:
    """The lanes with the bit `half`, number j of 0 … half − 1, turned by j / (2 half)."""
    if half == 1:
        return re, im
    turns = [(lane & (half - 1)) / (2 * half) if lane & half else 0.0 for lane in range(LANES)]
    factors = [cmath.exp(sense * 2j * cmath.pi * turn) for turn in turns]
    c, s = (ir.Constant(_KIND, [getattr(factor, part) for factor in factors]) for part in ("real", "imag"))

    def rotated(x: ir.Value, y: ir.Value, combine: Any) -> ir.Value:
        return combine(builder.fmul(x, c, flags=_FUSED), builder.fmul(y, s, flags=_FUSED), flags=_FUSED)

    return rotated(re, im, builder.fsub), rotated(im, re, builder.fadd)


def _place(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> ir.Value:
    """The address of LANES floats at element args[1] of array args[0]."""
    view = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.bitcast(builder.gep(view.data, [args[1]]), _KIND.as_pointer())
