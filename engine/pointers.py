"""Low-level primitives that numba lacks: ordered memory access, calls and views by address, the float mode."""

import platform

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

C_PROCESS = types.intp(
    types.voidptr,  # state of the plugin: one record
    types.CPointer(types.float32),  # audio, (2, frames)
    types.intp,  # frames
    types.voidptr,  # events of this block, in order of frame
    types.intp,  # how many; the result: how many for the next plugin
)
_ARM = platform.machine().lower() in ("arm64", "aarch64")
_FLUSH = 1 << 24 if _ARM else 0x8040  # FPCR.FZ; MXCSR: flush to zero and denormals are zero


@intrinsic
def load_acquire(typing, array, index):
    """Read array[index] with acquire order."""

    def generate(context, builder, signature, args):
        return builder.load_atomic(_element(context, builder, signature, args), "acquire", 8)

    return types.int64(array, types.intp), generate


@intrinsic
def store_release(typing, array, index, value):
    """Write array[index] with release order."""

    def generate(context, builder, signature, args):
        builder.store_atomic(args[2], _element(context, builder, signature, args), "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), generate


@njit(cache=True, error_model="numpy")
def publish(array, index, value):
    """[main thread] Write array[index]; a reader by `load_acquire` sees all that was written before."""
    store_release(array, index, value)


@intrinsic
def invoke(typing, address, state, audio, frames, events, count):
    """Call the C_PROCESS function at an address."""
    word = types.uintp
    signature = types.intp(word, word, types.CPointer(types.float32), types.intp, types.voidptr, types.intp)

    def generate(context, builder, signature, args):
        number = context.get_value_type(types.intp)
        byte = ir.IntType(8).as_pointer()
        sample = context.get_value_type(types.CPointer(types.float32))
        kind = ir.FunctionType(number, [byte, sample, number, byte, number])
        function = builder.inttoptr(args[0], kind.as_pointer())
        return builder.call(function, [builder.inttoptr(args[1], byte), *args[2:]])

    return signature, generate


@intrinsic
def call(typing, address, record, count):
    """Call the C function (record, count) without a result at an address."""

    def generate(context, builder, signature, args):
        byte, number = ir.IntType(8).as_pointer(), context.get_value_type(types.intp)
        kind = ir.FunctionType(ir.VoidType(), [byte, number])
        function = builder.inttoptr(args[0], kind.as_pointer())
        builder.call(function, [builder.inttoptr(args[1], byte), args[2]])
        return context.get_dummy_value()

    return types.void(types.uintp, types.uintp, types.intp), generate


@intrinsic
def pointer(typing, address):
    """An address as an untyped pointer."""
    return _pointer(types.voidptr)


@intrinsic
def pointer_f4(typing, address):
    """An address as a float32 pointer."""
    return _pointer(types.CPointer(types.float32))


@intrinsic
def pointer_f8(typing, address):
    """An address as a float64 pointer."""
    return _pointer(types.CPointer(types.float64))


@intrinsic
def pointer_i4(typing, address):
    """An address as an int32 pointer."""
    return _pointer(types.CPointer(types.int32))


@intrinsic
def pointer_u2(typing, address):
    """An address as a 16-bit pointer."""
    return _pointer(types.CPointer(types.uint16))


@intrinsic
def pointer_u1(typing, address):
    """An address as a byte pointer."""
    return _pointer(types.CPointer(types.uint8))


@intrinsic
def address_of(typing, pointer):
    """A pointer as an address."""

    def generate(context, builder, signature, args):
        return builder.ptrtoint(args[0], context.get_value_type(types.uintp))

    return types.uintp(pointer), generate


@njit(inline="always", error_model="numpy")
def view_f4(address, shape):
    """The float32 array of a shape at an address."""
    return carray(pointer_f4(address), shape)


@njit(inline="always", error_model="numpy")
def view_u2(address, shape):
    """The uint16 array of a shape at an address; float16 by its bits."""
    return carray(pointer_u2(address), shape)


@njit(inline="always", error_model="numpy")
def view_u1(address, shape):
    """The byte array of a shape at an address."""
    return carray(pointer_u1(address), shape)


@njit(inline="always", error_model="numpy")
def view_f8(address, shape):
    """The float64 array of a shape at an address."""
    return carray(pointer_f8(address), shape)


@njit(inline="always", error_model="numpy")
def view_i4(address, shape):
    """The int32 array of a shape at an address."""
    return carray(pointer_i4(address), shape)


@intrinsic
def float_mode(typing):
    """The float mode of this thread (MXCSR or FPCR), to be restored by `set_float_mode`."""

    def generate(context, builder, signature, args):
        if _ARM:
            get = _declare(builder, "llvm.aarch64.get.fpcr", ir.IntType(64), [])
            return builder.trunc(builder.call(get, []), ir.IntType(32))
        slot = cgutils.alloca_once(builder, ir.IntType(32))
        store = _declare(builder, "llvm.x86.sse.stmxcsr", ir.VoidType(), [ir.IntType(8).as_pointer()])
        builder.call(store, [builder.bitcast(slot, ir.IntType(8).as_pointer())])
        return builder.load(slot)

    return types.int32(), generate


@intrinsic
def set_float_mode(typing, mode):
    """Set the float mode of this thread."""

    def generate(context, builder, signature, args):
        if _ARM:
            put = _declare(builder, "llvm.aarch64.set.fpcr", ir.VoidType(), [ir.IntType(64)])
            builder.call(put, [builder.zext(args[0], ir.IntType(64))])
            return context.get_dummy_value()
        slot = cgutils.alloca_once(builder, ir.IntType(32))
        builder.store(args[0], slot)
        load = _declare(builder, "llvm.x86.sse.ldmxcsr", ir.VoidType(), [ir.IntType(8).as_pointer()])
        builder.call(load, [builder.bitcast(slot, ir.IntType(8).as_pointer())])
        return context.get_dummy_value()

    return types.void(types.int32), generate


@njit(inline="always", error_model="numpy")
def flush_denormals():
    """Flush denormals to zero on this thread; the mode before."""
    mode = float_mode()
    set_float_mode(np.int32(mode | _FLUSH))
    return mode


def _pointer(kind):
    def generate(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(kind))

    return kind(types.uintp), generate


def _element(context, builder, signature, args):
    view = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(view.data, [args[1]])


def _declare(builder, name, result, arguments):
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)
