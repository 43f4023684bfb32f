"""Compile a C function, and keep its LLVM text for the shell of exported instruments where that is asked for."""

import os
from collections.abc import Collection
from typing import Any

from engine.kernel import Callback, cfunc, loaded_library
from engine.kernel.text import keep_text, text_path

__all__ = ["TEXT_FLAG", "compile_callback", "text_path"]

TEXT_FLAG = "LUTHIER_KEEP_TEXT"
"""Environment variable: 1 keeps the text of what is compiled; a text that is missing is compiled anew."""


def compile_callback(function: Any, signature: str, name: str, modules: Collection[str] = ()) -> Callback:
    """The C function of a Python function, with its `address`: from a library, numba's cache, or compiled.

    name: of its text. modules: those of what the function was given as globals.
    """
    made: Callback = cfunc(signature, cache=True, error_model="numpy")(function)
    made.text_name = name
    made.modules = tuple(sorted({*made.modules, *modules}))
    if os.environ.get(TEXT_FLAG) == "1" and loaded_library() is None:
        keep_text(made, name)
    _ = made.address  # compiles it
    return made
