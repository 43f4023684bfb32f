"""A window with the editor of an effect of very many parameters."""

import os

import pytest
from PyQt6.QtWidgets import QApplication

from engine.foreign.plugin_files import lv2_folders
from gui import theme
from session.patch import Chain
from tests.gui.conftest import until
from tests.gui.parameters.editor_gestures import opened
from tests.support.foreign.probe_bundle import build_bundle, build_many


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """An LV2 plugin with MANY_CONTROLS parameters."""
    folder = tmp_path_factory.mktemp("lv2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV2_PATH", os.pathsep.join([str(folder), *map(str, lv2_folders())]))
        yield f"lv2:{build_many(folder, build_bundle(tmp_path_factory.mktemp('bundle')))}"


@pytest.fixture
def window(guitar):
    """The window, as it was afterwards."""
    before = guitar.preferences.theme, guitar.window.size()
    yield guitar
    theme.apply(QApplication.instance(), before[0])
    guitar.window.resize(before[1])
    guitar.window.keyboard.setFocus()
    guitar.parameters.set_chain("the instrument alone", Chain())
    until(lambda: guitar.bridge.now.chain == Chain() and not guitar.window.knobs.editor.isVisible())


@pytest.fixture
def editor(window, many):
    """The editor of the plugin with very many parameters."""
    return opened(window, many)
