"""A window of a user who has the probe plugins, with its page of plugins."""

import shutil

import pytest

from tests.gui.conftest import activate, end, play, start, until
from tests.gui.plugins.page_gestures import open_page


@pytest.fixture
def home(tmp_path, monkeypatch, probe_path):
    """Folders of a user who has the probe plugins, and a file that is none."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    folder = tmp_path / "clap"
    folder.mkdir()
    shutil.copyfile(probe_path, folder / "probe.clap")
    (folder / "hollow.clap").write_text("no plugin")
    (tmp_path / "lv2").mkdir()
    monkeypatch.setenv("CLAP_PATH", str(folder))
    monkeypatch.setenv("LV2_PATH", str(tmp_path / "lv2"))
    return tmp_path


@pytest.fixture
def window(app, ear, home):
    """A window that plays the guitar, its page of plugins shown and complete."""
    controller = start(app, ear)
    play(controller, "guitar")
    activate(controller)
    open_page(controller)
    until(lambda: not controller.plugins.scan.busy)
    yield controller
    if not controller.closed:
        end(controller)
