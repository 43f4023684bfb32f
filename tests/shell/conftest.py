"""Shells for this processor, built once from the texts of the kernels."""

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from engine import effects
from engine.image.chain_image import RATES, make_rated_image
from engine.image.image import Tables
from engine.image.image_file import pack_images
from engine.instrument_chain import follow_voice, make_chain
from engine.preset.library import find
from engine.preset.preset_file import read
from export.clap_plugin import join, labels, words
from shell.build import CLAP_NAME, CLAP_SOURCES, RUNTIME_SOURCES, SOURCES, compile_kernels, link, link_native
from shell.kernel_module import HOST
from tests.support.shell.clap_host import ClapHost
from tests.support.shell.shell_folder import shell_folder
from tests.support.shell.shell_library import Library

HOST_SOURCE = Path(__file__).parent / "clap_host.c"
RUNTIME_NAME, HOST_NAME = "runtime.so", "clap_host.so"


@pytest.fixture(scope="session")
def shells() -> Path:
    """A folder with the runtime as a library, the shell of plugins, and a host of plugins."""
    folder = shell_folder("shells", [HOST_SOURCE])
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
            _build(Path(draft) / "shells")
            try:
                os.rename(Path(draft) / "shells", folder)
            except OSError:  # another process was faster
                assert folder.exists()
    return folder


def _build(folder: Path) -> None:
    kernels = compile_kernels(folder, [HOST])
    link(folder / RUNTIME_NAME, ["cc", "-O2", "-fPIC", "-shared"], RUNTIME_SOURCES, kernels)
    link_native(folder / CLAP_NAME, CLAP_SOURCES, kernels)
    flags = ["-std=c11", "-O2", "-fPIC", "-shared", f"-I{SOURCES}"]
    subprocess.run(["cc", *flags, str(HOST_SOURCE), "-o", str(folder / HOST_NAME), "-lpthread", "-ldl"], check=True)


@pytest.fixture(scope="session")
def library(shells) -> Library:
    """The runtime of the shell, with the functions of the engine as numba compiles them here."""
    return Library(shells / RUNTIME_NAME)


@pytest.fixture(scope="session")
def clap_host(shells) -> ClapHost:
    """The host of plugins."""
    return ClapHost(ctypes.CDLL(str(shells / HOST_NAME)))


@pytest.fixture(scope="session")
def clap_shell(shells) -> bytes:
    """The bytes of the shell of plugins."""
    return (shells / CLAP_NAME).read_bytes()


@pytest.fixture(scope="session")
def make_plugin(clap_shell: bytes, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function that writes the plugin of a preset; its path. change: of its bytes. kinds: of effects after it."""

    def make(
        name: str,
        change: Callable[[bytes], bytes] = lambda data: data,
        voice: bool = False,
        kinds: Sequence[str] = (),
    ) -> Path:
        tables = Tables()
        chains = [follow_voice(make_chain(name)) if voice else make_chain(name) for _ in RATES]
        chains = [[*chain, *map(effects.make, kinds)] for chain in chains]
        rated = [make_rated_image(chain, rate, tables) for chain, rate in zip(chains, RATES, strict=True)]
        data = pack_images(rated, tables, labels(read(find(name)), name), words(rated[0].params))
        path = tmp_path_factory.mktemp("plugins") / f"{name}.clap"
        path.write_bytes(join(clap_shell, change(data)))
        return path

    return make
