"""Kernels for a processor that NUMBA_CPU_NAME names: its registers are used, and none that it lacks."""

import os
import platform
import subprocess
import sys

import pytest

_CODE = """
import numpy as np
import engine
from numba import njit
from engine.simd.vectors import LANES, HAS_FLOAT16, fma, load, store

@njit
def square(x):
    store(x, 0, fma(load(x, 0), load(x, 0), load(x, 0)))

square(np.zeros(256, np.float32))
code = "".join(square.inspect_asm().values())
print(LANES, HAS_FLOAT16, "zmm" in code, "ymm" in code)
"""


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names of x86-64 processors")
@pytest.mark.parametrize(("name", "expected"), [("znver3", "8 True False True"), ("nehalem", "4 False False False")])
def test_code_for_a_named_processor_has_its_registers_only(name, expected):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CPU_FEATURES"}
    environment["NUMBA_CPU_NAME"] = name
    command = [sys.executable, "-c", _CODE]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == expected, told.stderr[-2000:]
