"""A tone to be written to files."""

import numpy as np
import pytest

from tests.support.sound_bytes import RATE


@pytest.fixture
def tone():
    """One second (T,) that fades in, so that no part looks like another."""
    time = np.arange(RATE) / RATE
    return (0.5 * time * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
