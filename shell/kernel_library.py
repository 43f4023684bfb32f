"""Build libraries of the engine's kernels, so that playing needs no compiler.

python -m shell.kernel_library [v2] [v3] [v4]     into engine/kernel/libraries, for x86-64 under Linux
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.atomic_write import atomic_path
from engine.kernel.library import LIBRARY_FOLDER, LIBRARY_MANIFEST, file_digest, library_name
from engine.kernel.source_digest import digest_module
from engine.kernel_cache import digest_sources

from .build import GLIBC_TARGET, SOURCES
from .kernel_module import X86_64_V2, X86_64_V3, X86_64_V4, Target, make_object, symbol

TARGETS = {target.name: target for target in (X86_64_V2, X86_64_V3, X86_64_V4)}
_FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-fvisibility=hidden", "-fno-sanitize=all")
_LISTING = """
import json, sys
from engine.kinds.kind import load_member
from engine.simd.vectors import HAS_FLOAT16, LANES

from engine.kernel import callbacks, exported_kernels

texts = {name: str(path) for name, path in load_member(sys.argv[1])().items()}
modules = {each.symbol: each.modules for each in callbacks if each.symbol in texts}
for kernel in exported_kernels:
    modules |= {f"{kernel.symbol}.{n}": [kernel.py_func.__module__] for n in range(len(kernel.exported))}
modules = {name: modules[name] for name in texts}
print(json.dumps({"lanes": LANES, "has_float16": HAS_FLOAT16, "texts": texts, "modules": modules}))
"""


def build_libraries(
    names: Sequence[str], folder: Path = LIBRARY_FOLDER, listing: str = "engine.precompile:list_texts"
) -> list[Path]:
    """Build the libraries for some of TARGETS, and write what they are beside them; their paths.

    listing: module and function that compile what they shall hold, as `engine.precompile.list_texts` does.
    CalledProcessError where a kernel cannot be compiled or linked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = digest_sources()
    libraries: dict[str, dict[str, Any]] = {}
    sources: set[str] = set()
    for name in names:
        facts = _compile(TARGETS[name], listing)
        texts = {each: Path(path) for each, path in facts.pop("texts").items()}
        path = folder / library_name(name)
        _link(texts, TARGETS[name], path)
        symbols = {each: symbol(TARGETS[name], each) for each in texts}
        sources.update(*facts["modules"].values())
        libraries[name] = {**facts, "digest": file_digest(path), "symbols": symbols}
    with atomic_path(folder / LIBRARY_MANIFEST) as draft:
        digests = {module: digest_module(module) for module in sorted(sources)}
        manifest = {"digest": digest, "modules": digests, "libraries": libraries}
        draft.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return [folder / library_name(name) for name in names]


def _compile(target: Target, listing: str) -> dict[str, Any]:
    """Compile all kernels that are still missing, in another process; their texts, and what they were made for."""
    environment = {**os.environ, "LUTHIER_KEEP_TEXT": "1", "LUTHIER_ISA": "numba", "NUMBA_CPU_NAME": target.numba_cpu}
    command = [sys.executable, "-c", _LISTING, listing]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    facts: dict[str, Any] = json.loads(told)
    return facts


def _link(texts: dict[str, Path], target: Target, path: Path) -> None:
    """Link the kernels to a library, whole or not at all."""
    with TemporaryDirectory() as folder, atomic_path(path) as draft:
        kernels = Path(folder) / "kernels.o"
        kernels.write_bytes(make_object(texts, target))
        command = [sys.executable, "-m", "ziglang", "cc", "-target", GLIBC_TARGET, *_FLAGS, "-shared", "-s"]
        files = [str(SOURCES / "kernel_library.c"), str(kernels)]
        subprocess.run([*command, "-Wl,-z,defs", *files, "-lm", "-o", str(draft)], check=True)


def main() -> None:
    """Build what is named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=[], help="all, unless named")
    args = parser.parse_args()
    for path in build_libraries(args.targets or list(TARGETS)):
        print(f"{path} ({path.stat().st_size} bytes)", flush=True)


if __name__ == "__main__":
    main()
