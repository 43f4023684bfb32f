"""The FFT of the LANES complex numbers in a pair of registers."""

import cmath
from typing import Any

from engine.kernel import intrinsic, ir, types

from .vectors import LANES, vector_types

_HALF_SIZES = tuple(1 << level for level in reversed(range(LANES.bit_length() - 1)))  # LANES / 2 … 1
_FLAGS = ("contract",)


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
