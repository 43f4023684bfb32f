"""Single registers of LANES float32: load, store, reverse, and the sum of the lanes.

The arithmetic of vectors.py takes registers as well as whole vectors.
"""

from collections.abc import Iterable
from typing import Any

from engine.kernel import intrinsic, ir, types

from .array_element import element_address
from .vectors import LANES, vector_types

_INDEX_BITS = 32


@intrinsic
def load_register(typing, array, offset):
    """Load LANES numbers of an array from an offset on: float32, or int16, which are converted."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        if signature.args[0].dtype == types.int16:
            numbers = ir.VectorType(ir.IntType(16), LANES).as_pointer()
            return builder.sitofp(
                builder.load(builder.bitcast(address, numbers), align=2), vector_types.FLOAT_REGISTER
            )
        return builder.load(_register_pointer(builder, address), align=4)

    return vector_types.REGISTER(array, types.intp), generate


@intrinsic
def store_register(typing, array, offset, x):
    """Store a register to an array from an offset on."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        builder.store(args[2], _register_pointer(builder, address), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector_types.REGISTER), generate


@intrinsic
def splat_register(typing, value):
    """Broadcast a number to the lanes of a register."""

    def generate(context, builder, signature, args):
        undefined = ir.Constant(vector_types.FLOAT_REGISTER, ir.Undefined)
        single = builder.insert_element(undefined, args[0], _index(0))
        return builder.shuffle_vector(single, undefined, _indices([0] * LANES))

    return vector_types.REGISTER(types.float32), generate


@intrinsic
def negate(typing, x):
    """Compute −x."""
    return vector_types.REGISTER(vector_types.REGISTER), lambda context, builder, signature, args: builder.fneg(
        args[0]
    )


@intrinsic
def reverse_lanes(typing, x):
    """The lanes of a register, the last one first."""

    def generate(context, builder, signature, args):
        return builder.shuffle_vector(args[0], args[0], _indices(reversed(range(LANES))))

    return vector_types.REGISTER(vector_types.REGISTER), generate


@intrinsic
def sum_lanes(typing, x):
    """The sum of the lanes of a register, by halves."""

    def generate(context, builder, signature, args):
        x, lanes = args[0], LANES
        while lanes > 1:
            lanes //= 2
            low, high = _indices(range(lanes)), _indices(range(lanes, 2 * lanes))
            x = builder.fadd(builder.shuffle_vector(x, x, low), builder.shuffle_vector(x, x, high))
        return builder.extract_element(x, _index(0))

    return types.float32(vector_types.REGISTER), generate


def _register_pointer(builder: Any, address: Any) -> Any:
    return builder.bitcast(address, vector_types.FLOAT_REGISTER.as_pointer())


def _index(number: int) -> Any:
    return ir.Constant(ir.IntType(_INDEX_BITS), number)


def _indices(numbers: Iterable[int]) -> Any:
    numbers = list(numbers)
    return ir.Constant(ir.VectorType(ir.IntType(_INDEX_BITS), len(numbers)), numbers)
