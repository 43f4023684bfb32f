"""What tests of sources may ask for."""

import pytest

from .keyboard import Keyboard


@pytest.fixture
def keyboard():
    return Keyboard()
