"""All tests with kernels compiled for processors with AVX2 and with SSE4, and without explicit vectors."""

from collections.abc import Iterator

from .pytest_runs import run_pytest
from .row import Row

ALL_TESTS = ("tests", "-m", "not verify")
SHORT_TESTS = ("tests/engine/simd", "tests/engine/dsp/test_modal.py", "tests/engine/dsp/test_decoder.py")
TARGETS = ({"NUMBA_CPU_NAME": "znver3"}, {"NUMBA_CPU_NAME": "x86-64-v2"}, {"LUTHIER_KERNELS": "plain"})


def measure(scale: float) -> Iterator[Row]:
    """One row for each instruction set; at less than full length only the vectors, modes and decoder."""
    for environment in TARGETS:
        yield run_pytest(ALL_TESTS if scale == 1 else SHORT_TESTS, environment).row(_title(environment))


def _title(environment: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in environment.items())
