"""Processes that play with a library of kernels, and without one."""

import json
import os
import subprocess
import sys

LOADING = """
import json, os, sys
from pathlib import Path
import engine.kernel.library
folder = os.environ.get("LIBRARY_FOLDER")
if folder:
    engine.kernel.library.LIBRARY_FOLDER = Path(folder)
"""
TELLING = """
compilers = {"numba", "llvmlite"} & sys.modules.keys()
print(json.dumps([told, engine.kernel.loaded_library() is not None, sorted(compilers)]))
"""


def run_kernels(code, isa, folder="", **environment):
    """What `told` is at the end of code in a process; whether that has a library; whether it loaded a compiler."""
    removed = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "LUTHIER_ISA")
    kept = {name: value for name, value in os.environ.items() if name not in removed}
    words = [sys.executable, "-c", LOADING + code + TELLING]
    given = {**kept, "LUTHIER_ISA": isa, "LIBRARY_FOLDER": str(folder), **environment}
    run = subprocess.run(words, env=given, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    told, has_library, compilers = json.loads(run.stdout.splitlines()[-1])
    return told, has_library, bool(compilers)
