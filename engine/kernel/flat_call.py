"""Calls of a kernel in a library from Python, by ctypes in place of numba's dispatcher.

The function is the one that numba makes: int32 f(result *, void **, arguments …). An array is passed as two null
owners, the number and size of its elements, its address, its sizes and its strides in bytes; a record by its address.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_RETURNED = (0, -2)  # a value, or None
_RESULT_BYTES = 16
_SCALARS = {"f8": ctypes.c_double, "f4": ctypes.c_float, "i8": ctypes.c_int64, "i4": ctypes.c_int32}


@dataclass(frozen=True)
class ArrayType:
    """A C-contiguous array of a number of dimensions."""

    dtype: np.dtype
    dimensions: int


@dataclass(frozen=True)
class RecordType:
    """One record of an array, such as `array[0]`."""

    dtype: np.dtype


class Signature:
    """The types of the arguments and the result of a kernel that Python calls while playing.

    result: the dtype of a number, or empty. arguments: an array as dtype and number of dimensions, a record as dtype
    alone, and a number as "f8", "f4", "i8" or "i4".
    """

    def __init__(self, result: str, *arguments: Any) -> None:
        self.result = np.dtype(result) if result else None
        self.arguments: list[Any] = [_argument(each) for each in arguments]

    def numba_types(self) -> tuple[Any, ...]:
        """The types of the arguments for numba."""
        from numba import types
        from numba.np.numpy_support import from_dtype

        return tuple(
            types.Array(from_dtype(each.dtype), each.dimensions, "C") if isinstance(each, ArrayType)
            else from_dtype(each.dtype if isinstance(each, RecordType) else np.dtype(each))
            for each in self.arguments
        )  # fmt: skip

    def numba_result(self) -> Any:
        """The type of the result for numba."""
        from numba import types
        from numba.np.numpy_support import from_dtype

        return types.none if self.result is None else from_dtype(self.result)


class FlatCall:
    """A kernel of a library that can be called from Python. is_parallel: whether other threads run meanwhile."""

    def __init__(self, address: int, signature: Signature, is_parallel: bool) -> None:
        self.signature = signature
        kind = ctypes.CFUNCTYPE if is_parallel else ctypes.PYFUNCTYPE
        types = [ctypes.c_void_p, ctypes.c_void_p]
        for each in signature.arguments:
            types += _flat_types(each)
        self._function = kind(ctypes.c_int32, *types)(address)

    def takes(self, arguments: Sequence[Any]) -> bool:
        """Whether it was compiled for arguments of these types."""
        expected = self.signature.arguments
        return len(arguments) == len(expected) and all(map(_fits, expected, arguments))

    def __call__(self, *arguments: Any) -> Any:
        """Call it; RuntimeError if it raised something."""
        flat: list[Any] = []
        for kind, argument in zip(self.signature.arguments, arguments, strict=True):
            if isinstance(kind, str):
                flat.append(int(argument) if kind[0] == "i" else float(argument))
            else:
                _append_flat(flat, argument)
        result, error = ctypes.create_string_buffer(_RESULT_BYTES), ctypes.c_void_p()
        if self._function(ctypes.addressof(result), ctypes.addressof(error), *flat) not in _RETURNED:
            raise RuntimeError("a kernel of the library failed")
        if self.signature.result is None:
            return None
        return np.frombuffer(result.raw, self.signature.result, 1)[0].item()


def _argument(given: Any) -> Any:
    if isinstance(given, str) and given in _SCALARS:
        return given
    if isinstance(given, tuple):
        return ArrayType(np.dtype(given[0]), given[1])
    return RecordType(np.dtype(given))


def _flat_types(kind: Any) -> list[Any]:
    if isinstance(kind, str):
        return [_SCALARS[kind]]
    if isinstance(kind, RecordType):
        return [ctypes.c_void_p]
    return [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p] + [ctypes.c_int64] * (
        2 * kind.dimensions
    )


def _fits(kind: Any, argument: Any) -> bool:
    if isinstance(kind, ArrayType):
        return (
            isinstance(argument, np.ndarray)
            and argument.ndim == kind.dimensions
            and argument.dtype == kind.dtype
            and argument.flags.c_contiguous
        )
    if isinstance(kind, RecordType):
        return isinstance(argument, np.void) and argument.dtype == kind.dtype
    return isinstance(argument, int | np.integer) if kind[0] == "i" else isinstance(argument, float)


def _append_flat(flat: list[Any], argument: Any) -> None:
    """Append what an array or a record is passed as."""
    if isinstance(argument, np.ndarray):
        address = argument.ctypes.data
        flat += [None, None, argument.size, argument.itemsize, address, *argument.shape, *argument.strides]
    else:  # its __array_interface__ describes all fields, which takes long
        flat.append(np.frombuffer(argument, np.uint8).ctypes.data)
