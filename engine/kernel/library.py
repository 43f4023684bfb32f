"""The library of kernels that were compiled ahead: chosen for this processor, used as far as it is of these sources.

A wheel carries libraries for several instruction sets, with digests of the sources that they were made of. From a
checkout there is none, unless `make ahead` was run: kernels are compiled as they are needed, and so are, after a
change, those that it concerns. LUTHIER_ISA chooses: v2, v3 or v4 of x86-64, or numba for no library.
"""

import contextlib
import ctypes
import hashlib
import json
import os
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY_FOLDER = Path(__file__).parent / "libraries"
LIBRARY_MANIFEST = "libraries.json"
ISA_FLAG = "LUTHIER_ISA"
NO_LIBRARY = "numba"
CPU_PREFIX = "x86-64-"  # and the name of an instruction set: a processor of NUMBA_CPU_NAME
INSTRUCTION_SETS = {
    "v2": "cx16 lahf_lm pni popcnt sse4_1 sse4_2 ssse3",
    "v3": "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave",
    "v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
}
"""What a processor says of itself in /proc/cpuinfo where it has one, with those before; the best one last."""


class Library:
    """A library of kernels: the lanes and the float16 that its functions are made for, and their addresses."""

    def __init__(self, path: Path, isa: str, facts: dict[str, Any], changed: Collection[str] = ()) -> None:
        """changed: modules whose kernels are not to be used."""
        self.isa = isa
        self.is_whole = not changed
        self.lanes = int(facts["lanes"])
        self.has_float16 = bool(facts["has_float16"])
        modules: dict[str, list[str]] = facts.get("modules", {})
        symbols: dict[str, str] = facts["symbols"]
        self._symbols = {name: each for name, each in symbols.items() if not {*modules.get(name, ())} & {*changed}}
        self._loaded = ctypes.CDLL(str(path))

    @property
    def cpu(self) -> str:
        """The processor that numba has to make code for, where it compiles what the library lacks."""
        return CPU_PREFIX + self.isa

    def address(self, name: str) -> int:
        """The address of a kernel or a C function, by module and qualified name; 0: it has none."""
        symbol = self._symbols.get(name)
        if symbol is None:
            return 0
        return ctypes.cast(getattr(self._loaded, symbol), ctypes.c_void_p).value or 0

    def set_address(self, name: str, address: int) -> None:
        """Give it the address of a function of another library, if it calls one by that name."""
        with contextlib.suppress(ValueError):
            ctypes.c_void_p.in_dll(self._loaded, f"luthier_{name}").value = address


@cache
def loaded_library() -> Library | None:
    """The library that this process uses; None where kernels are compiled by numba.

    ValueError if LUTHIER_ISA is something that this processor lacks.
    """
    manifest, wanted = _read_manifest(), wanted_instruction_set()
    if not manifest or os.environ.get("LUTHIER_KERNELS"):
        return None
    known = [isa for isa in supported_instruction_sets() if isa in manifest["libraries"]]
    chosen = wanted if wanted else known[-1] if known else ""
    if chosen not in known:
        return None
    changed = _changed_modules(manifest)
    path, facts = LIBRARY_FOLDER / library_name(chosen), manifest["libraries"][chosen]
    if changed is None or not any({*each}.isdisjoint(changed) for each in facts.get("modules", {"": []}).values()):
        return None
    try:  # what is damaged must not be opened: the system would end this process
        return Library(path, chosen, facts, changed) if file_digest(path) == facts["digest"] else None
    except OSError:
        return None


def library_name(isa: str) -> str:
    """The file name of the library for an instruction set."""
    return f"kernels_{isa}.so"


def file_digest(path: Path) -> str:
    """A digest of the bytes of a library; OSError if it cannot be read."""
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def wanted_instruction_set() -> str:
    """What the environment asks for: a key of INSTRUCTION_SETS, something else for numba, or empty for the best.

    ValueError if LUTHIER_ISA is something that this processor lacks.
    """
    wanted, known = os.environ.get(ISA_FLAG), (*supported_instruction_sets(), NO_LIBRARY)
    if wanted and wanted not in known:
        raise ValueError(f"{ISA_FLAG} is {wanted!r}; on this processor it can be {', '.join(known)}, or be left out")
    return wanted or os.environ.get("NUMBA_CPU_NAME", "").removeprefix(CPU_PREFIX)


def supported_instruction_sets() -> list[str]:
    """Those of INSTRUCTION_SETS that this processor has, the best one last; none where it is not known."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    line = next((line for line in text.splitlines() if line.startswith("flags")), "")
    flags = set(line.partition(":")[2].split())
    found: list[str] = []
    for isa, needed in INSTRUCTION_SETS.items():
        if not flags.issuperset(needed.split()):
            break
        found.append(isa)
    return found


def _read_manifest() -> dict[str, Any]:
    try:
        text = (LIBRARY_FOLDER / LIBRARY_MANIFEST).read_text(encoding="utf-8")
        manifest: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        return {}
    return manifest


def _changed_modules(manifest: dict[str, Any]) -> set[str] | None:
    """The modules of kernels whose sources, or those of what they import, have changed; None if nothing is known."""
    from engine.kernel_cache import digest_sources

    if manifest["digest"] == digest_sources():
        return set()
    if "modules" not in manifest:
        return None
    from .source_digest import digest_module

    return {module for module, digest in manifest["modules"].items() if digest != digest_module(module)}
