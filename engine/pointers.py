"""Pointers, which numba lacks: ordered memory access, calls and array views by address."""

import inspect
from typing import Any

from engine.kernel import Signature, carray, intrinsic, ir, njit, types
from engine.simd.array_element import element_address

C_PROCESS = (
    "intp(voidptr, "  # state of the plugin: one record
    "CPointer(float32), "  # audio, (2, frames)
    "intp, "  # frames
    "voidptr, "  # events of this block, in order of frame
    "intp)"  # how many; the result: how many for the next plugin
)


@intrinsic
def load_acquire(typing, array, index):
    """Read array[index] with acquire order."""

    def generate(context, builder, signature, args):
        return builder.load_atomic(element_address(context, builder, signature, args), "acquire", 8)

    return types.int64(array, types.intp), generate


@intrinsic
def store_release(typing, array, index, value):
    """Write array[index] with release order."""

    def generate(context, builder, signature, args):
        builder.store_atomic(args[2], element_address(context, builder, signature, args), "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), generate


@intrinsic
def compare_exchange(typing, array, index, expected, value):
    """Write array[index] if it holds what is expected, in one step; whether it did."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        found = builder.cmpxchg(address, args[2], args[3], "acq_rel", "acquire")
        return builder.extract_value(found, 1)

    return types.boolean(array, types.intp, types.int64, types.int64), generate


@intrinsic
def fetch_add(typing, array, index, value):
    """Add to array[index] in one step; what it held before."""

    def generate(context, builder, signature, args):
        address = element_address(context, builder, signature, args)
        return builder.atomic_rmw("add", address, args[2], "acq_rel")

    return types.int64(array, types.intp, types.int64), generate


@njit(cache=True, error_model="numpy", exported=Signature("", ("i8", 1), "i8", "i8"))
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


def make_call(result: str, *arguments: str) -> Any:
    """An intrinsic that calls the C function of a signature at an address: of (address, arguments …).

    result, arguments: names of numba types, such as "int32", "float64" or "intp"; "void" of no result; "voidptr" of a
    pointer, which is given and returned as an address.
    """

    def make(typing, address, *given):
        kinds = [types.uintp if name == "voidptr" else getattr(types, name) for name in (result, *arguments)]
        return kinds[0](types.uintp, *kinds[1:]), generate

    def generate(context, builder, signature, args):
        names = (result, *arguments)
        kinds = [context.get_value_type(getattr(types, name)) if name != "void" else ir.VoidType() for name in names]
        function = builder.inttoptr(args[0], ir.FunctionType(kinds[0], kinds[1:]).as_pointer())
        given = zip(args[1:], kinds[1:], arguments, strict=True)
        values = [builder.inttoptr(value, kind) if name == "voidptr" else value for value, kind, name in given]
        called = builder.call(function, values)
        if result == "voidptr":
            return builder.ptrtoint(called, context.get_value_type(types.uintp))
        return context.get_dummy_value() if result == "void" else called

    names = ["typing", "address", *(f"argument{i}" for i in range(len(arguments)))]
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    make.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # numba reads their number there
    return intrinsic(make)


call = make_call("void", "voidptr", "intp")
"""Call the C function (record, count) without a result at an address."""


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
def pointer_i2(typing, address):
    """An address as an int16 pointer."""
    return _pointer(types.CPointer(types.int16))


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
def view_i2(address, shape):
    """The int16 array of a shape at an address."""
    return carray(pointer_i2(address), shape)


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


def _pointer(kind):
    def generate(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(kind))

    return kind(types.uintp), generate
