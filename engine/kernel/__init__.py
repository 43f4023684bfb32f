"""Kernels: numba's decorators without numba's import, and the library of kernels that are compiled ahead."""

from .decorators import (
    Callback,
    ExternalFunction,
    Intrinsic,
    Kernel,
    LazyModule,
    carray,
    cfunc,
    cgutils,
    intrinsic,
    ir,
    njit,
    types,
)
from .flat_call import Signature
from .library import LIBRARY_FOLDER, Library, loaded_library

__all__ = [
    "LIBRARY_FOLDER",
    "Callback",
    "ExternalFunction",
    "Intrinsic",
    "Kernel",
    "LazyModule",
    "Library",
    "Signature",
    "carray",
    "cfunc",
    "cgutils",
    "intrinsic",
    "ir",
    "loaded_library",
    "njit",
    "types",
]
