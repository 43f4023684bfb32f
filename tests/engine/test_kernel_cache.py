"""The compile cache keeps the choices of kernels apart."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CALLER = """
import numpy as np
from numba import njit
from engine.dsp import modal

@njit(cache=True)
def impulse(bank, sums):
    modal.advance_driven(bank, np.ones(1, np.float32), sums)

bank, sums = modal.new_banks(1, 64)[0], modal.new_sums(1, 1)[0]
bank[modal.INPUT_RE] = 1
impulse(bank, sums)
print("explicit" if sums[0, 0, 1:].any() else "plain", sum(impulse.stats.cache_hits.values()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the platform's cache folder is moved by XDG_CACHE_HOME")
def test_neither_choice_of_kernels_runs_code_compiled_for_the_other(tmp_path):
    (tmp_path / "caller.py").write_text(CALLER)
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment |= {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": os.getcwd()}

    def run(kernels):
        words = [sys.executable, str(tmp_path / "caller.py")]
        chosen = {**environment, "LUTHIER_KERNELS": kernels}
        return subprocess.run(words, env=chosen, capture_output=True, text=True, check=True).stdout.split()

    assert run("plain") == ["plain", "0"]
    assert run("") == ["explicit", "0"]
    assert run("plain") == ["plain", "1"]


@pytest.mark.skipif(sys.platform != "linux", reason="the platform's cache folder is moved by XDG_CACHE_HOME")
def test_each_processor_has_its_cache(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    words = [sys.executable, "-c", "import engine.kernel_cache, numba, os; print(os.environ['NUMBA_CACHE_DIR'])"]

    def folder(processor):
        chosen = {
            **environment,
            "XDG_CACHE_HOME": str(tmp_path),
            "PYTHONPATH": os.getcwd(),
            "NUMBA_CPU_NAME": processor,
        }
        return subprocess.run(words, env=chosen, stdout=subprocess.PIPE, text=True, check=True).stdout

    assert len({folder(processor) for processor in ("", "znver3", "x86-64-v2")}) == 3
    assert folder("znver3") == folder("znver3")


@pytest.mark.skipif(sys.platform != "linux", reason="the platform's cache folder is moved by XDG_CACHE_HOME")
def test_two_copies_of_the_sources_have_each_their_cache(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    folders = set()
    for name in ("one", "two"):
        copy = tmp_path / name / "engine"
        (copy / "kernel").mkdir(parents=True)
        for source in ("kernel_cache.py", "kernel/library.py"):
            shutil.copy(Path("engine") / source, copy / source)
        words = [sys.executable, "-c", "import engine.kernel_cache, numba, os; print(os.environ['NUMBA_CACHE_DIR'])"]
        chosen = {**environment, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / name)}
        folders.add(
            subprocess.run(words, env=chosen, cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True).stdout
        )
    assert len(folders) == 2
