"""Libraries of kernels for this processor's best instruction set."""

import pytest

from engine.kernel.library import supported_instruction_sets


@pytest.fixture(scope="session")
def isa() -> str:
    """The instruction set."""
    return supported_instruction_sets()[-1]


@pytest.fixture(scope="session")
def make_library(isa, tmp_path_factory):
    """A function that builds a library, of all kernels or of those that "module:function" lists; its folder."""
    pytest.importorskip("ziglang")
    from shell.kernel_library import build_libraries

    def make(*kernels):
        folder = tmp_path_factory.mktemp("library")
        build_libraries([isa], folder, *kernels)
        return folder

    return make
