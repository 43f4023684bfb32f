"""Plugins are those of CLAP."""

from collections.abc import Callable

import pytest

from engine.foreign.clap.plugin import ClapPlugin


@pytest.fixture
def make(make_clap: Callable[..., ClapPlugin]) -> Callable[..., ClapPlugin]:
    """A function that makes a plugin of an id, after `probe.`."""
    return make_clap
