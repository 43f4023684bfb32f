"""A window whose device dies and comes back; in a process of its own, since a dead client may end its process.

python -m tests.gui.device_loss_child prints what was seen, a word each.
"""

from PyQt6 import sip
from PyQt6.QtWidgets import QApplication

from benchmarks.support.jack_server import running
from benchmarks.support.virtual_display import virtual_display
from gui import app as gui_app
from gui import preferences, theme
from tests.gui.conftest import until


def main() -> None:
    """Play, kill the server, start it again, play on, close."""
    with virtual_display(), running() as server:
        app = QApplication(["luthier"])
        theme.apply(app, "dark")
        controller = gui_app.open_window(app, preferences.load())
        bridge, words = controller.bridge, controller.window.status_bar.device_button.text
        until(lambda: bridge.status.state == "playing" and bridge.now is not None)
        server.kill()
        until(lambda: "No audio device" in words())
        print("shown", flush=True)
        server.start()
        until(lambda: bridge.status.state == "playing" and words().startswith("●"))
        print("back", flush=True)
        bridge.note_on(64, 0.8)
        until(lambda: max(bridge.live_input.host.meters().peak) > 0.01)
        print("sounding", flush=True)
        controller.window.close()
        until(lambda: not controller.engine.is_alive())
        print("ended", flush=True)
        sip.delete(controller.window)


if __name__ == "__main__":
    main()
