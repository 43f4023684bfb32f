"""What tests of sources may ask for."""

import pytest

from tests.engine.sources.keyboard import Keyboard


@pytest.fixture
def keyboard():
    return Keyboard()
