"""Exported bundles: an instrument with its patch."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from engine.preset import library
from engine.preset.preset_file import read, write
from gui.dialogs import name_and_file_prompts
from session import patch_bundle as bundling
from session.patch import ROOM, Chain, Effect, Layer, Patch
from tests.gui.conftest import until
from tests.gui.test_browser import act, answer


@pytest.fixture
def window(guitar):
    """The window with the guitar and an empty chain."""
    yield guitar
    guitar.parameters.set_chain("", Chain())
    until(lambda: guitar.bridge.now.chain == Chain())


def test_an_exported_instrument_plays_with_its_effects_and_second_instrument(window, tmp_path):
    chain = Chain((Effect("tone"), Effect(ROOM, "violin")), Layer(str(library.find("gong")), 60, True, (0, 3)))
    window.parameters.set_chain("", chain)
    until(lambda: window.bridge.now.chain == chain)
    for name, value in (("decay", 0.5), ("tone tilt", -6.0), ("second decay", 2.0), ("room on", 0.0)):
        window.parameters.set_value(name, value)
    mine = tmp_path / "mine.luthier"
    act(window, "guitar", "Export")
    answer(window, mine)
    until(lambda: "Written" in window.window.notice.text)
    assert window.session_restore.current().folders[name_and_file_prompts.EXPORTS] == str(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.luthier"]
    window.parameters.set_chain("", Chain())
    until(lambda: window.bridge.now.chain == Chain())
    window.opener.open([mine])
    until(lambda: window.bridge.now.path == mine)
    assert window.parameters.chain == replace(chain, layer=replace(chain.layer, path="gong"))
    assert [link.name for link in window.window.chain_bar.slots] == ["", "second", "tone", ROOM]
    for name, value in (("decay", 0.5), ("tone tilt", -6.0), ("second decay", 2.0), ("room on", 0.0)):
        assert window.parameters.value(name) == pytest.approx(value)
    window.parameters.undo_stack.undo()
    until(lambda: window.bridge.now.path.stem == "guitar" and window.parameters.chain == Chain())


def test_the_room_of_the_second_instrument_is_exported_with_its_parameters(window, tmp_path):
    chain = Chain((Effect(ROOM),), Layer(str(library.find("flute"))))
    window.parameters.set_chain("", chain)
    until(lambda: window.bridge.now.chain == chain)
    window.parameters.set_value("second room level", -12.0)
    mine = tmp_path / "duo.luthier"
    act(window, "guitar", "Export")
    answer(window, mine)
    until(lambda: "Written" in window.window.notice.text)
    window.parameters.set_chain("", Chain())
    until(lambda: window.bridge.now.chain == Chain())
    window.opener.open([mine])
    until(lambda: window.bridge.now.path == mine)
    assert window.parameters.value("second room level") == pytest.approx(-12)
    window.parameters.undo_stack.undo()
    until(lambda: window.bridge.now.path.stem == "guitar")


def test_user_files_are_exported_beside_the_bundle_and_found_there(tmp_path):
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    soundfile.write(home / "hall.wav", np.array([1.0, 0.5], np.float32), 48_000)
    shutil.copyfile(library.find("gong"), home / "my gong.luthier")
    chain = Chain((Effect(ROOM, str(home / "hall.wav")),), Layer(str(home / "my gong.luthier")))
    written = bundling.write_bundle(
        library.find("guitar"), home / "duo.luthier", Patch(library.find("guitar"), {"room mix": 0.3}, chain)
    )
    assert [path.name for path in written] == ["duo.luthier", "duo – hall.wav", "duo – my gong.luthier"]
    away.mkdir()
    for path in written:
        path.rename(away / path.name)
    found = bundling.read_patch(away / "duo.luthier")
    assert found.values == {"room mix": 0.3}
    assert found.chain.effects == (Effect(ROOM, str(away / "duo – hall.wav")),)
    assert read(found.chain.layer.path).digest == read(home / "my gong.luthier").digest


def test_an_instrument_without_a_patch_or_with_a_damaged_one_plays_alone(tmp_path):
    preset = read(library.find("gong"))
    assert bundling.read_patch(library.find("gong")) is None
    for i, wrong in enumerate(([], {"parameters": 3}, {"parameters": {"decay": "long"}, "row": {}})):
        path = tmp_path / f"{i}.luthier"
        write(path, replace(preset, header={**preset.header, "setting": wrong}))
        assert bundling.read_patch(path) is None
    (tmp_path / "short.luthier").write_bytes(b"\xff\xff")
    assert bundling.read_patch(tmp_path / "short.luthier") is None
    assert bundling.read_patch(tmp_path / "missing.luthier") is None
