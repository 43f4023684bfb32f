"""Explicit SIMD vectors for numba; the only module that knows the register width of this machine.

A vector holds WIDTH float32 in several registers of LANES, which hides the latency of a multiply-add. LLVM splits it
into the registers that the machine has, so that kernels are written once.
Arrays are C-contiguous float32 of any shape, addressed by a flat offset without bounds checks. `load` also takes
uint16, read as float16.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic, models, register_model

from .array_element import element_address

_PROBE = """
define void @probe(ptr %floats, ptr %halves) {
  %x = load <16 x float>, ptr %floats
  %y = fmul <16 x float> %x, %x
  store <16 x float> %y, ptr %floats
  %h = load <8 x half>, ptr %halves
  %f = fpext <8 x half> %h to <8 x float>
  store <8 x float> %f, ptr %halves
  ret void
}
"""


def _probe_registers(triple: str, name: str, features: str) -> tuple[int, bool]:
    """The float32 in a register of a processor, and whether it converts float16 to float32; by code made for it.

    Of a processor named by NUMBA_CPU_NAME there is no list of features.
    """
    machine = binding.Target.from_triple(triple).create_target_machine(cpu=name, features=features, opt=2)
    code = machine.emit_assembly(binding.parse_assembly(_PROBE))
    lanes = 16 if "zmm" in code else 8 if "ymm" in code else 4
    return lanes, "vcvtph2ps" in code or "fcvtl" in code


LANES, HAS_FLOAT16 = _probe_registers(*cpu_target.target_context.codegen().magic_tuple())
"""Float32 in a register of the processor that numba makes code for, and whether `load` can read float16."""
WIDTH = 4 * LANES  # hides the latency of a multiply-add; measured best with 16 as with 32 registers
_CACHE_LINE = 16  # float32 in a cache line
_FLOAT = ir.FloatType()
_ZERO_REGISTER = ir.Constant(ir.VectorType(_FLOAT, LANES), None)


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
        super().__init__(manager, kind, ir.VectorType(_FLOAT, kind.lanes))


def aligned_zeros(shape: tuple[int, ...]) -> np.ndarray:
    """Float32 zeros that start at a cache line, so that no load straddles two lines."""
    size = math.prod(shape)
    buffer = np.zeros(size + _CACHE_LINE, np.float32)
    start = -(buffer.ctypes.data // buffer.itemsize) % _CACHE_LINE
    return buffer[start : start + size].reshape(shape)


@intrinsic
def load_scalar(typing, array, offset):
    """Load one float of an array at an offset."""

    def generate(context, builder, signature, args):
        return builder.load(element_address(context, builder, signature, args))

    return types.float32(array, types.intp), generate


@intrinsic
def load(typing, array, offset):
    """Load WIDTH floats of an array from an offset on; uint16 is converted from float16."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        if signature.args[0].dtype == types.uint16:
            return _load_half(builder, address)
        return _load(builder, address, WIDTH)

    return VECTOR(array, types.intp), generate


@intrinsic
def store(typing, array, offset, x):
    """Store x to an array from an offset on."""

    def generate(context, builder, signature, args):
        _store(builder, args[2], element_address(context, builder, signature, args))
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR), generate


@intrinsic
def splat(typing, value):
    """Broadcast a number to every lane."""

    def generate(context, builder, signature, args):
        return _splat(builder, args[0], WIDTH)

    return VECTOR(types.float32), generate


@intrinsic
def add(typing, x, y):
    """Compute x + y."""
    return x(x, x), lambda context, builder, signature, args: builder.fadd(*args)


@intrinsic
def sub(typing, x, y):
    """Compute x − y."""
    return x(x, x), lambda context, builder, signature, args: builder.fsub(*args)


@intrinsic
def mul(typing, x, y):
    """Compute x y."""
    return x(x, x), lambda context, builder, signature, args: builder.fmul(*args)


@intrinsic
def fma(typing, x, y, z):
    """Compute x y + z, rounded once where the machine has fused multiply-add."""
    return x(x, x, x), lambda context, builder, signature, args: _fma(builder, *args)


@intrinsic
def fms(typing, x, y, z):
    """Compute x y − z, rounded once where the machine has fused multiply-add."""

    def generate(context, builder, signature, args):
        return _fma(builder, args[0], args[1], builder.fneg(args[2]))

    return x(x, x, x), generate


@intrinsic
def add_registers(typing, array, offset, x):
    """Add every register of x to the LANES floats of an array at an offset."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        parts = _split_registers(builder, args[2])
        while len(parts) > 1:
            parts = [builder.fadd(*pair) for pair in zip(parts[0::2], parts[1::2], strict=True)]
        _store(builder, builder.fadd(_load(builder, address, LANES), parts[0]), address)
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR), generate


@intrinsic
def add_scaled_registers(typing, array, offset, x, gain):
    """Add every register of x · gain to the LANES floats of an array at an offset."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        total = _load(builder, address, LANES)
        for x, gain in zip(_split_registers(builder, args[2]), _split_registers(builder, args[3]), strict=True):
            total = _fma(builder, x, gain, total)
        _store(builder, total, address)
        return context.get_dummy_value()

    return types.void(array, types.intp, VECTOR, VECTOR), generate


@intrinsic
def sum_registers(typing, array, offset, target):
    """Store at target the horizontal sums of LANES registers, added in one order, and clear the registers."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        addresses = [_offset_address(builder, address, register * LANES) for register in range(LANES)]
        registers = [_load(builder, address, LANES) for address in addresses]
        for address in addresses:
            _store(builder, _ZERO_REGISTER, address)
        while len(registers) > 1:
            registers = [
                _pairwise_sums(builder, *pair) for pair in zip(registers[0::2], registers[1::2], strict=True)
            ]
        _store(builder, registers[0], element_address(context, builder, signature, (args[0], args[2])))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), generate


def _offset_address(builder: ir.IRBuilder, address: ir.Value, offset: int) -> ir.Value:
    return builder.gep(address, [ir.Constant(ir.IntType(64), offset)])


def _load(builder: ir.IRBuilder, address: ir.Value, lanes: int) -> ir.Value:
    return builder.load(builder.bitcast(address, ir.VectorType(_FLOAT, lanes).as_pointer()), align=4)


def _load_half(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    halves = builder.bitcast(address, ir.VectorType(ir.HalfType(), WIDTH).as_pointer())
    return builder.fpext(builder.load(halves, align=2), ir.VectorType(_FLOAT, WIDTH))


def _store(builder: ir.IRBuilder, x: ir.Value, address: ir.Value) -> None:
    builder.store(x, builder.bitcast(address, x.type.as_pointer()), align=4)


def _splat(builder: ir.IRBuilder, value: ir.Value, lanes: int) -> ir.Value:
    undefined = ir.Constant(ir.VectorType(_FLOAT, lanes), ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(single, undefined, _shuffle_indices([0] * lanes))


def _fma(builder: ir.IRBuilder, x: ir.Value, y: ir.Value, z: ir.Value) -> ir.Value:
    kind = ir.FunctionType(x.type, [x.type] * 3)
    name = f"llvm.fmuladd.v{x.type.count}f32"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [x, y, z])


def _split_registers(builder: ir.IRBuilder, x: ir.Value) -> list[ir.Value]:
    """Split a vector into its registers."""
    starts = range(0, WIDTH, LANES)
    return [builder.shuffle_vector(x, x, _shuffle_indices(range(start, start + LANES))) for start in starts]


def _pairwise_sums(builder: ir.IRBuilder, x: ir.Value, y: ir.Value) -> ir.Value:
    """The sums of adjacent lanes of x, then of y."""
    even = builder.shuffle_vector(x, y, _shuffle_indices(range(0, 2 * LANES, 2)))
    odd = builder.shuffle_vector(x, y, _shuffle_indices(range(1, 2 * LANES, 2)))
    return builder.fadd(even, odd)


def _shuffle_indices(numbers: Iterable[int]) -> ir.Constant:
    numbers = list(numbers)
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)
