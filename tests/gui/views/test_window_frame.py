"""The window stays on the screen together with the frame that a window manager puts around it."""

import shutil
import subprocess
import sys

import pytest

from benchmarks.support.virtual_display import virtual_display
from tests.support.wait_limit import MAX_WAIT_SECONDS

SHOW = """
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.main_window import MainWindow

app, window = QApplication(["luthier"]), MainWindow()
window.fit_to_screen()
window.show()
screen = app.primaryScreen().availableGeometry()
while window.frameGeometry() == window.geometry() or not screen.contains(window.frameGeometry()):
    QTest.qWait(10)
print(window.width(), window.height())
"""


@pytest.mark.skipif(shutil.which("openbox") is None, reason="needs a window manager: openbox")
def test_a_window_as_large_as_the_screen_shrinks_by_its_frame():
    with virtual_display("1024x640x24"):
        manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL)
        try:
            shown = subprocess.check_output([sys.executable, "-c", SHOW], text=True, timeout=MAX_WAIT_SECONDS)
        finally:
            manager.terminate()
            manager.wait()
    width, height = map(int, shown.split())
    assert 1000 < width <= 1024
    assert 600 < height < 640
