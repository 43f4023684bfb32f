"""What is restored at the next start, and crash recovery."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtTest import QTest

from engine.precompile import is_compiled
from engine.preset import library
from gui import app as gui_app
from gui import preferences
from gui.main_window import MainWindow
from gui.preferences import Preferences
from session import config_store, crash_marker, rack
from tests.gui.conftest import end, processes, start, until
from tests.support.level_and_pitch import level


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Folders of a user for each test."""
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return tmp_path


def test_a_start_restores_the_last_session(app, ear, home):
    first = start(app, ear)
    until(lambda: first.bridge.now is not None)
    assert first.preferences.volume == -12
    first.parameters.choose(library.find("vibraphone"))
    until(lambda: first.bridge.now.path.stem == "vibraphone")
    first.parameters.set_value("decay", 0.4)
    first.midi_learn.learned[("resonance", "width")] = 21
    first.window.top_bar.volume_slider.setValue(-200)
    first.theme.toggle()
    first.window.views.show_view(1)
    first.window.resize(1000, 700)
    end(first)
    second = start(app, ear)
    until(lambda: second.bridge.now is not None)
    assert second.bridge.now.path.stem == "vibraphone"
    assert second.parameters.value("decay") == pytest.approx(0.4)
    assert second.midi_learn.learned == {("resonance", "width"): 21}
    assert (second.preferences.volume, second.preferences.theme, second.window.views.view) == (-20, "light", 1)
    assert (second.window.width(), second.window.height()) == (1000, 700)
    second.theme.toggle()  # the light is everybody's
    second.bridge.note_on(72, 1.0)
    assert level(ear.listen(0.3, QTest.qWait)) > -70
    second.parameters.choose(library.find("gong"))
    until(lambda: second.bridge.now.path.stem == "gong")
    end(second)
    assert not crash_marker.LoadingMarker().path()


def test_a_start_after_a_crash_while_loading_skips_that_instrument_and_reports_it(app, ear, home):
    preferences.save(Preferences(preset=str(library.find("banjo"))))
    crash_marker.LoadingMarker().set(library.find("banjo"))
    controller = start(app, ear)
    until(lambda: controller.window.notice.text)
    assert "banjo.luthier" in controller.window.notice.text
    until(lambda: controller.bridge.now is not None)
    assert controller.bridge.now.path.stem == "guitar"
    assert not crash_marker.LoadingMarker().path()
    end(controller)


def test_a_crash_while_another_instrument_was_loaded_loses_nothing_of_the_session(app, ear, home):
    preferences.save(Preferences(preset=str(library.find("banjo")), values={"decay": 0.5}))
    crash_marker.LoadingMarker().set(library.find("gong"))
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None)
    assert controller.bridge.now.path.stem == "banjo"
    assert controller.parameters.value("decay") == pytest.approx(0.5)
    assert "gong.luthier" in controller.window.notice.text
    end(controller)


def test_the_marker_of_a_crash_is_there_only_while_an_instrument_is_loaded(app, ear, home, monkeypatch):
    controller, marked = start(app, ear), []
    until(lambda: controller.bridge.now is not None)
    real = rack.build
    monkeypatch.setattr(
        rack, "build", lambda *args: (marked.append(crash_marker.LoadingMarker().path()), real(*args))[1]
    )
    controller.parameters.choose(library.find("gong"))
    until(lambda: controller.bridge.now.path.stem == "gong")
    assert marked == [str(library.find("gong"))]
    assert not crash_marker.LoadingMarker().path()  # nothing was waited for
    end(controller)


def test_an_instrument_that_cannot_be_loaded_any_more_gives_way_to_the_first_one(app, ear, home):
    broken = home / "broken.luthier"
    broken.write_bytes(library.find("gong").read_bytes()[:5000])
    preferences.save(Preferences(preset=str(broken)))
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None)
    assert controller.bridge.now.path.stem == "guitar"
    assert "broken.luthier" in controller.window.notice.text
    end(controller)


def test_a_patch_that_is_gone_leaves_its_instrument_with_its_values(app, ear, home):
    gone = home / "evening.json"
    preferences.save(Preferences(preset=str(gone), instrument=str(library.find("gong")), values={"decay": 0.25}))
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None)
    assert controller.bridge.now.path.stem == "gong"
    assert controller.parameters.value("decay") == pytest.approx(0.25)
    end(controller)


def test_what_is_changed_is_saved_while_the_window_is_open(app, ear, home):
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None)
    controller.parameters.set_value("decay", 0.7)
    controller.theme.toggle()
    until(lambda: preferences.load().values.get("decay") == pytest.approx(0.7))
    assert preferences.load().theme == "light"
    controller.theme.toggle()
    end(controller)


def test_a_new_name_of_the_patch_that_plays_is_stored_at_once(app, ear, home):
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None and controller.entry_files.entries)
    controller.entry_files.write_patch("evening", controller.bridge.now, {})
    until(lambda: controller.parameters.patch.path.stem == "evening" and not controller.parameters.is_loading)
    controller.session_restore.save()
    until(lambda: any(entry.path.stem == "evening" for entry in controller.entry_files.entries))
    entry = next(entry for entry in controller.entry_files.entries if entry.path.stem == "evening")
    controller.entry_files.rename(entry, "morning")
    assert preferences.load().preset == str(entry.path.with_name("morning.json"))
    end(controller)


def test_a_session_that_cannot_be_saved_is_said_once(app, ear, home):
    controller, said = start(app, ear), []
    until(lambda: controller.bridge.now is not None)
    controller.session_restore.notified.connect(lambda words, _: said.append(words))
    config_store.folder().rename(home / "away")
    config_store.folder().write_text("in the way")
    controller.session_restore.save()
    controller.session_restore.save()
    assert len(said) == 1
    assert said[0].startswith("The session could not be saved: ")
    config_store.folder().unlink()
    end(controller)
    assert preferences.load().preset == str(library.find("guitar"))


def test_files_named_at_the_start_are_opened(app, ear, home):
    controller = start(app, ear, (library.find("cowbell"),))
    until(lambda: controller.bridge.now is not None and controller.bridge.now.path.stem == "cowbell")
    end(controller)


def test_a_score_named_at_the_start_is_played_by_the_instrument_of_the_last_session(app, ear, home):
    preferences.save(Preferences(preset=str(library.find("vibraphone")), values={"decay": 0.5}))
    controller = start(app, ear, (library.factory_folder() / "demo.mid",))
    until(lambda: controller.engine.transport.score is not None and controller.bridge.status.voices > 0)
    assert controller.bridge.now.path.stem == "vibraphone"
    assert level(ear.listen(0.5, QTest.qWait)) > -70
    end(controller)


def test_a_score_named_at_the_very_first_start_is_played_by_the_first_instrument(app, ear, home):
    controller = start(app, ear, (library.factory_folder() / "demo.mid",))
    until(lambda: controller.engine.transport.score is not None and controller.bridge.status.voices > 0)
    assert controller.bridge.now.path.stem == "guitar"
    assert level(ear.listen(0.5, QTest.qWait)) > -70
    end(controller)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"volume": "loud", "values": {"decay": "x"}, "learned": [[1, 2]], "theme": 5}']
)
def test_damaged_preferences_are_a_first_start(home, text):
    config_store.folder().mkdir(parents=True)
    (config_store.folder() / "session.json").write_text(text)
    assert preferences.load() == Preferences()


def test_closing_while_the_engine_is_compiled_leaves_nothing_behind(app, home, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    controller = gui_app.open_window(app, preferences.load())
    until(lambda: "Compiling" in controller.window.views.start_label.text())
    number = controller.engine.precompilation.process._process.pid
    end(controller)
    assert not is_compiled()  # it was not waited for
    assert controller.engine.precompilation.process is None
    assert not processes(number)


def test_the_command_opens_a_window_and_exits_with_success_when_it_is_closed(app, home, ear):
    others = ear.players()
    command = [sys.executable, "-c", "from cli.main import main; raise SystemExit(main([]))"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    until(lambda: ear.players() - others)
    process.send_signal(signal.SIGINT)
    assert "Traceback" not in process.communicate()[0]
    assert process.returncode == 0


def test_a_window_from_a_larger_screen_is_moved_and_shrunk_into_this_one(app):
    window, screen = MainWindow(), app.primaryScreen().availableGeometry()
    for x, y, width, height in ((2500, 1500, 1200, 800), (900, 500, 1240, 800), (-400, -300, 3000, 2000)):
        window.setGeometry(x, y, width, height)
        window.fit_to_screen()
        assert screen.contains(window.frameGeometry())
    window.setGeometry(20, 30, 1100, 750)
    window.fit_to_screen()
    assert (window.x(), window.y(), window.width(), window.height()) == (20, 30, 1100, 750)
    window.deleteLater()
