"""The devices dialog, and a device that is lost."""

import subprocess
import sys

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui import preferences
from tests.gui.conftest import advance, end, start, until
from tests.gui.test_session_restore import home
from tests.support.level_and_pitch import pitch

__all__ = ["home"]

LEFT = Qt.MouseButton.LeftButton


def test_the_devices_dialog_shows_the_device_in_use_and_applies_a_choice_at_once(app, ear, home, server):
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None)
    QTest.mouseClick(controller.window.status_bar.device_button, LEFT)
    dialog = controller.devices.dialog
    until(lambda: dialog.output_box.count() > 1)
    assert "48000 Hz, blocks of 128" in dialog.device_label.text()
    assert dialog.output_box.itemData(1) == ("jack", None)
    before = controller.engine.stream
    dialog.output_box.setCurrentIndex(1)
    dialog.output_box.activated.emit(1)
    until(lambda: controller.engine.stream is not before and controller.engine.stream.state == "playing")
    assert controller.preferences.device["backend"] == "jack"
    ear.connect(controller.engine.stream.info.name)
    name = "system:capture_2"
    dialog.input_box.setCurrentIndex(dialog.input_box.findData(name))
    dialog.input_box.activated.emit(dialog.input_box.currentIndex())
    until(lambda: controller.engine.stream._request.input == name and controller.engine.stream.state == "playing")
    assert controller.preferences.device["input"] == name
    ear.connect(controller.engine.stream.info.name)
    dialog.a4_box.setValue(466.2)
    dialog.channel_box.setCurrentIndex(3)
    dialog.channel_box.activated.emit(3)
    advance(controller)
    ear.send(0x90, 40, 100)  # on the first channel, which is heard no more
    controller.bridge.note_on(69, 0.9)
    sound = ear.listen(0.4, QTest.qWait)
    assert pitch(sound[:, 4800:]) == pytest.approx(466.2, rel=0.01)
    assert 40 not in controller.window.keyboard.lit
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    end(controller)
    assert (preferences.load().a4, preferences.load().channel) == (466.2, 3)


def test_a_lost_device_is_shown_and_reopened_by_itself(home):
    command = [sys.executable, "-m", "tests.gui.device_loss_child"]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    assert run.stdout.split() == ["shown", "back", "sounding", "ended"]
    assert run.returncode == 0
