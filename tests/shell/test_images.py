"""Images of prepared chains: played by the shell they sound as in the engine, bit for bit."""

import mmap
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from engine import effects
from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.events import ALL, EVENT, Kind
from engine.host import Host
from engine.image.chain_image import make_rated_image, make_standard_plugins
from engine.image.image import ImageError, Tables, make_image
from engine.image.image_file import PARAM, STEPPED, _param_values, pack_images
from engine.impulse_response import ImpulseResponse
from engine.instrument_chain import follow_voice, make_chain
from engine.midi.interpreter import Interpreter
from engine.plugin import set_label
from engine.render import render
from tests.support import events_preset
from tests.support.hard_score import SECONDS, hard_score
from tests.support.shell.shell_library import Library, aligned
from tests.support.simple_plugins import Organ

RATE = 48_000
KINDS = ("celesta", "violin", "sugarplum")
ALL_PRESETS = sorted(path.stem for path in Path("presets").glob("*.luthier"))
BLOCKS = ([1], [64], [256], [4096], [3, 500, 64, 1, 128, 77])


def with_all_effects(name):
    """The chain of an instrument, its room, every other effect, and a second one of each kind."""
    made = [effects.make(effect) for effect in effects.EFFECTS if effect != effects.ROOM for _ in range(2)]
    for plugin in made[1::2]:
        set_label(plugin, plugin.name + "2")
    return [*make_chain(name), *made]


CHAINS = {
    **{name: partial(make_chain, name) for name in KINDS},
    "events": lambda: make_chain(events_preset.preset()),
    "celesta with effects": partial(with_all_effects, "celesta"),
    "violin that follows a voice": lambda: follow_voice(make_chain("violin")),
}


def images(chain, rate=RATE, values=None):
    """The file of one image of a chain."""
    tables = Tables()
    return pack_images([make_rated_image(chain, rate, tables, values)], tables, {"name": "test"}, {})


def engine_sound(chain, events, blocks, rate=RATE, seconds=SECONDS):
    """The sound of a chain in the engine, between the plugins that stand around it in an image."""
    head, volume = Interpreter(), Volume()
    host = Host(rate, [head], [Limiter(), volume])
    host.play(chain)
    head.set_map([*chain, volume], {})
    return render(host, events, seconds, blocks)


@pytest.mark.parametrize("name", CHAINS)
def test_the_shell_plays_as_the_engine_does(library, name):
    blocks = BLOCKS[-1]
    expected = engine_sound(CHAINS[name](), hard_score(RATE), blocks)
    instance = library.instance(aligned(images(CHAINS[name]())), RATE)
    played = instance.render(hard_score(RATE), SECONDS, blocks)
    instance.close()
    assert np.abs(expected).max() > 0.01
    assert np.array_equal(played, expected)


@pytest.mark.verify
@pytest.mark.parametrize("name", ALL_PRESETS)
def test_the_shell_plays_every_preset_as_the_engine_does_in_blocks_of_any_size(library, name):
    data = aligned(images(make_chain(name)))
    for blocks in BLOCKS:
        seconds = 1.5 if blocks == [1] else SECONDS
        expected = engine_sound(make_chain(name), hard_score(RATE), blocks, seconds=seconds)
        instance = library.instance(data, RATE)
        assert np.array_equal(instance.render(hard_score(RATE), seconds, blocks), expected), blocks
        instance.close()


@pytest.mark.parametrize("name", CHAINS)
def test_an_image_that_is_made_twice_at_other_addresses_is_the_same_byte_for_byte(name):
    first, second = CHAINS[name](), CHAINS[name]()
    made = [make_standard_plugins(chain, RATE) for chain in (first, second)]
    addresses = [{kept.array.ctypes.data for plugin in plugins for kept in plugin.arrays()} for plugins in made]
    assert not addresses[0] & addresses[1]
    parts = []
    for plugins in made:
        tables = Tables()
        image = make_image(plugins, tables)
        parts.append((bytes(image.memory), image.relocations, image.slots, tables.bytes()))
    assert parts[0] == parts[1]


def test_two_effects_of_a_kind_have_parameters_that_a_host_can_tell_apart():
    rated = make_rated_image(with_all_effects("celesta"), RATE, Tables())
    params = np.array([_param_values(param) for param in rated.params], PARAM)
    assert len(set(params["id"].tolist())) == len(params)
    assert len({(param["module"], param["name"]) for param in params}) == len(params)
    notes = [param for param in rated.params if param.name == "note"]
    assert [(param.module, param.flags) for param in notes] == [("delay", STEPPED), ("delay2", STEPPED)]


def test_values_of_a_patch_are_set_before_the_first_note(library):
    chain = make_chain("celesta")
    values = {(chain[0], "level"): -9.0}
    instance = library.instance(aligned(images(chain, values=values)), RATE)
    played = instance.render(hard_score(RATE), 1.0, [64])
    instance.close()
    chain = make_chain("celesta")
    head, volume = Interpreter(), Volume()
    host = Host(RATE, [head], [Limiter(), volume])
    host.play(chain)
    head.set_map([*chain, volume], {})
    host.set_param(chain[0], "level", -9.0)
    assert np.array_equal(played, render(host, hard_score(RATE), 1.0, [64]))


def test_a_plugin_from_elsewhere_is_refused():
    with pytest.raises(ImageError, match="cannot be exported"):
        images([*make_chain("celesta"), Organ()])


def test_the_initial_state_comes_back(library):
    instance = library.instance(aligned(images(make_chain("celesta"))), RATE)
    first = instance.render(hard_score(RATE), 1.0, [64])
    instance.c.luthier_restore(instance.address)
    assert np.array_equal(instance.render(hard_score(RATE), 1.0, [64]), first)
    instance.close()


_ALL_FEATURES = """
import sys
import numpy as np
from pathlib import Path
from tests.shell.test_images import play_all_features
play_all_features(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("name", CHAINS)
def test_what_is_declared_read_only_is_never_written(library, tmp_path, name):
    path = tmp_path / "images"
    path.write_bytes(images(CHAINS[name]()))
    command = [sys.executable, "-c", _ALL_FEATURES, str(library.path), str(path)]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": "."}
    )
    assert ended.returncode == 0, f"{ended.returncode} {ended.stderr[-1000:]}"


def play_all_features(library_path: Path, path: Path) -> None:
    """Play with pages that cannot be written: notes, pads, deformations, and every parameter at both ends."""
    with path.open("rb") as file:
        data = np.frombuffer(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ), np.uint8)
    library = Library(library_path)
    instance = library.instance(data, RATE)
    random = np.random.default_rng(2)
    for kind in (Kind.CONTROL, Kind.DEFORM, Kind.TIMBRE, Kind.PITCH, Kind.LOUDNESS, Kind.PROGRAM, Kind.CHOKE):
        event = np.zeros(1, EVENT)
        event["kind"], event["note"] = kind, ALL
        for _ in range(40):
            event["key"], event["value"] = random.integers(24), random.uniform(0, 200 if kind == Kind.PITCH else 1)
            instance.send(0, event[0])
        instance.render(hard_score(RATE), 0.5, [64])
    assert np.isfinite(instance.render(hard_score(RATE), SECONDS, [512])).all()
    for number, share in [(number, share) for share in (0.0, 1.0) for number in range(instance.image.params)]:
        instance.set_param(number, share)
        instance.render(hard_score(RATE), 0.3, [512])
    instance.close()


def test_a_room_of_any_number_of_channels_is_part_of_an_image(library):
    random = np.random.default_rng(3)
    for channels in (1, 2, 4):
        response = ImpulseResponse(random.normal(0, 0.05, (channels, 9000)).astype(np.float32), 44_100.0)

        def chain(response=response):
            return [make_chain("celesta")[0], effects.make(effects.ROOM, response)]

        expected = engine_sound(chain(), hard_score(RATE), [128], seconds=1.0)
        instance = library.instance(aligned(images(chain())), RATE)
        assert np.array_equal(instance.render(hard_score(RATE), 1.0, [128]), expected)
        instance.close()
