"""Vectors whose lanes are moments: ramps and phases that run along a signal, and how a vector is added to one.

Together with simd.py, from which vectors, their width and their arithmetic come.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .vectors import VECTOR, WIDTH

_FLOAT, _DOUBLE, _INDEX = ir.FloatType(), ir.DoubleType(), ir.IntType(64)
_NARROW, _WIDE = ir.VectorType(_FLOAT, WIDTH), ir.VectorType(_DOUBLE, WIDTH)
_ROUNDER = 1.5 * 2.0**52  # added and taken away again it rounds a double to a whole number


@intrinsic
def ramp(typing, first, step):
    """The numbers first + t · step for t = 0 … WIDTH − 1."""

    def generate(context, builder, signature, args):
        first, step = (_splat(builder, value, _NARROW) for value in args)
        return builder.fadd(first, builder.fmul(_count(_NARROW), step))

    return VECTOR(types.float32, types.float32), generate


@intrinsic
def half_turns(typing, first, step, bend):
    """Phases first + t · step + t² · bend in turns, each as a rest from −¼ to ¼ turn beyond a number of half turns.

    A pair: the rests, rounded only once they are small, and 1 where that number is even, −1 where it is odd.
    """

    def generate(context, builder, signature, args):
        first, step, bend = (_splat(builder, value, _WIDE) for value in args)
        t, half, eight = _count(_WIDE), _constant(0.5), _constant(8.0)
        phase = builder.fadd(first, builder.fmul(t, builder.fadd(step, builder.fmul(t, bend))))
        halves = builder.fmul(half, _whole(builder, builder.fadd(phase, phase)))
        odd = builder.fsub(halves, _whole(builder, halves))  # 0 or ± 1/2
        sign = builder.fsub(_constant(1.0), builder.fmul(eight, builder.fmul(odd, odd)))
        rest = builder.fptrunc(builder.fsub(phase, halves), _NARROW)
        return context.make_tuple(builder, signature.return_type, (rest, builder.fptrunc(sign, _NARROW)))

    return types.UniTuple(VECTOR, 2)(types.float64, types.float64, types.float64), generate


@intrinsic
def add_to(typing, array, offset, x, count):
    """Add the first `count` lanes of x, or all where there are fewer, to an array from an offset on."""

    def generate(context, builder, signature, args):
        view = context.make_array(signature.args[0])(context, builder, args[0])
        place, x, count = builder.gep(view.data, [args[1]]), args[2], args[3]
        with builder.if_else(builder.icmp_signed(">=", count, ir.Constant(_INDEX, WIDTH))) as (whole, part):
            with whole:
                many = builder.bitcast(place, _NARROW.as_pointer())
                builder.store(builder.fadd(builder.load(many, align=4), x), many, align=4)
            with part:
                room = cgutils.alloca_once(builder, ir.ArrayType(_FLOAT, WIDTH))
                builder.store(x, builder.bitcast(room, _NARROW.as_pointer()), align=4)
                lanes = builder.bitcast(room, _FLOAT.as_pointer())
                with cgutils.for_range(builder, count) as loop:
                    target = builder.gep(place, [loop.index])
                    value = builder.load(builder.gep(lanes, [loop.index]))
                    builder.store(builder.fadd(builder.load(target), value), target)
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR, types.intp), generate


def _whole(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """The nearest whole numbers."""
    rounder = _constant(_ROUNDER)
    return builder.fsub(builder.fadd(x, rounder), rounder)


def _constant(value: float) -> ir.Constant:
    return ir.Constant(_WIDE, [value] * WIDTH)


def _count(kind: ir.VectorType) -> ir.Constant:
    return ir.Constant(kind, [float(t) for t in range(WIDTH)])


def _splat(builder: ir.IRBuilder, value: ir.Value, kind: ir.VectorType) -> ir.Value:
    nothing = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    places = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, nothing, places)
