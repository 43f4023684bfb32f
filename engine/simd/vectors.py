"""Explicit vectors for numba: the one place that knows how wide this machine computes.

A vector holds WIDTH float32, several registers of LANES, so that one of them computes while another waits. LLVM cuts
it into what the machine has, and a kernel is one text everywhere.
Arrays are C-contiguous float32 of any shape, addressed by a flat offset; nothing checks it. `load` takes uint16 as
well, whose bits are those of float16.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic, models, register_model


def _lanes_of(features: str) -> int:
    """Float32 in one register of the instruction set that numba generates code for."""
    if "+avx512f" in features:
        return 16
    return 8 if "+avx" in features else 4


def _widens(triple: str, features: str) -> bool:
    """Whether the instruction set turns float16 into float32 by itself."""
    return "+f16c" in features or "+avx512f" in features or triple.startswith(("aarch64", "arm64"))


_TRIPLE, _, _FEATURES = cpu_target.target_context.codegen().magic_tuple()
LANES = _lanes_of(_FEATURES)
HALVES = _widens(_TRIPLE, _FEATURES)  # whether `load` can read float16
WIDTH = (
    4 * LANES
)  # four registers hide the time that a multiply-add takes; measured best with 16 as with 32 registers
_LINE = 16  # float32 in a line of the cache
_FLOAT = ir.FloatType()
_NOTHING = ir.Constant(ir.VectorType(_FLOAT, LANES), None)


class _Vector(types.Type):
    """So many float32 in registers."""

    def __init__(self, lanes: int) -> None:
        super().__init__(name=f"float32x{lanes}")
        self.lanes = lanes


VECTOR = _Vector(WIDTH)
ROW = _Vector(LANES)  # a single register; registers.py has more of it


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Vector) -> None:
        super().__init__(manager, kind, ir.VectorType(_FLOAT, kind.lanes))


def aligned(shape: tuple[int, ...]) -> np.ndarray:
    """Zeros of float32 that begin where a line of the cache begins, so that no register straddles two."""
    size = math.prod(shape)
    room = np.zeros(size + _LINE, np.float32)
    start = -(room.ctypes.data // room.itemsize) % _LINE
    return room[start : start + size].reshape(shape)


@intrinsic
def at(typing, array, offset):
    """The one float of an array at an offset."""

    def generate(context, builder, signature, args):
        return builder.load(_place(context, builder, signature, args))

    return types.float32(array, types.intp), generate


@intrinsic
def load(typing, array, offset):
    """WIDTH floats of an array from an offset on; float16, as uint16, is widened."""

    def generate(context, builder, signature, args):
        place = _place(context, builder, signature, args)
        if signature.args[0].dtype == types.uint16:
            return _load_half(builder, place)
        return _load(builder, place, WIDTH)

    return VECTOR(array, types.intp), generate


@intrinsic
def store(typing, array, offset, x):
    """Write x to an array from an offset on."""

    def generate(context, builder, signature, args):
        _store(builder, args[2], _place(context, builder, signature, args))
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR), generate


@intrinsic
def splat(typing, value):
    """A number in every lane."""

    def generate(context, builder, signature, args):
        return _splat(builder, args[0], WIDTH)

    return VECTOR(types.float32), generate


@intrinsic
def add(typing, x, y):
    """The sum x + y."""
    return x(x, x), lambda context, builder, signature, args: builder.fadd(*args)


@intrinsic
def sub(typing, x, y):
    """The difference x − y."""
    return x(x, x), lambda context, builder, signature, args: builder.fsub(*args)


@intrinsic
def mul(typing, x, y):
    """The product x y."""
    return x(x, x), lambda context, builder, signature, args: builder.fmul(*args)


@intrinsic
def fma(typing, x, y, z):
    """The value x y + z, rounded once where the machine can."""
    return x(x, x, x), lambda context, builder, signature, args: _fma(builder, *args)


@intrinsic
def fms(typing, x, y, z):
    """The value x y − z, rounded once where the machine can."""

    def generate(context, builder, signature, args):
        return _fma(builder, args[0], args[1], builder.fneg(args[2]))

    return x(x, x, x), generate


@intrinsic
def gather(typing, array, offset, x):
    """Add the registers of x to the LANES floats of an array at an offset."""

    def generate(context, builder, signature, args):
        place = _place(context, builder, signature, args)
        parts = _parts(builder, args[2])
        while len(parts) > 1:
            parts = [builder.fadd(*pair) for pair in zip(parts[0::2], parts[1::2], strict=True)]
        _store(builder, builder.fadd(_load(builder, place, LANES), parts[0]), place)
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR), generate


@intrinsic
def gather_scaled(typing, array, offset, x, gain):
    """Add the registers of x times gain to the LANES floats of an array at an offset."""

    def generate(context, builder, signature, args):
        place = _place(context, builder, signature, args)
        total = _load(builder, place, LANES)
        for x, gain in zip(_parts(builder, args[2]), _parts(builder, args[3]), strict=True):
            total = _fma(builder, x, gain, total)
        _store(builder, total, place)
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR, VECTOR), generate


@intrinsic
def sum_rows(typing, array, offset, target):
    """Write at target the sums of LANES rows of LANES floats, each added in the same order, and clear the rows."""

    def generate(context, builder, signature, args):
        place = _place(context, builder, signature, args)
        places = [_beyond(builder, place, row * LANES) for row in range(LANES)]
        rows = [_load(builder, place, LANES) for place in places]
        for place in places:
            _store(builder, _NOTHING, place)
        while len(rows) > 1:
            rows = [_neighbours(builder, *pair) for pair in zip(rows[0::2], rows[1::2], strict=True)]
        _store(builder, rows[0], _place(context, builder, signature, (args[0], args[2])))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), generate


def _place(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> ir.Value:
    """The address of element args[1] of array args[0]."""
    view = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(view.data, [args[1]])


def _beyond(builder: ir.IRBuilder, place: ir.Value, offset: int) -> ir.Value:
    return builder.gep(place, [ir.Constant(ir.IntType(64), offset)])


def _load(builder: ir.IRBuilder, place: ir.Value, lanes: int) -> ir.Value:
    return builder.load(builder.bitcast(place, ir.VectorType(_FLOAT, lanes).as_pointer()), align=4)


def _load_half(builder: ir.IRBuilder, place: ir.Value) -> ir.Value:
    halves = builder.bitcast(place, ir.VectorType(ir.HalfType(), WIDTH).as_pointer())
    return builder.fpext(builder.load(halves, align=2), ir.VectorType(_FLOAT, WIDTH))


def _store(builder: ir.IRBuilder, x: ir.Value, place: ir.Value) -> None:
    builder.store(x, builder.bitcast(place, x.type.as_pointer()), align=4)


def _splat(builder: ir.IRBuilder, value: ir.Value, lanes: int) -> ir.Value:
    nothing = ir.Constant(ir.VectorType(_FLOAT, lanes), ir.Undefined)
    single = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(single, nothing, _lanes([0] * lanes))


def _fma(builder: ir.IRBuilder, x: ir.Value, y: ir.Value, z: ir.Value) -> ir.Value:
    kind = ir.FunctionType(x.type, [x.type] * 3)
    name = f"llvm.fmuladd.v{x.type.count}f32"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [x, y, z])


def _parts(builder: ir.IRBuilder, x: ir.Value) -> list[ir.Value]:
    """The registers that a vector consists of."""
    starts = range(0, WIDTH, LANES)
    return [builder.shuffle_vector(x, x, _lanes(range(start, start + LANES))) for start in starts]


def _neighbours(builder: ir.IRBuilder, x: ir.Value, y: ir.Value) -> ir.Value:
    """The sums of neighbouring lanes, of x and then of y."""
    even = builder.shuffle_vector(x, y, _lanes(range(0, 2 * LANES, 2)))
    odd = builder.shuffle_vector(x, y, _lanes(range(1, 2 * LANES, 2)))
    return builder.fadd(even, odd)


def _lanes(numbers: Iterable[int]) -> ir.Constant:
    numbers = list(numbers)
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)
