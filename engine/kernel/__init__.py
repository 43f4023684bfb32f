"""Kernels: numba's decorators without numba's import, and the library of kernels that are compiled ahead."""

from .decorators import (
    Callback,
    ExternalFunction,
    Intrinsic,
    Kernel,
    LazyModule,
    callbacks,
    carray,
    cfunc,
    cgutils,
    exported_kernels,
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
    "callbacks",
    "carray",
    "cfunc",
    "cgutils",
    "exported_kernels",
    "intrinsic",
    "ir",
    "loaded_library",
    "njit",
    "types",
]
