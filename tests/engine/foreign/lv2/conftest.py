"""Plugins are those of LV2."""

from collections.abc import Callable

import pytest

from engine.foreign.lv2.plugin import Lv2Plugin


@pytest.fixture
def make(make_lv2: Callable[..., Lv2Plugin]) -> Callable[..., Lv2Plugin]:
    """A function that makes a plugin of the bundle of the probe, or of another URI."""
    return make_lv2
