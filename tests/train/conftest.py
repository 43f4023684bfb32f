"""Fixtures of the tests of learning: torch runs in a single thread."""

import pytest
import torch


@pytest.fixture(autouse=True)
def _one_thread():
    """Small models learn faster on one thread, and much faster where tests run in parallel."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
