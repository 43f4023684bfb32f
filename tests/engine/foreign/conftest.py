"""The probe as CLAP and LV2 plugins, and a host for them."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.foreign import Routing
from engine.foreign.clap.plugin import ClapPlugin
from engine.foreign.lv2.plugin import Lv2Plugin
from engine.foreign.plugin_files import lv2_folders
from engine.host import Host
from tests.support.foreign.probe_bundle import URI, build_bundle, build_liars
from tests.support.host_callback import RATE


@pytest.fixture
def make_clap(probe_path: Path) -> Iterator[Callable[..., ClapPlugin]]:
    """A function that makes a plugin of an id, after `probe.`; they are closed afterwards."""
    made: list[ClapPlugin] = []

    def make(id: str, **options: Routing) -> ClapPlugin:
        made.append(ClapPlugin(probe_path, f"probe.{id}", **options))
        return made[-1]

    yield make
    for plugin in made:
        plugin.close()


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The bundle of the probe, in a folder that is looked through before those of the system."""
    folder = tmp_path_factory.mktemp("lv2")
    built = build_bundle(folder)
    build_liars(folder, built)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV2_PATH", os.pathsep.join([str(folder), *map(str, lv2_folders())]))
        yield built


@pytest.fixture
def make_lv2(bundle: Path) -> Iterator[Callable[..., Lv2Plugin]]:
    """A function that makes a plugin of the bundle, or of another URI; they are closed afterwards."""
    made: list[Lv2Plugin] = []

    def make(name: str, **options: Routing) -> Lv2Plugin:
        made.append(Lv2Plugin(name if ":" in name else f"{URI}{name}", **options))
        return made[-1]

    yield make
    for plugin in made:
        plugin.close()


@pytest.fixture
def host() -> Host:
    """A host without a head: events come as they are sent."""
    return Host(RATE)


@pytest.fixture
def noise(random: np.random.Generator) -> np.ndarray:
    """A sound (2, 4000)."""
    return (0.1 * random.standard_normal((2, 4000))).astype(np.float32)
