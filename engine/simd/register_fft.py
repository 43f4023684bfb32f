"""Load and store single registers, and the FFT of the LANES complex numbers in a pair of registers.

The arithmetic of vectors.py takes registers as well as whole vectors.
"""

import cmath
from typing import Any

from engine.kernel import intrinsic, ir, types

from .array_element import element_address
from .vectors import LANES, vector_types

_HALF_SIZES = tuple(1 << level for level in reversed(range(LANES.bit_length() - 1)))  # LANES / 2 … 1
_FLAGS = ("contract",)


@intrinsic
def load_register(typing, array, offset):
    """Load LANES floats of an array from an offset on."""

    def generate(context, builder, signature, args):
        return builder.load(_address(context, builder, signature, args), align=4)

    return vector_types.REGISTER(array, types.intp), generate


@intrinsic
def store_register(typing, array, offset, x):
    """Store a register to an array from an offset on."""

    def generate(context, builder, signature, args):
        builder.store(args[2], _address(context, builder, signature, args), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector_types.REGISTER), generate


@intrinsic
def negate(typing, x):
    """Compute −x."""
    return vector_types.REGISTER(vector_types.REGISTER), lambda context, builder, signature, args: builder.fneg(
        args[0]
    )


@intrinsic
def lane_fft(typing, re, im):
    """The FFT of the lanes as a pair (re, im), the bins in bit-reversed order."""

    def generate(context, builder, signature, args):
        re, im = args
        for half in _HALF_SIZES:
            re, im = _butterfly(builder, re, half), _butterfly(builder, im, half)
            re, im = _twiddle(builder, re, im, half, -1)
        return context.make_tuple(builder, signature.return_type, (re, im))

    return types.UniTuple(vector_types.REGISTER, 2)(vector_types.REGISTER, vector_types.REGISTER), generate


@intrinsic
def lane_inverse_fft(typing, re, im):
    """The inverse of `lane_fft`, times LANES, as a pair (re, im)."""

    def generate(context, builder, signature, args):
        re, im = args
        for half in reversed(_HALF_SIZES):
            re, im = _twiddle(builder, re, im, half, 1)
            re, im = _butterfly(builder, re, half), _butterfly(builder, im, half)
        return context.make_tuple(builder, signature.return_type, (re, im))

    return types.UniTuple(vector_types.REGISTER, 2)(vector_types.REGISTER, vector_types.REGISTER), generate


def _butterfly(builder: Any, x: Any, half: int) -> Any:
    """Butterfly over lanes that differ in the bit `half`: sums where it is 0, differences where it is 1."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [lane ^ half for lane in range(LANES)])
    sign = ir.Constant(vector_types.FLOAT_REGISTER, [-1.0 if lane & half else 1.0 for lane in range(LANES)])
    return builder.fadd(builder.shuffle_vector(x, x, order), builder.fmul(sign, x, flags=_FLAGS), flags=_FLAGS)


def _twiddle(builder: Any, re: Any, im: Any, half: int, sense: int) -> tuple[Any, Any]:
    """Rotate the lanes with the bit `half`, number j of 0 … half − 1, by sense · j / (2 half) turns."""
    if half == 1:
        return re, im
    angles = [(lane & (half - 1)) / (2 * half) if lane & half else 0.0 for lane in range(LANES)]
    factors = [cmath.exp(sense * 2j * cmath.pi * angle) for angle in angles]
    c, s = (
        ir.Constant(vector_types.FLOAT_REGISTER, [getattr(factor, part) for factor in factors])
        for part in ("real", "imag")
    )

    def rotated(x: Any, y: Any, combine: Any) -> Any:
        return combine(builder.fmul(x, c, flags=_FLAGS), builder.fmul(y, s, flags=_FLAGS), flags=_FLAGS)

    return rotated(re, im, builder.fsub), rotated(im, re, builder.fadd)


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """The address of LANES floats from element args[1] of array args[0] on."""
    return builder.bitcast(
        element_address(context, builder, signature, args), vector_types.FLOAT_REGISTER.as_pointer()
    )
