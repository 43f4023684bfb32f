"""Plugins made from the file of the probe."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.foreign import Routing
from engine.foreign.clap.plugin import ClapPlugin
from engine.host import Host
from tests.support.host_callback import RATE


@pytest.fixture
def make(probe_path: Path) -> Iterator[Callable[..., ClapPlugin]]:
    """A function that makes a plugin of an id, after `probe.`; they are closed afterwards."""
    made: list[ClapPlugin] = []

    def make_one(id: str, **options: Routing) -> ClapPlugin:
        made.append(ClapPlugin(probe_path, f"probe.{id}", **options))
        return made[-1]

    yield make_one
    for plugin in made:
        plugin.close()


@pytest.fixture
def host() -> Host:
    """A host without a head: events come as they are sent."""
    return Host(RATE)
