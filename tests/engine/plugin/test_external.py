"""External plugins: both examples built and played, and invalid ones refused in one line."""

import ctypes
import shutil
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest

from engine.events import EVENT, Kind
from engine.plugin import UNLIMITED
from engine.plugin.external import ABI, PluginError, _CParam, _CPlugin, load
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Organ

EXAMPLES = Path(__file__).parents[3] / "examples"


def build(folder, source, name="made"):
    """A shared object of C source."""
    (folder / f"{name}.c").write_text(source)
    command = ["cc", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", f"-I{EXAMPLES / 'c_plugin'}"]
    subprocess.run([*command, folder / f"{name}.c", "-o", folder / f"{name}.so"], check=True)
    return folder / f"{name}.so"


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    """The path of the C example, built."""
    return build(tmp_path_factory.mktemp("c"), (EXAMPLES / "c_plugin" / "echo.c").read_text(), "echo")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a package where Python finds it, with the entry points of its pyproject.toml, as an installer does."""

    def put(project, text=None):
        table = tomllib.loads((project / "pyproject.toml").read_text())["project"]
        package = table["name"].replace("-", "_")
        shutil.copytree(project / package, tmp_path / package)
        if text is not None:
            (tmp_path / package / "__init__.py").write_text(text)
        info = tmp_path / f"{package}-{table['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {table['name']}\nVersion: {table['version']}\n")
        lines = [f"{key} = {value}" for key, value in table["entry-points"]["luthier.plugins"].items()]
        (info / "entry_points.txt").write_text("\n".join(["[luthier.plugins]", *lines]))
        monkeypatch.delitem(__import__("sys").modules, package, raising=False)
        monkeypatch.syspath_prepend(str(tmp_path))

    return put


def played(*effects, block=128, settings=()):
    """A second of a chord through some effects."""
    host = StandardChain(RATE)
    host.play([Organ(), *effects])
    for key in (60, 64, 67):
        host.midi(0x90, key, 100)
    for plugin, name, value, frame in settings:
        host.set_param(plugin, name, value, frame=frame)
    return render(host, RATE, block).astype(float)


def test_the_python_example_is_found_by_its_name_and_swells(install):
    install(EXAMPLES / "python_plugin")
    tremolo = load("tremolo")
    plain, wet = played(), played(tremolo, settings=[(tremolo, "speed", 4.0, 0), (tremolo, "depth", 0.75, 0)])
    x = 1 - np.abs(1 - 2 * (np.arange(RATE) * 4 / RATE % 1))
    np.testing.assert_allclose(wet, plain * (1 - 0.75 * x * x * (3 - 2 * x)), atol=1e-6)


@pytest.mark.parametrize("slots", ["", '    __slots__ = ("handle", "process", "state")\n'])
def test_a_class_that_has_the_required_members_only_gets_defaults_of_the_others(install, slots):
    text = (EXAMPLES / "python_plugin" / "luthier_tremolo" / "__init__.py").read_text()
    install(EXAMPLES / "python_plugin", text.replace('    name = "tremolo"', f'{slots}    name = "tremolo"'))
    tremolo = load("tremolo")
    assert type(tremolo).__mro__[1].__bases__ == (object,)
    assert (tremolo.listens, tremolo.voices, tremolo.catch_up_frames, tremolo.late) == (False, 0, UNLIMITED, 0)
    assert played(tremolo).any()


def test_members_that_a_class_has_are_left_as_they_are(install):
    text = (EXAMPLES / "python_plugin" / "luthier_tremolo" / "__init__.py").read_text()
    install(
        EXAMPLES / "python_plugin",
        text.replace('    name = "tremolo"', '    name, listens, voices = "tremolo", True, 5'),
    )
    tremolo = load("tremolo")
    host = StandardChain(RATE)
    host.play([tremolo])
    assert tremolo.listens
    assert host.meters().voices == 5


def test_the_c_example_is_found_by_its_path_and_echoes(echo):
    plugin = load(echo)
    knobs = [("time", 10.0, 0), ("feedback", 0.5, 0), ("mix", 0.8, 0), ("mix", 0.0, 30_001)]
    plain, wet = played(), played(plugin, settings=[(plugin, *knob) for knob in knobs])
    delay = RATE // 100
    line, heard = plain.copy(), plain.copy()
    for start in range(delay, RATE, delay):
        now, before = slice(start, start + delay), slice(start - delay, start)
        line[:, now] += 0.5 * line[::-1, before]
        heard[:, now] += 0.8 * line[::-1, before]
    np.testing.assert_allclose(wet[:, :30_001], heard[:, :30_001], atol=1e-6)
    np.testing.assert_array_equal(wet[:, 30_001:], plain[:, 30_001:])


@pytest.mark.parametrize("block", [1, 7, 4096, [64, 1, 300]])
def test_the_block_size_does_not_change_the_sound_of_either(install, echo, block):
    install(EXAMPLES / "python_plugin")

    def both(block):
        tremolo, delay = load("tremolo"), load(echo)
        return played(tremolo, delay, block=block, settings=[(tremolo, "speed", 9.0, 777), (delay, "time", 5.0, 999)])

    np.testing.assert_allclose(both(block), both(128), atol=1e-6)


def test_a_library_keeps_its_settings_through_a_change_of_rate(echo):
    host, plugin = StandardChain(RATE), load(echo)
    host.play([Organ(), plugin])
    host.set_param(plugin, "mix", 0.25)
    render(host, 100)
    host.prepare(44100)
    settings = np.frombuffer(plugin.state[:16].tobytes(), np.float32)[1:]
    np.testing.assert_array_equal(settings, np.float32([300, 0.5, 0.25]))


def test_two_of_one_library_do_not_share_their_state(echo):
    one, other = load(echo), load(echo)
    assert not np.shares_memory(one.state, other.state)
    assert one.state.ctypes.data % 64 == other.state.ctypes.data % 64 == 0


def test_the_header_agrees_with_the_engine(tmp_path):
    source = """
    #include "luthier.h"
    #include <stddef.h>
    const luthier_description *luthier_plugin(void) { return 0; }
    LUTHIER_EXPORT int64_t SIZES[] = {
        sizeof(luthier_event), offsetof(luthier_event, kind), offsetof(luthier_event, value), sizeof(luthier_param),
        sizeof(luthier_description), offsetof(luthier_description, process),
        LUTHIER_ABI, LUTHIER_PARAM, LUTHIER_REFRESH, LUTHIER_BURST,
    };
    """
    sizes = (ctypes.c_int64 * 10).in_dll(ctypes.CDLL(str(build(tmp_path, source))), "SIZES")
    assert list(sizes) == [
        EVENT.itemsize, EVENT.fields["kind"][1], EVENT.fields["value"][1], ctypes.sizeof(_CParam),
        ctypes.sizeof(_CPlugin), _CPlugin.process.offset, ABI, Kind.PARAM, Kind.REFRESH, 1024,
    ]  # fmt: skip


def test_a_library_may_emit_events_to_the_plugin_after_it(tmp_path):
    source = """
    #include "luthier.h"
    static void prepare(void *state, double rate) { (void)state; (void)rate; }
    static void reset(void *state) { (void)state; }
    static intptr_t process(void *state, float *audio, intptr_t frames, luthier_event *events, intptr_t count)
    {
        int64_t *blocks = state;
        (void)audio;
        if ((*blocks)++ == 0 && frames > 5 && count < LUTHIER_BURST)
            events[count++] = (luthier_event){5, 0, LUTHIER_NOTE_ON, 0, 60, 60, 1.0f};
        return count;
    }
    const luthier_description *luthier_plugin(void)
    {
        static const luthier_description me = {LUTHIER_ABI, 0, "caller", 8, 0, 0, prepare, reset, process};
        return &me;
    }
    """
    host = StandardChain(RATE)
    host.play([load(build(tmp_path, source)), Organ()])
    left, _ = render(host, 128)
    assert not left[:5].any()
    assert left[6:].all()


@pytest.mark.parametrize(("source", "match"), [
    ("int other(void) { return 0; }", "no function luthier_plugin"),
    ("void *luthier_plugin(void) { return 0; }", "describes no plugin"),
    ("static int table[32] = {99}; void *luthier_plugin(void) { return table; }", r"version 99 of luthier\.h"),
    ("static int table[32] = {1}; void *luthier_plugin(void) { return table; }", "lacks a name"),
])  # fmt: skip
def test_a_library_that_is_no_plugin_is_refused_in_one_line(tmp_path, source, match):
    path = build(tmp_path, source)
    with pytest.raises(PluginError, match=match) as refused:
        load(path)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_library_is_refused_in_one_line(tmp_path):
    (tmp_path / "a.so").write_text("nothing")
    with pytest.raises(PluginError, match="no library for this machine"):
        load(tmp_path / "a.so")
    with pytest.raises(PluginError, match="no such library"):
        load(tmp_path / "b.so")


@pytest.mark.parametrize(("old", "new", "match"), [
    ("import numpy as np", "import numpy as np\nimport nothing_of_this_name", "No module named"),
    ("class Tremolo", "class Tremulant", "Tremolo"),
    ("    def reset", "    def restart", "AttributeError|object has no attribute 'reset'|lacks one of"),
    ("0.1, 20.0, 5.0", "0.1, 20.0, 50.0", "speed begins at 50.0"),
    ("audio[0, t] *= gain", "audio[0, t] *= state.nothing", "cannot be compiled"),
    ("self.handle, self.process = handle, process", "pass", "neither handle and process"),
])  # fmt: skip
def test_a_python_plugin_that_breaks_the_contract_is_refused_in_one_line(install, old, new, match):
    text = (EXAMPLES / "python_plugin" / "luthier_tremolo" / "__init__.py").read_text()
    assert old in text
    install(EXAMPLES / "python_plugin", text.replace(old, new))
    with pytest.raises(PluginError, match=match) as refused:
        load("tremolo")
    assert "\n" not in str(refused.value)


def test_an_unknown_name_is_answered_with_those_there_are(install):
    install(EXAMPLES / "python_plugin")
    with pytest.raises(PluginError, match=r"no plugin 'trembler' \(installed: tremolo\); give a name, or the path"):
        load("trembler")
