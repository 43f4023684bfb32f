"""Functions on threads of their own, between which the interpreter switches as often as it can."""

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

SWITCH_SECONDS = 1e-6


def run_at_once(functions: Sequence[Callable[[], object]]) -> None:
    """Run all of them at once, and raise what one of them raised."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with ThreadPoolExecutor(len(functions)) as pool:
            for made in [pool.submit(function) for function in functions]:
                made.result()
    finally:
        sys.setswitchinterval(interval)
