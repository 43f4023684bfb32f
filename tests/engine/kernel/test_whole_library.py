"""Every factory instrument plays from a library with the bits of kernels compiled now, and loads no compiler."""

import pytest

from engine.kernel.library import CPU_PREFIX, supported_instruction_sets
from tests.support.kernels.kernel_process import run_kernels

pytestmark = [
    pytest.mark.verify,
    pytest.mark.skipif(not supported_instruction_sets(), reason="libraries are for x86-64 under Linux"),
]
RENDERING = """
import contextlib, hashlib, io, tempfile
from cli.main import main
from engine.preset.library import all_presets, factory_folder

told = {}
with tempfile.TemporaryDirectory() as folder:
    for name, path in all_presets().items():
        sound = Path(folder) / "sound.wav"
        words = ["render", str(path), str(factory_folder() / "demo.mid"), "-o", str(sound), "--seconds", "3",
                 "--with", "tone", "--with", "chorus", "--with", "compressor"]
        with contextlib.redirect_stdout(io.StringIO()):
            assert not main(words)
        told[name] = hashlib.sha256(sound.read_bytes()).hexdigest()
        sound.unlink()
"""


@pytest.fixture(scope="module")
def library(make_library):
    """The folder of a library with all kernels."""
    return make_library()


def test_all_factory_instruments_sound_the_same_and_load_no_compiler(library, isa):
    rendered, had_library, had_compiler = run_kernels(RENDERING, isa, library)
    assert (had_library, had_compiler) == (True, False)
    assert rendered == run_kernels(RENDERING, "numba", NUMBA_CPU_NAME=CPU_PREFIX + isa)[0]
