"""The shells that are conveyed: built for their processors, against the engine for the same ones, and in node."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from engine.effects import EFFECTS
from engine.image.image_file import pack_images
from engine.preset.library import find
from engine.preset.preset_file import read
from export.chain_images import make_images
from export.shell_file import SHELL_FOLDER
from session import patch_file, patch_lookup
from session.patch import ROOM, Chain, Effect, Patch
from shell.build import CLAP_NAME, WASM_NAME, build_clap, build_wasm
from tests.support.hard_score import SECONDS, hard_score
from tests.support.shell.clap_host import midi_messages
from tests.support.shell.shell_folder import shell_folder

pytestmark = pytest.mark.verify
RATE, BLOCK = 48_000, 128
NAMES = ("celesta", "violin", "sugarplum", "mosaic")
SCRIPT = Path(__file__).parent / "play_wasm.js"
MAX_DIFFERENCE = 1e-5  # of another instruction set

_ENGINE_SOUND = """
import sys
from pathlib import Path
import numpy as np
from engine.instrument_chain import make_chain
from session import patch_lookup, rack
from session.patch import Patch
from tests.shell.test_images import engine_sound
from tests.support.hard_score import hard_score
def chain(name):
    if not name.endswith(".json"):
        return make_chain(name)
    patch = patch_lookup.resolve(Patch(Path(name)))
    return rack.build(patch.path, patch.chain, False)[0].plugins

for name in sys.argv[2:]:
    np.save(f"{sys.argv[1]}/{Path(name).stem}.npy", engine_sound(chain(name), hard_score(48_000), [128]))
"""


@pytest.fixture(scope="module")
def built_shells():
    """A folder with both shells, built unless they were for these sources."""
    folder = shell_folder("built-shells")
    if not (folder / CLAP_NAME).exists():
        build_wasm(folder)
        build_clap(folder)
    return folder


@pytest.fixture
def patches(tmp_path):
    """Each of NAMES, and a patch with several effects of a kind, by name; as the command and `find` know them."""
    effects = [Effect(kind, number=number) for kind in EFFECTS if kind != ROOM for number in (1, 2)]
    path = find("celesta")
    saved = patch_file.SavedPatch(read(path).digest, path, {}, Chain((Effect(ROOM), *effects)))
    patch_file.write(tmp_path / "echoes.json", saved)
    return {**{name: name for name in NAMES}, "echoes": str(tmp_path / "echoes.json")}


def engine_sounds(folder, cpu, patches):
    """The sounds of patches as the engine plays them on a processor, from another process."""
    environment = {**os.environ, "NUMBA_CPU_NAME": cpu, "PYTHONPATH": str(Path(__file__).parents[2])}
    environment.pop("NUMBA_CPU_FEATURES", None)
    subprocess.run([sys.executable, "-c", _ENGINE_SOUND, str(folder), *patches.values()], env=environment, check=True)
    return {name: np.load(folder / f"{name}.npy") for name in patches}


def test_exported_plugins_play_as_the_engine_does_on_a_processor_with_avx2(
    built_shells, clap_host, patches, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv(SHELL_FOLDER, str(built_shells))
    expected = engine_sounds(tmp_path, "x86-64-v3", patches)
    for name, patch in patches.items():
        path = tmp_path / f"{name}.clap"
        assert main(["export", patch, "-o", str(path)]) == 0
        module = clap_host.open(path)
        made = module.create(RATE)
        played = made.play(midi_messages(hard_score(RATE)), round(SECONDS * RATE), [BLOCK])
        made.close()
        module.close()
        if "avx2" in Path("/proc/cpuinfo").read_text():
            assert np.array_equal(played, expected[name]), name
        assert np.abs(played - expected[name]).max() < MAX_DIFFERENCE
    assert "parameters, 44.1 and 48 kHz" in capsys.readouterr().out


def test_the_module_of_pages_plays_as_the_engine_does(built_shells, patches, tmp_path):
    expected = engine_sounds(tmp_path, "x86-64-v3", patches)
    events = hard_score(RATE)
    np.stack([events["frame"], events["key"]], axis=1).astype("<i8").tofile(tmp_path / "messages")
    for name, patch in patches.items():
        found = patch_lookup.resolve(Patch(patch_lookup.find(patch)))
        made = make_images(found, [RATE], [4], follow_voice=False)
        (tmp_path / "images").write_bytes(pack_images(made.images, made.tables, {"name": name}, {}))
        names = (built_shells / WASM_NAME, tmp_path / "images", tmp_path / "messages")
        numbers = (RATE, BLOCK, round(SECONDS * RATE))
        subprocess.run(["node", SCRIPT, *names, *map(str, numbers), tmp_path / "sound"], check=True)
        played = np.fromfile(tmp_path / "sound", "<f4").reshape(2, -1)
        assert np.abs(played - expected[name]).max() < MAX_DIFFERENCE, name
