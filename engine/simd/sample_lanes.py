"""Vectors whose lanes are successive samples: ramps, phases, and adding a vector to part of an array."""

from typing import Any

from engine.kernel import cgutils, intrinsic, ir, types

from .vectors import WIDTH, vector_types

_ROUNDER = 1.5 * 2.0**52  # adding and subtracting it rounds a double to an integer


@intrinsic
def ramp(typing, first, step):
    """Compute first + t · step for t = 0 … WIDTH − 1."""

    def generate(context, builder, signature, args):
        first, step = (_splat(builder, value, vector_types.FLOATS) for value in args)
        return builder.fadd(first, builder.fmul(_lane_numbers(vector_types.FLOATS), step))

    return vector_types.VECTOR(types.float32, types.float32), generate


@intrinsic
def reduce_phase(typing, first, step, bend):
    """Range reduction of the phases first + t · step + t² · bend, in turns, to −¼ … ¼ turn plus half turns.

    A pair: the remainders, rounded to float32 only after the reduction, and the sign: −1 where the number of half
    turns is odd.
    """

    def generate(context, builder, signature, args):
        first, step, bend = (_splat(builder, value, vector_types.DOUBLES) for value in args)
        t, half, eight = _lane_numbers(vector_types.DOUBLES), _constant(0.5), _constant(8.0)
        phase = builder.fadd(first, builder.fmul(t, builder.fadd(step, builder.fmul(t, bend))))
        halves = builder.fmul(half, _round(builder, builder.fadd(phase, phase)))
        odd = builder.fsub(halves, _round(builder, halves))  # 0 or ± 1/2
        sign = builder.fsub(_constant(1.0), builder.fmul(eight, builder.fmul(odd, odd)))
        remainder = builder.fptrunc(builder.fsub(phase, halves), vector_types.FLOATS)
        return context.make_tuple(
            builder, signature.return_type, (remainder, builder.fptrunc(sign, vector_types.FLOATS))
        )

    return types.UniTuple(vector_types.VECTOR, 2)(types.float64, types.float64, types.float64), generate


@intrinsic
def add_to(typing, array, offset, x, count):
    """Add the first min(count, WIDTH) lanes of x to an array from an offset on."""

    def generate(context, builder, signature, args):
        view = context.make_array(signature.args[0])(context, builder, args[0])
        address, x, count = builder.gep(view.data, [args[1]]), args[2], args[3]
        with builder.if_else(builder.icmp_signed(">=", count, ir.Constant(vector_types.INDEX, WIDTH))) as (
            whole,
            part,
        ):
            with whole:
                whole_vector = builder.bitcast(address, vector_types.FLOATS.as_pointer())
                builder.store(builder.fadd(builder.load(whole_vector, align=4), x), whole_vector, align=4)
            with part:
                buffer = cgutils.alloca_once(builder, ir.ArrayType(vector_types.FLOAT, WIDTH))
                builder.store(x, builder.bitcast(buffer, vector_types.FLOATS.as_pointer()), align=4)
                lanes = builder.bitcast(buffer, vector_types.FLOAT.as_pointer())
                with cgutils.for_range(builder, count) as loop:
                    target = builder.gep(address, [loop.index])
                    value = builder.load(builder.gep(lanes, [loop.index]))
                    builder.store(builder.fadd(builder.load(target), value), target)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector_types.VECTOR, types.intp), generate


def _round(builder: Any, x: Any) -> Any:
    """Round to the nearest integers."""
    rounder = _constant(_ROUNDER)
    return builder.fsub(builder.fadd(x, rounder), rounder)


def _constant(value: float) -> Any:
    return ir.Constant(vector_types.DOUBLES, [value] * WIDTH)


def _lane_numbers(kind: Any) -> Any:
    return ir.Constant(kind, [float(t) for t in range(WIDTH)])


def _splat(builder: Any, value: Any, kind: Any) -> Any:
    undefined = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    indices = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, undefined, indices)
