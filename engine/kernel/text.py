"""LLVM text of compiled functions, kept for those who link them ahead: libraries, and shells of exported instruments.

numba keeps machine code in its cache, of which no text can be had: so a function is compiled anew for its text.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.atomic_write import atomic_path

from .decorators import Callback, Kernel

ENTRY_PREFIX = "; entry "
"""Of the first line of a text: the symbol of the function follows."""


def text_path(name: str) -> Path:
    """The file of the LLVM text of a function, in numba's cache folder, apart for each processor."""
    from numba import config

    return Path(os.environ["NUMBA_CACHE_DIR"]) / "text" / (config.CPU_NAME or "host") / f"{name}.ll"


def keep_text(callback: Callback, name: str) -> Path:
    """Write the text of a C function, unless it is there; its file.

    Text and cached code are of one compilation, as another one may round otherwise: processes wait for each other.
    """
    path = text_path(name)
    if not path.exists():
        import numba

        with _locked(path):
            if path.exists():
                return path
            made = callback.compiled
            if made.cache_hits:
                made._cache.flush()
                made = callback.compiled = numba.cfunc(callback.signature, **callback.options)(callback.py_func)
            _write_text(path, made._wrapper_name, made._library)
    return path


def keep_kernel_text(kernel: Kernel, number: int) -> Path:
    """Write the text of a kernel for the signature of a number, unless it is there; its file.

    TypeError where its result is not as declared.
    """
    path = text_path(f"{kernel.symbol}.{number}")
    if not path.exists():
        import numba

        signature = kernel.exported[number]
        options = {name: value for name, value in kernel.options.items() if name != "cache"}
        fresh = numba.njit(**options)(kernel.py_func)
        fresh.compile(signature.numba_types())
        (compiled,) = fresh.overloads.values()
        if compiled.signature.return_type != signature.numba_result():
            found = compiled.signature.return_type
            raise TypeError(f"{kernel.symbol} gives {found}, and is exported with {signature.numba_result()}")
        _write_text(path, compiled.fndesc.llvm_func_name, compiled.library)
    return path


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file that is being made; where the system has no such locks, none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        with contextlib.suppress(ImportError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_text(path: Path, symbol: str, library: Any) -> None:
    """Write the text of a function that was compiled just now, after a line with its symbol."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as draft:
        draft.write_text(f"{ENTRY_PREFIX}{symbol}\n{library.get_llvm_str()}", encoding="utf-8")
