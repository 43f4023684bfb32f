"""Float mode of the processor: denormal numbers are flushed to zero."""

import platform

import numpy as np

from engine.kernel import cgutils, intrinsic, ir, njit, types

_ARM = platform.machine().lower() in ("arm64", "aarch64")


_FLUSH = 1 << 24 if _ARM else 0x8040  # FPCR.FZ; MXCSR: flush to zero and denormals are zero


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


def _declare(builder, name, result, arguments):
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, arguments), name)
