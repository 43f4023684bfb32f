"""An instrument that is given away with all that it plays with."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from engine.preset import library
from engine.preset.preset_file import read, write
from gui.dialogs import prompts
from session import bundle as bundling
from session.patch import ROOM, Chain, Effect, Second, Setting
from tests.gui.conftest import until
from tests.gui.test_browser import act, answer


@pytest.fixture
def window(guitar):
    """The window with the guitar in it, and nothing beside it."""
    yield guitar
    guitar.tuning.arrange("", Chain())
    until(lambda: guitar.player.now.chain == Chain())


def test_what_is_exported_plays_with_its_effects_and_second_instrument_once_it_is_opened(window, tmp_path):
    chain = Chain((Effect("tone"), Effect(ROOM, "violin")), Second(str(library.find("gong")), 60, True, (0, 3)))
    window.tuning.arrange("", chain)
    until(lambda: window.player.now.chain == chain)
    for name, value in (("decay", 0.5), ("tone tilt", -6.0), ("second decay", 2.0), ("room on", 0.0)):
        window.tuning.turn(name, value)
    mine = tmp_path / "mine.luthier"
    act(window, "guitar", "Export")
    answer(window, mine)
    until(lambda: "Written" in window.window.notice.text)
    assert window.evening.remembered().folders[prompts.WRITTEN] == str(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.luthier"]
    window.tuning.arrange("", Chain())
    until(lambda: window.player.now.chain == Chain())
    window.doors.open([mine])
    until(lambda: window.player.now.path == mine)
    assert window.tuning.chain == replace(chain, second=replace(chain.second, path="gong"))
    assert [link.name for link in window.window.chain.links] == ["", "second", "tone", ROOM]
    for name, value in (("decay", 0.5), ("tone tilt", -6.0), ("second decay", 2.0), ("room on", 0.0)):
        assert window.tuning.value(name) == pytest.approx(value)
    window.tuning.history.undo()
    until(lambda: window.player.now.path.stem == "guitar" and window.tuning.chain == Chain())


def test_the_room_of_the_second_instrument_goes_along_as_it_was_turned(window, tmp_path):
    chain = Chain((Effect(ROOM),), Second(str(library.find("flute"))))
    window.tuning.arrange("", chain)
    until(lambda: window.player.now.chain == chain)
    window.tuning.turn("second room level", -12.0)
    mine = tmp_path / "duo.luthier"
    act(window, "guitar", "Export")
    answer(window, mine)
    until(lambda: "Written" in window.window.notice.text)
    window.tuning.arrange("", Chain())
    until(lambda: window.player.now.chain == Chain())
    window.doors.open([mine])
    until(lambda: window.player.now.path == mine)
    assert window.tuning.value("second room level") == pytest.approx(-12)
    window.tuning.history.undo()
    until(lambda: window.player.now.path.stem == "guitar")


def test_what_is_the_players_own_goes_into_files_beside_it_and_is_found_there(tmp_path):
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    soundfile.write(home / "hall.wav", np.array([1.0, 0.5], np.float32), 48_000)
    shutil.copyfile(library.find("gong"), home / "my gong.luthier")
    chain = Chain((Effect(ROOM, str(home / "hall.wav")),), Second(str(home / "my gong.luthier")))
    written = bundling.bundle(
        library.find("guitar"), home / "duo.luthier", Setting(library.find("guitar"), {"room mix": 0.3}, chain)
    )
    assert [path.name for path in written] == ["duo.luthier", "duo – hall.wav", "duo – my gong.luthier"]
    away.mkdir()
    for path in written:
        path.rename(away / path.name)
    found = bundling.look(away / "duo.luthier")
    assert found.values == {"room mix": 0.3}
    assert found.chain.effects == (Effect(ROOM, str(away / "duo – hall.wav")),)
    assert read(found.chain.second.path).digest == read(home / "my gong.luthier").digest


def test_what_brings_no_setting_or_a_damaged_one_is_played_as_it_is(tmp_path):
    preset = read(library.find("gong"))
    assert bundling.look(library.find("gong")) is None
    for i, wrong in enumerate(([], {"parameters": 3}, {"parameters": {"decay": "long"}, "row": {}})):
        path = tmp_path / f"{i}.luthier"
        write(path, replace(preset, header={**preset.header, "setting": wrong}))
        assert bundling.look(path) is None
    (tmp_path / "short.luthier").write_bytes(b"\xff\xff")
    assert bundling.look(tmp_path / "short.luthier") is None
    assert bundling.look(tmp_path / "missing.luthier") is None
