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

from engine.kernel import LazyModule, cgutils, intrinsic, ir, loaded_library, types

from . import register_probe
from .array_element import element_address

_library = loaded_library()
LANES, HAS_FLOAT16 = (_library.lanes, _library.has_float16) if _library else register_probe.probe_registers()
"""Float32 in a register of the processor that kernels are made for, and whether `load` can read float16."""
WIDTH = 4 * LANES  # hides the latency of a multiply-add; measured best with 16 as with 32 registers
_CACHE_LINE = 16  # float32 in a cache line
_ALIGNED_LANES = 4  # of a register that every system aligns on the stack
vector_types: Any = LazyModule("engine.simd.vector_types")


def aligned_zeros(shape: tuple[int, ...]) -> np.ndarray:
    """Float32 zeros that start at a cache line, so that no load straddles two lines."""
    size = math.prod(shape)
    buffer = np.zeros(size + _CACHE_LINE, np.float32)
    start = -(buffer.ctypes.data // buffer.itemsize) % _CACHE_LINE
    return buffer[start : start + size].reshape(shape)


@intrinsic
def align_stack(typing):
    """Align what this function keeps in memory for want of registers, so that none of it straddles two cache lines.

    LLVM aligns its frame only if something in it asks for that: so a word does, which is written for it to be kept.
    """

    def generate(context, builder, signature, args):
        if LANES > _ALIGNED_LANES:
            word, byte = cgutils.alloca_once(builder, ir.IntType(64)), ir.IntType(8)
            word.align = 4 * LANES
            memset = builder.module.declare_intrinsic("llvm.memset", (byte.as_pointer(), vector_types.INDEX))
            address, is_volatile = builder.bitcast(word, byte.as_pointer()), ir.IntType(1)(1)
            builder.call(memset, [address, byte(0), vector_types.INDEX(8), is_volatile])
        return context.get_dummy_value()

    return types.void(), generate


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

    return vector_types.VECTOR(array, types.intp), generate


@intrinsic
def store(typing, array, offset, x):
    """Store x to an array from an offset on."""

    def generate(context, builder, signature, args):
        _store(builder, args[2], element_address(context, builder, signature, args))
        return context.get_dummy_value()

    return types.void(array, types.intp, vector_types.VECTOR), generate


@intrinsic
def splat(typing, value):
    """Broadcast a number to every lane."""

    def generate(context, builder, signature, args):
        return _splat(builder, args[0], WIDTH)

    return vector_types.VECTOR(types.float32), generate


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

    return types.void(array, types.intp, vector_types.VECTOR), generate


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

    return types.void(array, types.intp, vector_types.VECTOR, vector_types.VECTOR), generate


@intrinsic
def sum_registers(typing, array, offset, target):
    """Store at target the horizontal sums of LANES registers, added in one order, and clear the registers."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        addresses = [_offset_address(builder, address, register * LANES) for register in range(LANES)]
        registers = [_load(builder, address, LANES) for address in addresses]
        for address in addresses:
            _store(builder, vector_types.ZERO_REGISTER, address)
        while len(registers) > 1:
            registers = [
                _pairwise_sums(builder, *pair) for pair in zip(registers[0::2], registers[1::2], strict=True)
            ]
        _store(builder, registers[0], element_address(context, builder, signature, (args[0], args[2])))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp), generate


def _offset_address(builder: Any, address: Any, offset: int) -> Any:
    return builder.gep(address, [ir.Constant(ir.IntType(64), offset)])


def _load(builder: Any, address: Any, lanes: int) -> Any:
    return builder.load(builder.bitcast(address, ir.VectorType(vector_types.FLOAT, lanes).as_pointer()), align=4)


def _load_half(builder: Any, address: Any) -> Any:
    halves = builder.bitcast(address, ir.VectorType(ir.HalfType(), WIDTH).as_pointer())
    return builder.fpext(builder.load(halves, align=2), ir.VectorType(vector_types.FLOAT, WIDTH))


def _store(builder: Any, x: Any, address: Any) -> None:
    builder.store(x, builder.bitcast(address, x.type.as_pointer()), align=4)


def _splat(builder: Any, value: Any, lanes: int) -> Any:
    undefined = ir.Constant(ir.VectorType(vector_types.FLOAT, lanes), ir.Undefined)
    single = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(single, undefined, _shuffle_indices([0] * lanes))


def _fma(builder: Any, x: Any, y: Any, z: Any) -> Any:
    kind = ir.FunctionType(x.type, [x.type] * 3)
    name = f"llvm.fmuladd.v{x.type.count}f32"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [x, y, z])


def _split_registers(builder: Any, x: Any) -> list[Any]:
    """Split a vector into its registers."""
    starts = range(0, WIDTH, LANES)
    return [builder.shuffle_vector(x, x, _shuffle_indices(range(start, start + LANES))) for start in starts]


def _pairwise_sums(builder: Any, x: Any, y: Any) -> Any:
    """The sums of adjacent lanes of x, then of y."""
    even = builder.shuffle_vector(x, y, _shuffle_indices(range(0, 2 * LANES, 2)))
    odd = builder.shuffle_vector(x, y, _shuffle_indices(range(1, 2 * LANES, 2)))
    return builder.fadd(even, odd)


def _shuffle_indices(numbers: Iterable[int]) -> Any:
    numbers = list(numbers)
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)
