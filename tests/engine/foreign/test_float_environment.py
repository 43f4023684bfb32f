"""What code of others does to the float mode of its thread ends with its call."""

import ctypes
import platform
import subprocess

import numpy as np
import pytest

from engine.foreign.clap.plugin import ClapPlugin
from engine.foreign.float_environment import kept_float_environment
from engine.plugin.external import PluginError

FLUSHING = """
#include <xmmintrin.h>
__attribute__((constructor)) static void flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
"""

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the library is written for x86-64")


@pytest.fixture
def library(tmp_path):
    """A library that flushes denormals on the thread that opens it, as those compiled for fast mathematics do."""
    (tmp_path / "flushing.c").write_text(FLUSHING)
    path = tmp_path / "flushing.clap"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, tmp_path / "flushing.c"], check=True)
    return path


def denormal_is_kept():
    return bool(np.float32(1e-40) * np.float32(1) > 0)


def test_a_library_that_flushes_denormals_leaves_those_of_this_thread(library):
    with pytest.raises(PluginError, match="it lacks"):
        ClapPlugin(library)
    assert denormal_is_kept()


def test_the_mode_is_restored_after_an_error_too(library):
    def open_and_fail():
        with kept_float_environment():
            ctypes.CDLL(str(library))
            assert not denormal_is_kept()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        open_and_fail()
    assert denormal_is_kept()
