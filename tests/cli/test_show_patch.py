"""What `luthier show` tells of a saved patch: how its plugins are connected, and what of it is missing."""

import json

import pytest

from cli.main import main
from engine.effects import ROOM
from engine.foreign import Outputs, Routing, SideChain
from engine.preset import library, preset_file
from session import patch_file
from session.patch import PLUGIN, Chain, Effect, Layer
from session.patch_file import SavedPatch


@pytest.fixture
def save(tmp_path):
    """A function that saves a patch of an instrument with a chain; its path."""

    def write(chain, instrument="guitar"):
        path = library.find(instrument) if instrument in library.all_presets() else instrument
        digest = preset_file.read(path).digest if path != instrument else ""
        patch_file.write(tmp_path / "mine.json", SavedPatch(digest, path, {}, chain))
        return str(tmp_path / "mine.json")

    return write


def shown(capsys, *words):
    """What is printed, with single spaces."""
    assert main(["show", *words]) == 0
    return " ".join(capsys.readouterr().out.split())


def told(capsys, path):
    """The patch as JSON."""
    assert main(["show", path, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["patch"]


def test_side_chain_and_outputs_of_each_plugin_are_named(save, probe_path, capsys):
    source, routing = f"{probe_path}#probe.wide", Routing(SideChain.MICROPHONE, Outputs.FIRST)
    path = save(Chain((Effect(ROOM), Effect(PLUGIN, source), Effect(PLUGIN, source, 2, routing=routing))))
    page = shown(capsys, path)
    assert "Routing plugin2 wide: side chain microphone, outputs first" in page
    assert page.count("Routing") == 1
    assert "Missing" not in page
    assert told(capsys, path)["routing"] == {
        "plugin": {"side_chain": "input", "outputs": "all"},
        "plugin2": {"side_chain": "microphone", "outputs": "first"},
    }


def test_whatever_is_missing_is_named_with_the_reason(save, tmp_path, capsys):
    gone = [
        Effect(ROOM, str(tmp_path / "hall.wav")), Effect(PLUGIN, str(tmp_path / "gone.clap")),
        Effect(PLUGIN, "lv2:urn:nowhere:delay", 2), Effect(PLUGIN, str(tmp_path / "gone.so"), 3),
        Effect(PLUGIN, "package_that_is_gone", 4),
    ]  # fmt: skip
    path = save(Chain(tuple(gone), Layer("no_such_instrument")))
    page = shown(capsys, path)
    assert f"Missing plugin gone: no such plugin: {tmp_path / 'gone.clap'}" in page.replace("- ", "-")
    missing = told(capsys, path)["missing"]
    assert set(missing) == {"room", "plugin", "plugin2", "plugin3", "plugin4", "second"}
    assert all(len(why.splitlines()) == 1 for why in missing.values())
    assert "package_that_is_gone" in missing["plugin4"]


def test_a_patch_of_a_foreign_instrument_is_shown_even_where_that_is_missing(save, probe_path, tmp_path, capsys):
    path = save(Chain(), f"{probe_path}#probe.instrument")
    page = shown(capsys, path)
    assert page.startswith("mine Patch ")
    assert page.endswith("#probe.instrument")
    assert told(capsys, path)["missing"] == {}
    path = save(Chain(), str(tmp_path / "gone.clap"))
    assert "Missing gone: no such plugin" in shown(capsys, path)
    assert set(told(capsys, path)["missing"]) == {"instrument"}
