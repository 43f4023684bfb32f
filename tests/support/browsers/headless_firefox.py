"""Firefox without a window, spoken to by its own protocol for tests, Marionette; with a sound server of its own."""

import base64
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.browsers.pulse_server import PulseServer
from tests.support.wait_limit import MAX_WAIT_SECONDS

NAMES = ("firefox-esr", "firefox")
PREFERENCES = {
    "marionette.port": 0, "media.autoplay.default": 1, "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True, "browser.shell.checkDefaultBrowser": False, "app.update.auto": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.reportingpolicy.firstRun": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
}  # fmt: skip
_ERRORS = """return Services.console.getMessageArray()
  .filter(each => each instanceof Ci.nsIScriptError && each.sourceName.startsWith("file:"))
  .map(each => each.errorMessage)"""


class Firefox:
    """One page at a time."""

    def __init__(self, folder: Path) -> None:
        program = next((found for name in NAMES if (found := shutil.which(name))), None)
        if program is None:
            pytest.skip("needs Firefox: apt-get install firefox-esr")
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (folder / "user.js").write_text("\n".join(lines))
        words = [program, "--headless", "--no-remote", "--profile", str(folder), "--marionette"]
        words.append("--remote-allow-system-access")  # to read its console
        (folder / "sound").mkdir()
        self._sound = PulseServer(folder / "sound")
        self._process = subprocess.Popen(
            words, env=self._sound.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._socket = socket.create_connection(("127.0.0.1", _port(folder / "MarionetteActivePort")))
        self._rest, self._number = b"", 0
        self._hear()
        self.tell("WebDriver:NewSession")
        self.tell("WebDriver:SetTimeouts", script=1000 * MAX_WAIT_SECONDS)

    def tell(self, method: str, **params: Any) -> Any:
        """Give an order; what it answers."""
        self._number += 1
        order = json.dumps([0, self._number, method, params]).encode()
        self._socket.sendall(f"{len(order)}:".encode() + order)
        _, _, error, result = self._hear()
        assert error is None, error
        return result

    def open(self, path: Path) -> None:
        """Open a file."""
        self.tell("WebDriver:Navigate", url=path.resolve().as_uri())

    def ask(self, script: str) -> Any:
        """The value of a script on the page; promises are waited for."""
        waited = f"const done = arguments[0]; Promise.resolve({script}).then(done, error => done(String(error)))"
        return self.tell("WebDriver:ExecuteAsyncScript", script=waited, args=[], sandbox=None)["value"]

    def wait(self, script: str) -> None:
        """Wait until a script says yes."""
        end = time.monotonic() + MAX_WAIT_SECONDS
        while self.ask(script) is not True:
            assert time.monotonic() < end, f"waited in vain for {script}: {self.errors()}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Press a key of the computer and let it go."""
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.tell("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def click(self, selector: str) -> None:
        """Click at the middle of an element."""
        found = self.tell("WebDriver:FindElement", using="css selector", value=selector)["value"]
        self.tell("WebDriver:ElementClick", id=next(iter(found.values())))

    def picture(self, path: Path) -> None:
        """Write what is seen as a PNG."""
        path.write_bytes(base64.b64decode(self.tell("WebDriver:TakeScreenshot", full=False)["value"]))

    def errors(self) -> list[str]:
        """What it said against pages from files, since it was started."""
        self.tell("Marionette:SetContext", value="chrome")
        found = self.tell("WebDriver:ExecuteScript", script=_ERRORS, args=[])["value"]
        self.tell("Marionette:SetContext", value="content")
        return list(found)

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        self._sound.close()

    def _hear(self) -> Any:
        """The next message: its length, a colon, JSON."""
        while b":" not in self._rest:
            self._rest += self._socket.recv(1 << 16)
        length, _, self._rest = self._rest.partition(b":")
        while len(self._rest) < int(length):
            part = self._socket.recv(1 << 16)
            assert part, "the browser has ended"
            self._rest += part
        message, self._rest = self._rest[: int(length)], self._rest[int(length) :]
        return json.loads(message)


def _port(file: Path) -> int:
    """The port that it listens on, once it does."""
    end = time.monotonic() + MAX_WAIT_SECONDS
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < end, "the browser has not started"
        time.sleep(0.05)
    return int(file.read_text())
