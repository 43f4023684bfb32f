"""The compiled functions of the engine as an object file for a target, from the LLVM text that numba made of them."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from llvmlite import binding

PREFIX = "luthier_"
_ROUNDS = 2  # of the passes: what a call can raise is seen first, then what would tell Python of it goes


@dataclass(frozen=True)
class Target:
    """A target of the shell: its name in symbols, the processor that numba compiles for, and that of the object.

    numba_cpu: empty for this machine. triple: empty for this machine. A wasm object is made from text for a processor
    of the same registers.
    """

    name: str
    numba_cpu: str
    triple: str
    cpu: str
    features: str = ""


X86_64_V2 = Target("v2", "x86-64-v2", "x86_64-unknown-linux-gnu", "x86-64-v2")
X86_64_V3 = Target("v3", "x86-64-v3", "x86_64-unknown-linux-gnu", "x86-64-v3")
X86_64_V4 = Target("v4", "x86-64-v4", "x86_64-unknown-linux-gnu", "x86-64-v4")
WASM32 = Target("wasm", "x86-64-v2", "wasm32-unknown-unknown", "generic", "+simd128")
HOST = Target("host", "", "", "")


def compile_texts(target: Target) -> dict[str, Path]:
    """The files of LLVM text by function name, compiled in another process as far as they are missing."""
    environment = {**os.environ, "LUTHIER_KEEP_TEXT": "1"}
    if target.numba_cpu:
        environment["NUMBA_CPU_NAME"] = target.numba_cpu
    command = [sys.executable, "-c", _LISTING]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    paths = [line.split("\t") for line in told.splitlines() if "\t" in line]
    return {name: Path(path) for name, path in paths}


_LISTING = """
import engine
from engine.image.function_table import FUNCTION_NAMES, compile_functions
from engine.plugin.callback import text_path

compile_functions()
for name in FUNCTION_NAMES:
    if text_path(name).exists():
        print(name, text_path(name), sep="\\t")
"""


def make_object(texts: dict[str, Path], target: Target) -> bytes:
    """An object file with the functions, each under the symbol PREFIX + target + name.

    RuntimeError where optimised code for 64 bits keeps a record with an address on its stack: no code for 32 bits.
    """
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    module = _link(texts, target)
    machine = _machine(target)
    host = machine if not _is_wasm(target) else _machine(X86_64_V2)
    _remove_unused(module, host)
    if _is_wasm(target):
        module = _moved_to_32_bits(module, machine)
    return machine.emit_object(module)


def symbol(target: Target, name: str) -> str:
    """The symbol of a function in the object of a target."""
    return f"{PREFIX}{target.name}_{name}"


def _link(texts: dict[str, Path], target: Target) -> binding.ModuleRef:
    """One module of all texts, in which only the functions themselves can be seen."""
    whole = None
    for name, path in texts.items():
        text = path.read_text(encoding="utf-8")
        entry = text.partition("\n")[0].removeprefix("; entry ")
        text = re.sub(r'"target-(cpu|features)"="[^"]*"', "", text)
        if target.triple and not _is_wasm(target):
            text = re.sub(r'target triple = ".*"', f'target triple = "{target.triple}"', text)
        module = binding.parse_assembly(text)
        for item in (*module.functions, *module.global_variables):
            if not item.is_declaration and not item.name.startswith("llvm."):
                item.linkage = "internal"
        function = module.get_function(entry)
        function.linkage, function.name = "external", symbol(target, name)
        if whole is None:
            whole = module
        else:
            whole.link_in(module)
    if whole is None:
        raise ValueError("there is no text to link")
    return whole


def _machine(target: Target) -> binding.TargetMachine:
    triple = target.triple or binding.get_process_triple()
    cpu = target.cpu or binding.get_host_cpu_name()
    features = target.features if target.cpu else binding.get_host_cpu_features().flatten()
    found = binding.Target.from_triple(triple)
    return found.create_target_machine(cpu=cpu, features=features, opt=3, reloc="pic", codemodel="small")


def _remove_unused(module: binding.ModuleRef, machine: binding.TargetMachine) -> None:
    """Remove what is never called: the wrappers for Python, and their errors. numba has optimised the rest."""
    passes = binding.create_new_module_pass_manager()
    for _ in range(_ROUNDS):
        passes.add_ipsccp_pass()
        passes.add_global_opt_pass()
        passes.add_simplify_cfg_pass()
        passes.add_global_dead_code_eliminate_pass()
    passes.run(module, binding.create_pass_builder(machine, binding.create_pipeline_tuning_options()))


def _moved_to_32_bits(module: binding.ModuleRef, machine: binding.TargetMachine) -> binding.ModuleRef:
    """The same module with the layout of wasm32: its addresses become 32 bits wide, its records keep theirs."""
    text = str(module)
    kept = re.search(r"= alloca (?!ptr\b).*\bptr\b.*", text)  # alone it is stored and loaded as what it is
    if kept:
        raise RuntimeError(f"a record with an address is kept on the stack: {kept[0]}")
    text = re.sub(r'target triple = ".*"', f'target triple = "{WASM32.triple}"', text)
    text = re.sub(r'target datalayout = ".*"', f'target datalayout = "{machine.target_data}"', text)
    moved = binding.parse_assembly(text)
    moved.verify()
    return moved


def _is_wasm(target: Target) -> bool:
    return target.triple.startswith("wasm32")
