import pytest
import torch


@pytest.fixture(autouse=True)
def _one_thread():
    """Small models are learned faster by one thread, and where tests run side by side much faster."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
