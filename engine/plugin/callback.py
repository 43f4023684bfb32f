"""Compile a C function, and keep its LLVM text for the shell of exported instruments where that is asked for.

numba keeps machine code in its cache, of which no text can be had: so the text is written when it compiles.
"""

import os
from pathlib import Path
from typing import Any

from numba import cfunc

from engine.atomic_write import atomic_path

TEXT_FLAG = "LUTHIER_KEEP_TEXT"
"""Environment variable: 1 keeps the text of what is compiled; a text that is missing is compiled anew."""
ENTRY_PREFIX = "; entry "
"""Of the first line of a text: the symbol of the C function follows."""


def compile_callback(function: Any, signature: Any, name: str) -> Any:
    """The C function of a Python function, with its `address`, from numba's cache if there. name: of its text."""
    made = cfunc(signature, cache=True, error_model="numpy")(function)
    if os.environ.get(TEXT_FLAG) == "1" and not text_path(name).exists():
        fresh = cfunc(signature, error_model="numpy")(function) if made.cache_hits else made
        _write_text(text_path(name), fresh)
    return made


def _write_text(path: Path, callback: Any) -> None:
    """Write the text of a C function that was compiled just now, after a line with its symbol."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as draft:
        draft.write_text(
            f"{ENTRY_PREFIX}{callback._wrapper_name}\n{callback._library.get_llvm_str()}", encoding="utf-8"
        )


def text_path(name: str) -> Path:
    """The file of the LLVM text of a C function, in numba's cache folder, apart for each processor."""
    from numba import config

    return Path(os.environ["NUMBA_CACHE_DIR"]) / "text" / (config.CPU_NAME or "host") / f"{name}.ll"
