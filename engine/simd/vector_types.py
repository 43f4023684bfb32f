"""The types of vectors for numba and LLVM; imported when a kernel with vectors is compiled."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from .vectors import LANES, WIDTH

FLOAT, DOUBLE, INDEX = ir.FloatType(), ir.DoubleType(), ir.IntType(64)
FLOATS, DOUBLES = ir.VectorType(FLOAT, WIDTH), ir.VectorType(DOUBLE, WIDTH)
FLOAT_REGISTER = ir.VectorType(FLOAT, LANES)
ZERO_REGISTER = ir.Constant(FLOAT_REGISTER, None)


class _Vector(types.Type):
    """The numba type of `lanes` float32 in registers."""

    def __init__(self, lanes: int) -> None:
        super().__init__(name=f"float32x{lanes}")
        self.lanes = lanes


VECTOR = _Vector(WIDTH)
REGISTER = _Vector(LANES)  # a single register; register_fft.py has its operations


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, ir.VectorType(FLOAT, kind.lanes))
