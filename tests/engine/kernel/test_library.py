"""Kernels from a library do what kernels compiled now do, bit for bit, and need no compiler."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from engine.kernel.library import CPU_PREFIX, LIBRARY_MANIFEST, supported_instruction_sets
from engine.kernel.source_digest import digest_module, find_dependencies
from engine.preset.library import factory_folder
from tests.support.kernels.kernel_process import run_kernels

pytestmark = pytest.mark.skipif(not supported_instruction_sets(), reason="libraries are for x86-64 under Linux")
PLAYING = """
import ctypes, hashlib
import numpy as np
from engine.effects.chorus import Chorus
from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.events import EVENT, Kind
from engine.midi.channel_state import CHANNEL, reset_channel
from engine.plugin import entry
from engine.ring import CURSORS, Ring

made = hashlib.sha256()
sound = (3 * np.random.default_rng(7).standard_normal((2, 700))).astype(np.float32)
ring = Ring(np.zeros(8, EVENT), np.zeros(CURSORS, np.int64))
pushed = [ring.push(Kind.PARAM, 0, 0.2 * n, frame=60 * n) for n in range(10)]
events = ring.drain()
for plugin in (Volume(), Limiter()):
    plugin.prepare(48_000.0)
    queue = np.zeros(1024, EVENT)
    queue[: len(events)] = events
    call = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 2, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)
    call(entry(plugin).address)(plugin.state.ctypes.data, sound.ctypes.data, 700, queue.ctypes.data, len(events))
    made.update(sound.tobytes() + plugin.state.tobytes())
chorus, channel = Chorus(), np.ones(1, CHANNEL)
chorus.prepare(44_100.0)
reset_channel(channel[0])
made.update(chorus.state.tobytes() + channel.tobytes() + events.tobytes())
told = [made.hexdigest(), pushed, ring.lost]
"""


@pytest.fixture(scope="module")
def library(make_library):
    """The folder of a library with some kernels."""
    return make_library("tests.support.kernels.few_kernels:list_few")


def test_they_give_the_same_bits_and_load_no_compiler(library, isa):
    compiled, had_library, had_compiler = run_kernels(PLAYING, "numba", NUMBA_CPU_NAME=CPU_PREFIX + isa)
    assert (had_library, had_compiler) == (False, True)
    assert compiled[1:] == [[True] * 8 + [False] * 2, 2]
    assert run_kernels(PLAYING, isa, library) == (compiled, True, False)


def test_what_a_library_lacks_is_compiled_for_its_processor(library, isa):
    code = """
import numpy as np
from engine.dsp.fft import bin_order
from engine.simd.vectors import LANES
import numba
told = [bin_order(64).tolist(), LANES, numba.config.CPU_NAME]
"""
    found, had_library, had_compiler = run_kernels(code, isa, library)
    assert (had_library, had_compiler) == (True, True)
    assert sorted(found[0]) == list(range(64))
    assert found[2] == CPU_PREFIX + isa


def test_arguments_of_other_types_are_compiled(library, isa):
    code = """
import numpy as np
from engine.events import EVENT
from engine.ring import CURSORS, push
event = np.zeros(1, EVENT)
event["key"] = 60
every, second = np.zeros(4, EVENT), np.zeros(8, EVENT)[::2]
push(every, np.zeros(CURSORS, np.int64), event[0])
before = "numba" in sys.modules
push(second, np.zeros(CURSORS, np.int64), event[0])
told = [every["key"].tolist(), before, second["key"].tolist()]
"""
    assert run_kernels(code, isa, library) == ([[60, 0, 0, 0], False, [60, 0, 0, 0]], True, True)


@pytest.mark.parametrize("change", ["other sources", "no such set", "damaged"])
def test_a_library_that_does_not_fit_is_left_aside(library, isa, tmp_path, change):
    manifest = json.loads((library / LIBRARY_MANIFEST).read_text(encoding="utf-8"))
    for path in library.glob("*.so"):
        data = path.read_bytes()
        (tmp_path / path.name).write_bytes(data[: len(data) // 3] if change == "damaged" else data)
    if change == "other sources":
        manifest["digest"] = "000000000000"
        manifest["modules"] = dict.fromkeys(manifest["modules"], "000000000000")
    if change == "no such set":
        manifest["libraries"] = {"v9": manifest["libraries"][isa]}
    (tmp_path / LIBRARY_MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    _, had_library, _ = run_kernels("told = 0", isa, tmp_path)
    assert not had_library


CHANGED = """
from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.plugin import entry
from engine.kernel.library import loaded_library
before = "numba" in sys.modules
limiter = entry(Limiter()).address, "numba" in sys.modules
volume = bool(entry(Volume()).address), "numba" in sys.modules
told = [before, bool(limiter[0]), limiter[1], *volume, loaded_library().is_whole]
"""


def test_only_what_a_change_concerns_is_compiled(library, isa, tmp_path, monkeypatch):
    copy = tmp_path / "sources"
    shutil.copytree("engine", copy / "engine", ignore=shutil.ignore_patterns("__pycache__", "libraries"))
    changed = copy / "engine" / "effects" / "volume.py"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(copy))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    told, had_library, _ = run_kernels(CHANGED, isa, library)
    assert had_library
    assert told == [False, True, False, True, True, False]


def test_the_digest_of_a_module_changes_with_what_it_imports():
    needed = find_dependencies("engine.effects.limiter")
    assert {"engine.effects.limiter", "engine.plugin.compile", "engine.ring", "engine.kernel"} <= needed
    assert not {"engine.effects.volume", "engine.instruments.ddsp.instrument"} & needed
    assert digest_module("engine.effects.limiter") != digest_module("engine.effects.volume")
    assert digest_module("numpy") == ""


def test_an_instruction_set_that_the_processor_lacks_is_refused_in_one_line(tmp_path):
    score, sound = factory_folder() / "demo.mid", tmp_path / "sound.wav"
    words = [sys.executable, "-m", "cli.main", "render", "guitar", str(score), "-o", str(sound)]
    environment = {**os.environ, "LUTHIER_ISA": "v9"}
    run = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    (line,) = run.stderr.splitlines()
    assert (run.returncode, line.startswith("luthier: LUTHIER_ISA is 'v9'; on this processor it can be")) == (2, True)


def test_without_a_library_nothing_is_compiled_before_it_is_needed():
    code = """
from engine.effects.volume import Volume
from engine.ring import push
told = Volume().name
"""
    assert run_kernels(code, "numba") == ("volume", False, False)


def test_kernels_stand_for_their_dispatchers_in_those_of_numba():
    import numba
    import numpy as np

    from engine.dsp.decibels import gain_of

    @numba.njit(error_model="numpy")
    def twice(level):
        return 2 * gain_of(level)

    assert twice(np.float32(-6)) == 2 * gain_of(np.float32(-6))
    assert "numba" in sys.modules
