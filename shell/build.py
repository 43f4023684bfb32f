"""Build shells: compile the engine's functions, the C around them, and link both.

python -m shell.build FOLDER                      what is conveyed: clap for x86-64 v2 and v3, wasm
python -m shell.build FOLDER --only native        for this processor only, by its C compiler: for tests
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .kernel_module import HOST, WASM32, X86_64_V2, X86_64_V3, Target, compile_texts, make_object, symbol

SOURCES = Path(__file__).parent
CLAP_NAME, WASM_NAME = "luthier.clap", "luthier.wasm"
RUNTIME_SOURCES = ("runtime.c",)
CLAP_SOURCES = (*RUNTIME_SOURCES, "processor.c", "resampler.c", "clap_plugin.c")
WASM_SOURCES = (*RUNTIME_SOURCES, "worklet.c")
GLIBC_TARGET = "x86_64-linux-gnu.2.17"  # the oldest C library that the shell needs
_DECODERS = ("decode_float32", "decode_float16")
_C_FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-fvisibility=hidden")
_SUPPORTED = {"v2": "luthier_has_v2", "v3": "luthier_has_v3"}
_LANES = {"v2": 4, "v3": 8, "wasm": 4}


@dataclass(frozen=True)
class Kernels:
    """Objects of the engine's functions, one for each target, and the source that lists them for the runtime."""

    objects: tuple[Path, ...]
    table: Path


def compile_kernels(folder: Path, targets: Sequence[Target]) -> Kernels:
    """Compile the functions for targets, into a folder; minutes for a target that is compiled for the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    objects: list[Path] = []
    known: dict[str, list[str]] = {}
    for target in targets:
        texts = compile_texts(target)
        if target.triple.startswith("wasm32"):
            texts.pop("decode_float16", None)  # no processor of a browser converts float16
        known[target.name] = list(texts)
        objects.append(folder / f"kernels_{target.name}.o")
        objects[-1].write_bytes(make_object(texts, target))
    table = folder / f"functions_{'_'.join(known)}.c"
    table.write_text(_function_tables(targets, known), encoding="utf-8")
    return Kernels(tuple(objects), table)


def link(output: Path, compiler: Sequence[str], sources: Sequence[str], kernels: Kernels) -> Path:
    """Link a shell; its path. CalledProcessError where the compiler fails."""
    files = [*(SOURCES / source for source in sources), kernels.table, *kernels.objects]
    subprocess.run([*compiler, f"-I{SOURCES}", *map(str, files), "-o", str(output), "-lm"], check=True)
    return output


def link_native(output: Path, sources: Sequence[str], kernels: Kernels) -> Path:
    """Link a shared library for this processor with its own C compiler."""
    return link(output, ["cc", *_C_FLAGS, "-shared", "-Wl,-Bsymbolic"], sources, kernels)


def build_native(folder: Path) -> Path:
    """The plugin for this processor alone."""
    return link_native(folder / CLAP_NAME, CLAP_SOURCES, compile_kernels(folder, [HOST]))


def build_clap(folder: Path) -> Path:
    """The plugin for Linux on x86-64."""
    compiler = [*_zig(), "cc", "-target", GLIBC_TARGET, *_C_FLAGS, "-shared", "-s", "-fno-sanitize=all"]
    return link(folder / CLAP_NAME, compiler, CLAP_SOURCES, compile_kernels(folder, [X86_64_V3, X86_64_V2]))


def build_wasm(folder: Path) -> Path:
    """The module for pages."""
    compiler = [
        *_zig(), "cc", "-target", "wasm32-wasi", "-std=c11", "-O2", "-mexec-model=reactor", "-msimd128", "-s",
        "-fno-sanitize=all",
    ]  # fmt: skip
    return link(folder / WASM_NAME, compiler, WASM_SOURCES, compile_kernels(folder, [WASM32]))


def _zig() -> list[str]:
    return [sys.executable, "-m", "ziglang"]


def _function_tables(targets: Sequence[Target], known: dict[str, list[str]]) -> str:
    """The C source of `luthier_codes` and `luthier_digest`."""
    from engine.image.function_table import FUNCTION_NAMES, record_digest
    from engine.simd.vectors import LANES

    lines = ['#include "processor.h"', '#include "runtime.h"', ""]
    for target in targets:
        lines += _wrappers(target, known[target.name])
        names = [_reference(target, name) if name in known[target.name] else "0" for name in FUNCTION_NAMES]
        lines.append(f"static const void *const {target.name}_functions[] = {{{', '.join(names)}}};")
        if target.name not in _SUPPORTED:
            lines.append(f"static int is_{target.name}_supported(void) {{ return 1; }}")
    entries = [
        f"{{{_LANES.get(target.name, LANES)}, {len(FUNCTION_NAMES)}, {target.name}_functions, "
        f"{_SUPPORTED.get(target.name, f'is_{target.name}_supported')}}}"
        for target in targets
    ]
    lines.append(f"const luthier_code luthier_codes[] = {{{', '.join(entries)}, {{0, 0, 0, 0}}}};")
    lines.append(f"const uint64_t luthier_digest = {record_digest():#x}u;")
    lines.append(f"const uint64_t luthier_voice = {FUNCTION_NAMES.index('voice')};")
    return "\n".join(lines) + "\n"


def _wrappers(target: Target, names: Sequence[str]) -> list[str]:
    """Declarations, and wrappers of those whose C function numba gives a result that the caller does not expect."""
    lines = []
    for name in names:
        function = symbol(target, name)
        if name in _DECODERS:
            lines.append(f"void *{function}(void *, int64_t);")
            lines.append(
                f"static void {target.name}_{name}(void *record, int64_t count) {{ {function}(record, count); }}"
            )
        else:
            lines.append(f"int64_t {function}(void *, float *, int64_t, void *, int64_t);")
    return lines


def _reference(target: Target, name: str) -> str:
    return f"(const void *){target.name}_{name}" if name in _DECODERS else f"(const void *){symbol(target, name)}"


def main() -> None:
    """Build what is named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    builders = {"clap": build_clap, "wasm": build_wasm, "native": build_native}
    parser.add_argument("--only", choices=list(builders), help="what to build; the plugin and the page otherwise")
    args = parser.parse_args()
    for name in [args.only] if args.only else ["clap", "wasm"]:
        made = builders[name](args.folder)
        print(f"{made} ({made.stat().st_size} bytes)", flush=True)


if __name__ == "__main__":
    main()
