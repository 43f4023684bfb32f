"""numba's decorators, for kernels that are compiled only where no library has them.

A decorated function becomes a light object. numba is imported when it is first compiled: when it is called, when its
address is asked for, or when another kernel that calls it is compiled. Within kernels it stands for what numba makes
of it: numba asks an object that it does not know for `_numba_type_`.
"""

import ctypes
import functools
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, cast

from .flat_call import FlatCall, Signature
from .library import loaded_library

_C_TYPES: dict[str, Any] = {
    "intc": ctypes.c_int, "uint32": ctypes.c_uint32, "ulong": ctypes.c_ulong, "intp": ctypes.c_ssize_t, "void": None,
    "voidptr": ctypes.c_void_p,
}  # fmt: skip

exported_kernels: list["Kernel"] = []
"""All kernels that Python calls while playing, of the modules imported so far."""
callbacks: list["Callback"] = []
"""All C functions, of the modules imported and the plugins made so far."""
_new_symbols: dict[str, int] = {}  # addresses of external functions that the compiler does not know yet


class Kernel:
    """A function that numba compiles for the types it is called with; it has what its dispatcher has, too."""

    def __init__(self, function: Callable[..., Any], options: dict[str, Any], exported: Sequence[Signature]) -> None:
        functools.update_wrapper(cast(Any, self), function)
        self.py_func = function
        self.exported = tuple(exported)
        self.options = options
        if exported:
            exported_kernels.append(self)

    @functools.cached_property
    def dispatcher(self) -> Any:
        """What numba makes of the function."""
        import numba

        _add_symbols()
        return numba.njit(**self.options)(self.py_func)

    @property
    def symbol(self) -> str:
        """Its name in a library, followed by the number of the signature."""
        return _symbol(self.py_func)

    @functools.cached_property
    def flat_calls(self) -> list[FlatCall]:
        """Its functions in the library; none where it is compiled here."""
        library = loaded_library() if self.exported else None
        if library is None:
            return []
        found = [(library.address(f"{self.symbol}.{i}"), each) for i, each in enumerate(self.exported)]
        return [FlatCall(address, each, bool(self.options.get("nogil"))) for address, each in found if address]

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_

    def __call__(self, *arguments: Any) -> Any:
        """Call it: in the library if that has it for these types, otherwise compiled."""
        for flat in self.flat_calls:
            if flat.takes(arguments):
                return flat(*arguments)
        return self.dispatcher(*arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python asks any object for must not import numba
            raise AttributeError(name)
        return getattr(self.dispatcher, name)


class Callback:
    """A C function of a Python function, from a library or compiled when its address is first asked for."""

    def __init__(self, function: Callable[..., Any], signature: str, options: dict[str, Any]) -> None:
        functools.update_wrapper(cast(Any, self), function)
        self.py_func = function
        self.signature = signature
        self.options = options
        self.text_name = self.symbol
        self.modules: tuple[str, ...] = (function.__module__,)  # that it and what it was given come from
        callbacks.append(self)

    @functools.cached_property
    def compiled(self) -> Any:
        """What numba makes of the function."""
        import numba

        _add_symbols()
        return numba.cfunc(self.signature, **self.options)(self.py_func)

    @property
    def symbol(self) -> str:
        """Its name in a library."""
        return _symbol(self.py_func)

    @functools.cached_property
    def address(self) -> int:
        """The address of the C function."""
        library = loaded_library()
        return (library.address(self.symbol) if library is not None else 0) or int(self.compiled.address)

    @functools.cached_property
    def ctypes(self) -> Any:
        """The C function for Python, of numbers and untyped pointers."""
        result, _, arguments = self.signature.removesuffix(")").partition("(")
        kinds = [_C_TYPES.get(name.strip(), ctypes.c_void_p) for name in arguments.split(",")]
        return ctypes.CFUNCTYPE(_C_TYPES[result], *kinds)(self.address)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.compiled, name)


class Intrinsic:
    """A function that generates code in kernels; never called from Python."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(cast(Any, self), function)
        self._function = function

    @functools.cached_property
    def _numba_type_(self) -> Any:
        from numba.extending import intrinsic

        self._registered = intrinsic(self._function)
        return _type_of(self._registered)


class NumbaFunction:
    """A function of numba within kernels, by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    @functools.cached_property
    def _numba_type_(self) -> Any:
        return _type_of(self.function)

    @property
    def function(self) -> Any:
        """The function itself."""
        import numba

        return getattr(numba, self._name)

    def __call__(self, *arguments: Any) -> Any:
        """Call the function itself."""
        return self.function(*arguments)


class ExternalFunction:
    """A C function that kernels call by its symbol. signature: as numba writes it, such as "intc(intc, voidptr)".

    address: where it is, unless the C library of this process has it.
    """

    def __init__(self, symbol: str, signature: str, address: int = 0) -> None:
        self._symbol, self._signature = symbol, signature
        library = loaded_library()
        if address:
            _new_symbols[symbol] = address
        if address and library is not None:
            library.set_address(symbol, address)

    @functools.cached_property
    def _numba_type_(self) -> Any:
        from numba.core import sigutils, types

        arguments, result = sigutils.normalize_signature(self._signature)
        return types.ExternalFunction(self._symbol, result(*arguments))


class LazyModule(ModuleType):
    """A module that is imported when one of its attributes is first asked for; kernels may use it as well."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        import importlib

        return getattr(importlib.import_module(self.__name__), name)


def _add_symbols() -> None:
    """Tell the compiler of new external functions: code from its cache calls them as well."""
    if _new_symbols:
        from llvmlite import binding

        while _new_symbols:
            binding.add_symbol(*_new_symbols.popitem())


def _symbol(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _type_of(function: Any) -> Any:
    """The numba type of a function that was registered just now."""
    from numba.core.registry import cpu_target

    context = cpu_target.typing_context
    context.refresh()
    return context.resolve_value_type(function)


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a kernel; options of numba.njit.

    exported: the types of its arguments and its result, one Signature or several, where Python calls it while
    playing: a library has it then.
    """
    exported = options.pop("exported", ())
    signatures = [exported] if isinstance(exported, Signature) else exported
    return lambda function: Kernel(function, options, signatures)


def cfunc(signature: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a C function; its signature and options are as those of numba.cfunc."""
    return lambda function: Callback(function, signature, options)


def intrinsic(function: Callable[..., Any]) -> Any:
    """Decorate a function that generates code, as numba.extending.intrinsic does."""
    return Intrinsic(function)


carray: Any = NumbaFunction("carray")
types: Any = LazyModule("numba.core.types")
ir: Any = LazyModule("llvmlite.ir")
cgutils: Any = LazyModule("numba.core.cgutils")
