"""A JACK server for a test, which may kill it."""

import shutil
from collections.abc import Iterator

import pytest

from benchmarks.support.jack_server import Server, running


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server of 48 kHz and 128 frames, without hardware."""
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd")
    with running() as server:
        yield server
