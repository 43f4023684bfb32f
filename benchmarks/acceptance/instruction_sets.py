"""The tests of the kernels, compiled for other processors, and without explicit vectors."""

from collections.abc import Iterator

from .pytest_runs import run_pytest
from .row import Row

KERNEL_TESTS = ("tests/engine/dsp", "tests/engine/simd")
PLAIN_TESTS = (
    "tests/engine/instruments/test_resonance.py",
    "tests/engine/instruments/test_resonance_pitch.py",
)  # through the instrument that plays them
SHORT_TESTS = ("tests/engine/simd", "tests/engine/dsp/test_modal.py", "tests/engine/dsp/test_decoder.py")
TARGETS = ({"NUMBA_CPU_NAME": "znver3"}, {"NUMBA_CPU_NAME": "skylake"})


def measure(scale: float) -> Iterator[Row]:
    """One row for each instruction set; at less than full length only the vectors, modes and decoder."""
    tests = KERNEL_TESTS if scale == 1 else SHORT_TESTS
    for environment in TARGETS:
        yield run_pytest(tests, environment).row(_title(environment))
    plain = {"LUTHIER_KERNELS": "plain"}
    yield run_pytest(PLAIN_TESTS if scale == 1 else PLAIN_TESTS[:1], plain).row(_title(plain))


def _title(environment: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in environment.items())
